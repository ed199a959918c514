use std::{collections::BTreeMap, path::Path};

use super::{
    csv_table::{Column, CsvTable, Row, RowProblem},
    document::read_document,
    essay::{Essay, EssaySet, Gathering},
    essay_id,
    folder::{Listing, stem},
};
use crate::error::{Error, Problem};

/// Reads the essays that a manifest names: a table with a column `id` (else the first column is it), `text` or `file`
/// (relative to the manifest), and perhaps `title`, `grade`, and `quality` or `theta_true`.
///
/// Where there is neither `text` nor `file`, the ids are names of documents beside the manifest or below it.
///
/// # Errors
/// [`Error::Unreadable`], or [`Error::Input`] with every row, document and id that cannot be taken. Nothing is read in
/// part.
pub fn read_manifest(path: &Path) -> Result<EssaySet, Error> {
    let table = CsvTable::open(path)?;
    let columns = Columns::of(&table);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let beside = if columns.names_files() { documents(folder)? } else { BTreeMap::new() };
    let mut gathering = Gathering::default();
    let mut failed = None;
    table.read(|row| {
        let name = row.filled(columns.id, "the id of an essay")?;
        let line = row.line();
        let source = format!("line {line}");
        let at_line = |problem: Problem| problem.at_line(line).in_column(row.title(columns.id));
        let Some(id) = gathering.claim(name, &source, at_line, path) else { return Ok(()) };
        let optional = |column: Option<Column>| {
            column.map(|column| row.get(column)).filter(|value| !value.is_empty()).map(str::to_owned)
        };
        let quality = columns.quality.map_or(Ok(None), |column| row.number(column, "a number, or nothing"))?;
        let (title, grade) = (optional(columns.title), optional(columns.grade));
        let read = columns.text_of(row, folder, &beside)?;
        match gathering.note(read) {
            Ok(Some(text)) => gathering.take(Essay { id, name: name.to_owned(), title, text, quality, grade }),
            Ok(None) => {}
            Err(error) => failed = failed.take().or(Some(error)),
        }
        Ok(())
    })?;
    if let Some(error) = failed {
        return Err(error);
    }
    let essays = gathering.finish()?;
    if essays.is_empty() {
        return Err(Problem::new(path, "rows with essays", "a header line only").into());
    }
    Ok(EssaySet { essays, remarks: Vec::new() })
}

/// Which columns of a manifest are there.
#[derive(Debug, Clone, Copy)]
struct Columns {
    id: Column,
    text: Option<Column>,
    file: Option<Column>,
    title: Option<Column>,
    grade: Option<Column>,
    quality: Option<Column>,
}

impl Columns {
    fn of(table: &CsvTable) -> Self {
        Self {
            id: table.column(&["id"]).unwrap_or(Column::FIRST),
            text: table.column(&["text"]),
            file: table.column(&["file"]),
            title: table.column(&["title"]),
            grade: table.column(&["grade"]),
            quality: table.column(&["quality", "theta_true"]),
        }
    }

    /// Whether the ids are names of documents.
    const fn names_files(&self) -> bool {
        self.text.is_none() && self.file.is_none()
    }

    /// The text of a row: what it holds, else what the file that it names holds.
    fn text_of(&self, row: &Row<'_>, folder: &Path, beside: &Documents) -> Result<Result<String, Error>, RowProblem> {
        if let Some(text) = self.text.map(|column| row.get(column)).filter(|text| !text.is_empty()) {
            return Ok(Ok(text.to_owned()));
        }
        if let Some(column) = self.file {
            let name = row.filled(column, "the name of a document")?;
            let file = folder.join(name);
            if !file.is_file() {
                let expected = format!("a document in {}", folder.display());
                return Err(RowProblem::new(column, expected, format!("`{name}`, which is not there")));
            }
            return Ok(read_document(&file));
        }
        if self.text.is_some() {
            return Ok(Ok(String::new()));
        }
        let name = row.get(self.id);
        let found = beside.get(name).or_else(|| beside.get(&essay_id(name).unwrap_or_default()));
        if let Some(file) = found {
            return Ok(read_document(file));
        }
        let expected = format!("a document of this name in {} (there is no column `text` or `file`)", folder.display());
        Err(RowProblem::new(self.id, expected, format!("`{name}`, which is not there")))
    }
}

/// Documents by file name, and by the id that their name makes.
type Documents = BTreeMap<String, std::path::PathBuf>;

fn documents(folder: &Path) -> Result<Documents, Error> {
    let mut documents = Documents::new();
    for file in Listing::of(folder)?.documents {
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if let Some(id) = essay_id(&stem(&file)) {
            documents.entry(id).or_insert_with(|| file.clone());
        }
        documents.insert(name, file);
    }
    Ok(documents)
}
