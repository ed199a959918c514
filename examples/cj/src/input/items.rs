use std::{collections::BTreeMap, path::Path};

use super::csv_table::{Column, CsvTable, RowProblem};
use crate::error::{Error, Problem};

/// Reads names from the first of the columns `titles` that is there, else from the first column: items, judges.
///
/// # Errors
/// [`Error::Unreadable`], or [`Error::Input`] where there is no name, one is missing or one comes twice.
pub fn read_names(path: &Path, titles: &[&str]) -> Result<Vec<String>, Error> {
    let table = CsvTable::open(path)?;
    let column = table.column(titles).unwrap_or(Column::FIRST);
    let mut names = Vec::new();
    let mut lines = BTreeMap::new();
    table.read(|row| {
        let name = row.filled(column, "a name")?;
        if let Some(line) = lines.insert(name.to_owned(), row.line()) {
            return Err(RowProblem::new(column, "every name once", format!("`{name}` again, after line {line}")));
        }
        names.push(name.to_owned());
        Ok(())
    })?;
    if names.is_empty() {
        return Err(Problem::new(path, "rows with names", "a header line only").into());
    }
    Ok(names)
}

/// An item whose place on the scale is known beforehand.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct AnchorScore {
    /// The item.
    pub id: String,
    /// Its score in logits.
    pub score: f64,
    /// The standard deviation of that score; none where it is exact.
    pub sd: Option<f64>,
}

/// Reads anchors from a table with the columns `id` (else the first), `score` and perhaps `sd`.
///
/// # Errors
/// [`Error::Unreadable`], or [`Error::Input`] with every row that cannot be taken.
pub fn read_anchor_scores(path: &Path) -> Result<Vec<AnchorScore>, Error> {
    let table = CsvTable::open(path)?;
    let id = table.column(&["id"]).unwrap_or(Column::FIRST);
    let score = table.required(&["score", "theta"])?;
    let sd = table.column(&["sd", "se"]);
    let mut anchors = Vec::new();
    let mut lines = BTreeMap::new();
    table.read(|row| {
        let name = row.filled(id, "the id of an item")?;
        if let Some(line) = lines.insert(name.to_owned(), row.line()) {
            return Err(RowProblem::new(id, "every anchor once", format!("`{name}` again, after line {line}")));
        }
        row.filled(score, "a score in logits")?;
        let value = row.number(score, "a score in logits")?.unwrap_or_default();
        let sd = match sd {
            Some(column) => positive(column, row.number(column, SD_EXPECTED)?)?,
            None => None,
        };
        anchors.push(AnchorScore { id: name.to_owned(), score: value, sd });
        Ok(())
    })?;
    if anchors.is_empty() {
        return Err(Problem::new(path, "rows with anchors", "a header line only").into());
    }
    Ok(anchors)
}

/// An exact score has no standard deviation, or 0.
fn positive(column: Column, sd: Option<f64>) -> Result<Option<f64>, RowProblem> {
    match sd {
        Some(sd) if sd < 0.0 => Err(RowProblem::new(column, SD_EXPECTED, format!("`{sd}`"))),
        sd => Ok(sd.filter(|sd| *sd > 0.0)),
    }
}

const SD_EXPECTED: &str = "a standard deviation from 0 on, or nothing";
