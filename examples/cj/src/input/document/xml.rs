use quick_xml::{
    Reader, XmlVersion,
    events::{BytesStart, Event},
};

use super::Flaw;

/// What happens in an XML document, as far as text is concerned.
#[derive(Debug)]
pub(super) enum Xml<'a> {
    /// An element begins.
    Begin(&'a BytesStart<'a>),
    /// An element ends.
    End(&'a str),
    /// Characters.
    Text(&'a str),
}

/// Tells `take` what happens in `xml`, without the elements for which `skip` holds and all that is in them.
///
/// Names are local ones, without prefix. An empty element begins and ends.
pub(super) fn walk(
    xml: &str,
    what: &'static str,
    skip: impl Fn(&str) -> bool,
    mut take: impl FnMut(Xml<'_>),
) -> Result<(), Flaw> {
    let damaged = |error: &dyn std::fmt::Display| Flaw::new(what, format!("a damaged one: {error}"));
    let mut reader = Reader::from_str(xml);
    let mut skipped = 0_usize;
    loop {
        match reader.read_event().map_err(|error| damaged(&error))? {
            Event::Start(element) => {
                if skipped > 0 || skip(element.local_name().as_ref()) {
                    skipped += 1;
                } else {
                    take(Xml::Begin(&element));
                }
            }
            Event::Empty(element) if skipped == 0 && !skip(element.local_name().as_ref()) => {
                take(Xml::Begin(&element));
                take(Xml::End(element.local_name().as_ref()));
            }
            Event::End(element) => {
                if skipped > 0 {
                    skipped -= 1;
                } else {
                    take(Xml::End(element.local_name().as_ref()));
                }
            }
            Event::Text(text) if skipped == 0 => take(Xml::Text(&text.xml10_content())),
            Event::CData(text) if skipped == 0 => take(Xml::Text(&text.xml10_content())),
            Event::GeneralRef(name) if skipped == 0 => {
                let resolved = match name.resolve_char_ref().map_err(|error| damaged(&error))? {
                    Some(c) => c.to_string(),
                    None => match &*name {
                        "amp" => "&".to_owned(),
                        "lt" => "<".to_owned(),
                        "gt" => ">".to_owned(),
                        "quot" => "\"".to_owned(),
                        "apos" => "'".to_owned(),
                        other => return Err(damaged(&format!("`&{other};` has no meaning"))),
                    },
                };
                take(Xml::Text(&resolved));
            }
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// The value of an attribute, by its local name.
pub(super) fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = element.attributes();
    let found =
        attributes.with_checks(false).flatten().find(|attribute| attribute.key.local_name().as_ref() == name)?;
    found.normalized_value(XmlVersion::Implicit1_0).ok().map(std::borrow::Cow::into_owned)
}
