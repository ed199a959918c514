/// An element of a document: its name and its attributes as they are written.
#[derive(Debug, Clone)]
pub(super) struct Element {
    pub(super) name: String,
    pub(super) attributes: String,
}

impl Element {
    /// The value of an attribute, none where the element does not have it.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        let (_, rest) = self.attributes.split_once(&format!(" {name}=\""))?;
        rest.split_once('"').map(|(value, _)| value)
    }

    /// The names of the attributes.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let outside_quotes = self.attributes.split('"').step_by(2);
        outside_quotes.filter_map(|part| part.trim().strip_suffix('='))
    }
}

/// All elements of a document that is well formed: every tag is closed in its place, every `<` and `&` is markup.
///
/// # Panics
/// With what is wrong and where, when it is not.
pub(super) fn elements(html: &str) -> Vec<Element> {
    let mut rest = html.strip_prefix("<!DOCTYPE html>").expect("a document type comes first");
    let (mut open, mut found): (Vec<String>, Vec<Element>) = (Vec::new(), Vec::new());
    while let Some(at) = rest.find('<') {
        check_text(&rest[..at]);
        let end = rest[at..].find('>').map(|end| at + end).expect("every < has its >");
        let tag = &rest[at + 1..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name), "closed out of order; {open:?} are open");
            continue;
        }
        let alone = tag.ends_with('/');
        let tag = tag.trim_end_matches('/');
        let name = tag.split_whitespace().next().unwrap_or_default();
        assert!(name.bytes().all(|b| b.is_ascii_alphanumeric()) && !name.is_empty(), "not the name of a tag: {tag:?}");
        let attributes = tag[name.len()..].to_owned();
        assert_eq!(attributes.matches('"').count() % 2, 0, "an attribute without its quotation mark: {tag:?}");
        assert!(!attributes.contains('<'), "markup in an attribute: {tag:?}");
        found.push(Element { name: name.to_owned(), attributes });
        if name == "style" {
            rest = &rest[rest.find("</style>").expect("the style sheet ends")..];
        }
        if !alone && !["meta", "link", "br", "img"].contains(&name) {
            open.push(name.to_owned());
        }
    }
    assert!(open.is_empty(), "left open: {open:?}");
    found
}

fn check_text(text: &str) {
    assert!(!text.contains('>'), "a bare > in {text:?}");
    for (at, _) in text.match_indices('&') {
        let entity: String = text[at + 1..].chars().take_while(|c| *c != ';').take(8).collect();
        let known = ["amp", "lt", "gt", "quot", "nbsp", "#39", "#x27", "#x2f"].contains(&entity.as_str());
        assert!(known, "a bare & before {entity:?}");
    }
}
