//! Documents as plain text: paragraphs with a blank line between them.
mod docx;
mod flaw;
mod odt;
mod package;
mod paragraphs;
#[cfg(feature = "pdf")]
mod pdf;
mod read;
#[cfg(test)]
mod tests;
mod xml;

pub(super) use read::extension;
pub use read::{Kind, read_document};

use flaw::Flaw;
