//! The text layer of PDF files.
mod cmap;
mod content;
mod encoding;
mod font;
mod glyph;
mod layout;
mod matrix;
mod reader;
#[cfg(test)]
mod tests;

pub(super) use reader::text;
