use super::{
    Flaw,
    package::Package,
    paragraphs::Paragraphs,
    xml::{Xml, attribute, walk},
};

/// The text of an `OpenDocument` text: its body, with tracked changes accepted.
pub(super) fn text(bytes: &[u8]) -> Result<String, Flaw> {
    let package = Package::open(bytes, WHAT)?;
    let Some(xml) = package.part("content.xml")? else {
        return Err(Flaw::new(WHAT, "an archive without content.xml"));
    };
    let mut paragraphs = Paragraphs::default();
    walk(
        &xml,
        WHAT,
        |name| SKIPPED.contains(&name),
        |event| match event {
            Xml::Begin(element) => match element.local_name().as_ref() {
                "p" | "h" => paragraphs.begin(),
                "s" if paragraphs.is_open() => {
                    let count = attribute(element, "c").and_then(|count| count.parse().ok()).unwrap_or(1_usize);
                    paragraphs.text().extend(std::iter::repeat_n(' ', count.min(MOST_SPACES)));
                }
                "tab" if paragraphs.is_open() => paragraphs.text().push('\t'),
                "line-break" if paragraphs.is_open() => paragraphs.text().push('\n'),
                _ => {}
            },
            Xml::End("p" | "h") => paragraphs.end(),
            Xml::Text(text) if paragraphs.is_open() => push_collapsed(paragraphs.text(), text),
            _ => {}
        },
    )?;
    Ok(paragraphs.joined())
}

/// Runs of white space in the XML are one space, and none at the beginning of a line.
fn push_collapsed(line: &mut String, text: &str) {
    for c in text.chars() {
        if !matches!(c, ' ' | '\t' | '\n' | '\r') {
            line.push(c);
        } else if !line.is_empty() && !line.ends_with([' ', '\t', '\n']) {
            line.push(' ');
        }
    }
}

const WHAT: &str = "an OpenDocument text (.odt)";

/// What is beside the text: notes, comments, deleted text, titles of pictures and the fields' definitions.
const SKIPPED: [&str; 7] =
    ["note", "annotation", "tracked-changes", "title", "desc", "sequence-decls", "automatic-styles"];

const MOST_SPACES: usize = 100;
