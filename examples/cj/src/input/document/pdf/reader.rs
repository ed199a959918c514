use hayro_syntax::{LoadPdfError, Pdf};

use super::{content::glyphs, layout::Layout};
use crate::input::document::Flaw;

/// The text of a PDF file: its text layer in the order it is drawn, lines joined to paragraphs, without page numbers and
/// what is printed at the head or foot of every page.
pub(in crate::input::document) fn text(bytes: &[u8]) -> Result<String, Flaw> {
    if !bytes.iter().take(SEARCHED).any(|byte| *byte == b'%') {
        return Err(Flaw::new(WHAT, "a file of another kind, or a damaged one"));
    }
    let pdf = Pdf::new(bytes.to_vec()).map_err(|error| match error {
        LoadPdfError::Decryption(_) => Flaw::new(WHAT, "one with a password"),
        LoadPdfError::Invalid => Flaw::new(WHAT, "a file of another kind, or a damaged one"),
    })?;
    let mut layout = Layout::default();
    for page in pdf.pages().iter() {
        layout.add_page(&glyphs(page));
    }
    if layout.unknown() > layout.known() {
        return Err(Flaw::new(
            "text",
            "a PDF that does not say which letters its shapes are: save it as .docx or .txt",
        ));
    }
    let text = layout.text();
    if text.is_empty() {
        return Err(Flaw::new("text", "a PDF without text (a scan?): recognise its text first, or save it as .txt"));
    }
    Ok(text)
}

const WHAT: &str = "a PDF";
const SEARCHED: usize = 1024;
