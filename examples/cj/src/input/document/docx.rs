use super::{
    Flaw,
    package::Package,
    paragraphs::Paragraphs,
    xml::{Xml, attribute, walk},
};

/// The text of an Office Open XML document: its body, with tracked changes accepted.
pub(super) fn text(bytes: &[u8]) -> Result<String, Flaw> {
    let package = Package::open(bytes, WHAT)?;
    let name = main_part(&package)?;
    let Some(xml) = package.part(&name)? else {
        return Err(Flaw::new(WHAT, format!("an archive without {name}")));
    };
    let mut paragraphs = Paragraphs::default();
    let mut in_text = false;
    walk(
        &xml,
        WHAT,
        |name| SKIPPED.contains(&name),
        |event| match event {
            Xml::Begin(element) => match element.local_name().as_ref() {
                "p" => paragraphs.begin(),
                "t" => in_text = true,
                "tab" if paragraphs.is_open() => paragraphs.text().push('\t'),
                "br" | "cr" => paragraphs.text().push('\n'),
                "noBreakHyphen" => paragraphs.text().push('-'),
                _ => {}
            },
            Xml::End(name) => match name {
                "p" => paragraphs.end(),
                "t" => in_text = false,
                _ => {}
            },
            Xml::Text(text) if in_text => paragraphs.text().push_str(text),
            Xml::Text(_) => {}
        },
    )?;
    Ok(paragraphs.joined())
}

/// The part that holds the document: the package says which.
fn main_part(package: &Package<'_>) -> Result<String, Flaw> {
    let mut found = None;
    if let Some(relations) = package.part("_rels/.rels")? {
        walk(
            &relations,
            WHAT,
            |_| false,
            |event| {
                if let Xml::Begin(element) = event
                    && attribute(element, "Type").is_some_and(|kind| kind.ends_with("/officeDocument"))
                {
                    found = attribute(element, "Target");
                }
            },
        )?;
    }
    Ok(found.map_or_else(|| "word/document.xml".to_owned(), |target| target.trim_start_matches('/').to_owned()))
}

const WHAT: &str = "a Word document (.docx)";

/// Properties (a tab there is a tab stop), what somebody moved away or deleted, and the second copy of drawings for
/// old programs.
const SKIPPED: [&str; 6] = ["pPr", "rPr", "sectPr", "del", "moveFrom", "Fallback"];
