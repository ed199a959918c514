//! The readers of what people hand in: tables, folders and documents.
//!
//! Every reader takes all of an input or nothing, and names every problem it finds by file, line and column.
mod csv_table;
mod document;
mod encoding;
mod essay;
mod essay_id;
mod folder;
mod items;
mod judgements;
mod manifest;
#[cfg(test)]
mod tests;

pub use csv_table::{Column, CsvTable, Row, RowProblem};
pub use document::{Kind as DocumentKind, read_document};
pub use encoding::decode;
pub use essay::{Essay, EssaySet};
pub use essay_id::essay_id;
pub use folder::read_essays;
pub use items::{AnchorScore, ListedItem, read_anchor_scores, read_items, read_names};
pub use judgements::{JudgementTable, Outcome, Record};
pub use manifest::read_manifest;
