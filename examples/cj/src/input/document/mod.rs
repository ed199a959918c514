//! Documents as plain text: paragraphs with a blank line between them.
mod docx;
mod flaw;
mod odt;
mod package;
mod paragraphs;
mod read;
mod xml;

pub use read::{Kind, read_document};

use flaw::Flaw;
