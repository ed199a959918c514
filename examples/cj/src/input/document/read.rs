use std::{fs, path::Path};

use super::{Flaw, docx, odt};
use crate::{
    error::{Error, Problem},
    input::decode,
};

/// The kinds of documents that can be read, by the ends of their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// `.txt`, `.text`, `.md` and `.markdown`: text as it is.
    Text,
    /// `.docx`: Office Open XML.
    Docx,
    /// `.odt`: `OpenDocument`.
    Odt,
    /// `.pdf`.
    Pdf,
}

impl Kind {
    /// The kind of the file at `path`; none for a file that is no document.
    pub fn of(path: &Path) -> Option<Self> {
        match extension(path).as_str() {
            "txt" | "text" | "md" | "markdown" => Some(Self::Text),
            "docx" => Some(Self::Docx),
            "odt" => Some(Self::Odt),
            "pdf" => Some(Self::Pdf),
            _ => None,
        }
    }
}

/// The end of a file's name, in lower case.
pub(in crate::input) fn extension(path: &Path) -> String {
    path.extension().map(|end| end.to_string_lossy().to_lowercase()).unwrap_or_default()
}

/// The text of the document at `path`, with its paragraphs; nothing where it is blank.
///
/// Headers, footers, notes, comments and deleted text are left out.
///
/// # Errors
/// [`Error::Unreadable`] when the file cannot be read; [`Error::Input`] when it is no document of its kind, or a PDF
/// without text, which may well be a picture of one.
pub fn read_document(path: &Path) -> Result<String, Error> {
    let problem = |flaw: Flaw| Error::from(Problem::new(path, flaw.expected, flaw.found));
    let Some(kind) = Kind::of(path) else {
        return Err(problem(Flaw::new("a document (.txt, .md, .docx, .odt or .pdf)", "another kind of file")));
    };
    let bytes = fs::read(path).map_err(|source| Error::unreadable(path, source))?;
    let text = match kind {
        Kind::Text => decode(path, bytes)?,
        Kind::Docx => docx::text(&bytes).map_err(problem)?,
        Kind::Odt => odt::text(&bytes).map_err(problem)?,
        Kind::Pdf => pdf(&bytes).map_err(problem)?,
    };
    let text = text.trim_matches(|c: char| c == '\n' || c == '\u{feff}').trim_end();
    Ok(if text.trim().is_empty() { String::new() } else { text.to_owned() })
}

#[cfg(feature = "pdf")]
fn pdf(bytes: &[u8]) -> Result<String, Flaw> {
    super::pdf::text(bytes)
}

#[cfg(not(feature = "pdf"))]
fn pdf(_: &[u8]) -> Result<String, Flaw> {
    Err(Flaw::new("a document (.txt, .md, .docx or .odt)", "a PDF, which this cj was built without"))
}
