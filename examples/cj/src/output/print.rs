use std::io::{self, Write};

use serde::Serialize;

use super::table::render;
use crate::cli::Format;

/// A result of a command, printable as a JSON document, as tables and as CSV.
pub trait Document: Serialize {
    /// The tables that a person reads, in their order.
    fn sections(&self) -> Vec<Section>;

    /// The table that `--format csv` prints, with figures in full.
    fn csv(&self) -> Section;

    /// What a reader of the figures must know.
    fn warnings(&self) -> &[String];
}

/// One table: a title (empty for none), a header and rows of the same width.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Section {
    /// What stands above the table.
    pub title: String,
    /// The names of the columns.
    pub header: Vec<&'static str>,
    /// The cells.
    pub rows: Vec<Vec<String>>,
}

/// Writes `document` to `out` in the given format.
///
/// # Errors
/// What `out` says.
pub fn print(document: &impl Document, format: Format, colour: bool, out: &mut impl Write) -> io::Result<()> {
    match format {
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, document)?;
            writeln!(out)
        }
        Format::Csv => {
            let section = document.csv();
            let mut writer = csv::Writer::from_writer(&mut *out);
            writer.write_record(&section.header)?;
            for row in &section.rows {
                writer.write_record(row)?;
            }
            writer.flush()
        }
        Format::Table => {
            for (i, section) in document.sections().iter().enumerate() {
                if i > 0 {
                    writeln!(out)?;
                }
                if !section.title.is_empty() {
                    writeln!(out, "{}", section.title)?;
                }
                writeln!(out, "{}", render(section, colour))?;
            }
            Ok(())
        }
    }
}
