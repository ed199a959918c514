use std::{collections::BTreeMap, path::Path};

use super::csv_table::{Column, CsvTable, Row, RowProblem};
use crate::error::{Error, Problem};

/// An item to be compared.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListedItem {
    /// Its name.
    pub id: String,
    /// Whether its place on the scale is known: the table has a grade for it, or says so in a column `anchor`.
    pub is_anchor: bool,
}

/// Reads items from a table with a column `id` (else the first) and perhaps `grade` or `anchor` (yes or no).
///
/// # Errors
/// [`Error::Unreadable`], or [`Error::Input`] where there is no item, one has no name or one comes twice.
pub fn read_items(path: &Path) -> Result<Vec<ListedItem>, Error> {
    let table = CsvTable::open(path)?;
    let (anchor, grade) = (table.column(&["anchor"]), table.column(&["grade"]));
    let mut items = Vec::new();
    read_unique(&table, &["id"], |row, name| {
        let is_anchor = match anchor.map(|column| (column, row.get(column).to_lowercase())) {
            Some((_, value)) if ["yes", "true", "1"].contains(&value.as_str()) => true,
            Some((_, value)) if ["", "no", "false", "0"].contains(&value.as_str()) => false,
            Some((column, value)) => return Err(RowProblem::new(column, "yes or no", format!("`{value}`"))),
            None => grade.is_some_and(|column| !row.get(column).is_empty()),
        };
        items.push(ListedItem { id: name.to_owned(), is_anchor });
        Ok(())
    })?;
    Ok(items)
}

/// Reads names from the first of the columns `titles` that is there, else from the first column: items, judges.
///
/// # Errors
/// [`Error::Unreadable`], or [`Error::Input`] where there is no name, one is missing or one comes twice.
pub fn read_names(path: &Path, titles: &[&str]) -> Result<Vec<String>, Error> {
    let mut names = Vec::new();
    read_unique(&CsvTable::open(path)?, titles, |_, name| {
        names.push(name.to_owned());
        Ok(())
    })?;
    Ok(names)
}

/// Reads a table whose rows are named, each by another name.
fn read_unique(
    table: &CsvTable,
    titles: &[&str],
    mut take: impl FnMut(&Row<'_>, &str) -> Result<(), RowProblem>,
) -> Result<(), Error> {
    let column = table.column(titles).unwrap_or(Column::FIRST);
    let mut lines = BTreeMap::new();
    table.read(|row| {
        let name = row.filled(column, "a name")?;
        if let Some(line) = lines.insert(name.to_owned(), row.line()) {
            return Err(RowProblem::new(column, "every name once", format!("`{name}` again, after line {line}")));
        }
        take(row, name)
    })?;
    if lines.is_empty() {
        return Err(Problem::new(table.path(), "rows with names", "a header line only").into());
    }
    Ok(())
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
