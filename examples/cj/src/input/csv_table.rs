use std::{
    cell::Cell,
    fs,
    path::{Path, PathBuf},
};

use csv::{ReaderBuilder, StringRecord, Trim};

use super::encoding::decode;
use crate::error::{Error, InputError, Problem};

/// A table read from a file: a header line, then rows of the same width, separated by comma, semicolon, tab or bar.
///
/// The encoding and the separator are found out. Quoted fields may hold line breaks.
#[derive(Debug)]
pub struct CsvTable {
    path: PathBuf,
    text: String,
    /// Where the header begins in `text`: behind a line `sep=;`, as some spreadsheets write it.
    start: usize,
    separator: u8,
    header: Vec<String>,
}

/// A column of a table, by its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column(usize);

impl Column {
    /// The first column of a table: there always is one.
    pub const FIRST: Self = Self(0);
}

/// One row of a table.
#[derive(Debug)]
pub struct Row<'a> {
    table: &'a CsvTable,
    record: &'a StringRecord,
    /// A place at or before this row whose line is known: (offset in the text, line).
    known: &'a Cell<(usize, u64)>,
}

impl CsvTable {
    /// Reads the file at `path`.
    ///
    /// # Errors
    /// [`Error::Unreadable`] when the file cannot be read, [`Error::Input`] when it is no text or has no header line.
    pub fn open(path: &Path) -> Result<Self, Error> {
        if path.is_dir() {
            return Err(Problem::new(path, "a file", "a folder").into());
        }
        let bytes = fs::read(path).map_err(|source| Error::unreadable(path, source))?;
        Self::parse(path, decode(path, bytes)?)
    }

    /// Reads the table in `text`; `path` is its name in messages.
    ///
    /// # Errors
    /// [`Error::Input`] when there is no header line.
    pub fn parse(path: &Path, text: String) -> Result<Self, Error> {
        if text.trim().is_empty() {
            return Err(Problem::new(path, "a header line and rows", "an empty file").into());
        }
        let (start, said) = separator_line(&text);
        let start = start + text[start..].bytes().take_while(|byte| *byte == b'\n').count();
        let separator = said.unwrap_or_else(|| likely_separator(&text[start..]));
        let mut table = Self { path: path.to_owned(), text, start, separator, header: Vec::new() };
        let mut record = StringRecord::new();
        table.reader().read_record(&mut record).map_err(|error| unread(&error))?;
        table.header = record.iter().map(str::to_owned).collect();
        Ok(table)
    }

    /// The file's name in messages.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The names of the columns, as they are written.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// The column that has one of `names`; an earlier name wins over a later one. Upper and lower case, spaces,
    /// hyphens and dots do not matter: `Left ID` is `left_id`.
    pub fn column(&self, names: &[&str]) -> Option<Column> {
        names.iter().find_map(|name| self.header.iter().position(|title| normal(title) == *name)).map(Column)
    }

    /// The same, but the column has to be there.
    ///
    /// # Errors
    /// A [`Problem`] at the header that names the columns that are there.
    pub fn required(&self, names: &[&str]) -> Result<Column, Problem> {
        self.column(names).ok_or_else(|| self.header_problem(&format!("a column `{}`", names[0])))
    }

    /// A problem at the header: what was expected of it, and the columns that are there.
    pub fn header_problem(&self, expected: &str) -> Problem {
        let found: Vec<_> = self.header.iter().map(|name| format!("`{name}`")).collect();
        Problem::new(&self.path, expected, format!("the columns {}", found.join(", ")))
            .at_line(self.line_at(self.start))
    }

    /// The title of a column, as it is written.
    pub fn title(&self, column: Column) -> &str {
        &self.header[column.0]
    }

    /// Reads all rows; lines with nothing in them are skipped.
    ///
    /// # Errors
    /// [`Error::Input`] with every problem that `take` finds, every row of the wrong width, and a quotation that never
    /// ends.
    pub fn read(&self, mut take: impl FnMut(&Row<'_>) -> Result<(), RowProblem>) -> Result<(), Error> {
        if let Some(offset) = open_quotation(&self.text, self.start, self.separator) {
            return Err(Problem::new(&self.path, "a closing quotation mark", "the end of the file")
                .at_line(self.line_at(offset))
                .into());
        }
        let known = Cell::new((self.start, self.line_at(self.start)));
        let mut reader = self.reader();
        let mut record = StringRecord::new();
        let mut problems = Vec::new();
        reader.read_record(&mut record).map_err(|error| unread(&error))?;
        while reader.read_record(&mut record).map_err(|error| unread(&error))? {
            if record.iter().all(str::is_empty) {
                continue;
            }
            let row = Row { table: self, record: &record, known: &known };
            if let Err(problem) = row.check_width().and_then(|()| take(&row)) {
                problems.push(row.locate(problem));
            }
        }
        InputError::all(problems).map_or(Ok(()), |error| Err(error.into()))
    }

    fn reader(&self) -> csv::Reader<&[u8]> {
        ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(self.separator)
            .trim(Trim::All)
            .from_reader(&self.text.as_bytes()[self.start..])
    }

    /// The line of a place in the text, 1 = the first of the file.
    fn line_at(&self, offset: usize) -> u64 {
        1 + newlines(&self.text[..offset])
    }
}

impl Row<'_> {
    /// The title of a column, as it is written.
    pub fn title(&self, column: Column) -> &str {
        self.table.title(column)
    }

    /// The value in a column, without space around it.
    pub fn get(&self, column: Column) -> &str {
        self.record.get(column.0).unwrap_or_default()
    }

    /// The value in a column that must not be empty.
    ///
    /// # Errors
    /// A problem where it is empty.
    pub fn filled(&self, column: Column, expected: &str) -> Result<&str, RowProblem> {
        match self.get(column) {
            "" => Err(RowProblem::new(column, expected, "nothing")),
            value => Ok(value),
        }
    }

    /// The finite number in a column; none where it is empty. Tables separated by semicolons may have decimal commas.
    ///
    /// # Errors
    /// A problem where there is something else.
    pub fn number(&self, column: Column, expected: &str) -> Result<Option<f64>, RowProblem> {
        let value = self.get(column);
        if value.is_empty() {
            return Ok(None);
        }
        let parsed = if self.table.separator == b';' && value.contains(',') {
            value.replace(',', ".").parse()
        } else {
            value.parse()
        };
        match parsed {
            Ok(number) if f64::is_finite(number) => Ok(Some(number)),
            _ => Err(RowProblem::new(column, expected, format!("`{value}`"))),
        }
    }

    /// The line the row begins at, 1 = the first of the file.
    pub fn line(&self) -> u64 {
        let offset = self.table.start + self.record.position().map_or(0, |position| position.byte() as usize);
        let text = &self.table.text;
        // A record's position is where the one before ended: blank lines lie between.
        let offset = offset + text[offset..].bytes().take_while(|byte| *byte == b'\n').count();
        let (from, line) = self.known.get();
        let line = line + newlines(&text[from..offset]);
        self.known.set((offset, line));
        line
    }

    fn check_width(&self) -> Result<(), RowProblem> {
        let columns = self.table.header.len();
        if self.record.len() == columns
            || (self.record.len() > columns && self.record.iter().skip(columns).all(str::is_empty))
        {
            return Ok(());
        }
        Err(RowProblem::of_row(format!("{columns} fields"), self.record.len().to_string()))
    }

    fn locate(&self, problem: RowProblem) -> Problem {
        let located = Problem::new(&self.table.path, problem.expected, problem.found).at_line(self.line());
        match problem.column {
            Some(column) => located.in_column(self.table.title(column)),
            None => located,
        }
    }
}

/// A title as it is compared: lower-case, every run of other characters than letters and digits one `_`.
fn normal(title: &str) -> String {
    let mut name = String::with_capacity(title.len());
    for c in title.chars() {
        if c.is_alphanumeric() {
            name.extend(c.to_lowercase());
        } else if !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
    }
    name.truncate(name.trim_end_matches('_').len());
    name
}

/// Why a row cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowProblem {
    column: Option<Column>,
    expected: String,
    found: String,
}

impl RowProblem {
    /// A problem with the value in a column.
    pub fn new(column: Column, expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self { column: Some(column), expected: expected.into(), found: found.into() }
    }

    /// A problem with the row as a whole.
    pub fn of_row(expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self { column: None, expected: expected.into(), found: found.into() }
    }
}

/// The separator that a first line `sep=;` names, and where the table begins behind it.
fn separator_line(text: &str) -> (usize, Option<u8>) {
    let line = text.lines().next().unwrap_or_default();
    match line.strip_prefix("sep=").map(str::as_bytes) {
        Some([separator]) => ((line.len() + 1).min(text.len()), Some(*separator)),
        _ => (0, None),
    }
}

/// The separator that is most frequent in the header, outside quotations.
fn likely_separator(text: &str) -> u8 {
    let mut counts = [0_usize; SEPARATORS.len()];
    let mut quoted = false;
    for byte in text.trim_start().bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => break,
            _ if quoted => {}
            _ => {
                if let Some(i) = SEPARATORS.iter().position(|separator| *separator == byte) {
                    counts[i] += 1;
                }
            }
        }
    }
    let most = counts.iter().copied().max().unwrap_or_default();
    counts.iter().position(|count| *count == most).map_or(b',', |i| SEPARATORS[i])
}

const SEPARATORS: [u8; 4] = *b",;\t|";

/// Where a quotation begins that never ends.
fn open_quotation(text: &str, start: usize, separator: u8) -> Option<usize> {
    let bytes = text.as_bytes();
    if text.matches('"').count().is_multiple_of(2) {
        return None;
    }
    let (mut at_start, mut open) = (true, None);
    for (i, byte) in bytes.iter().enumerate().skip(start) {
        match (open, byte) {
            (None, b'"') if at_start => open = Some(i),
            // A doubled quotation mark closes and opens again, which comes to the same.
            (Some(_), b'"') => open = None,
            (None, b'"') if i > 0 && bytes[i - 1] == b'"' => open = Some(i),
            _ => {}
        }
        at_start = *byte == separator || *byte == b'\n' || (at_start && *byte == b' ');
    }
    open
}

fn newlines(text: &str) -> u64 {
    text.matches('\n').count() as u64
}

fn unread(error: &csv::Error) -> Error {
    Error::failed(format!("cannot split the table into rows: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> CsvTable {
        CsvTable::parse(Path::new("t.csv"), text.to_owned()).unwrap()
    }

    fn rows(table: &CsvTable) -> Vec<(u64, Vec<String>)> {
        let mut rows = Vec::new();
        table
            .read(|row| {
                rows.push((row.line(), row.record.iter().map(str::to_owned).collect()));
                Ok(())
            })
            .unwrap();
        rows
    }

    fn problems(table: &CsvTable) -> String {
        let a = Column::FIRST;
        table.read(|row| row.filled(a, "a name").map(|_| ())).unwrap_err().to_string()
    }

    #[test]
    fn the_separator_is_found_out() {
        for text in ["a,b\n1,2", "a;b\n1;2", "a\tb\n1\t2\n", "a|b\n1|2", "sep=;\na;b\n1;2", "\"a\",\"b\"\n1,2"] {
            let table = table(text);
            assert_eq!(table.header(), ["a", "b"], "{text}");
            assert_eq!(rows(&table)[0].1, ["1", "2"], "{text}");
        }
        assert_eq!(table("id\nx\n").header(), ["id"]);
    }

    #[test]
    fn lines_are_counted_through_quotations_and_blank_lines() {
        let table = table("\na,b\n1,\"x\n\ny\"\n\n\n2, z \n");
        let rows = rows(&table);
        assert_eq!(rows[0], (3, vec!["1".to_owned(), "x\n\ny".to_owned()]));
        assert_eq!(rows[1], (8, vec!["2".to_owned(), "z".to_owned()]));
    }

    #[test]
    fn every_bad_row_is_named() {
        assert_eq!(
            problems(&table("a,b\n1,2\n,3\n1\n1,2,3\n1,2,\n")),
            "t.csv, line 3, column `a`: expected a name, found nothing\nt.csv, line 4: expected 2 fields, found 1\n\
             t.csv, line 5: expected 2 fields, found 3"
        );
    }

    #[test]
    fn a_quotation_that_never_ends_is_named_by_its_first_line() {
        let found = problems(&table("a,b\n1,\"\"\"x\"\n2,\"y\n3,z\n"));
        assert_eq!(found, "t.csv, line 3: expected a closing quotation mark, found the end of the file");
        assert_eq!(rows(&table("a,b\n5\",x\n"))[0].1, ["5\"", "x"]);
    }

    #[test]
    fn column_names_are_compared_as_people_write_them() {
        let table = table("Judge ID,Time (ms),left-id\n1,2,3");
        assert_eq!(table.column(&["judge_id"]), Some(Column(0)));
        assert_eq!(table.column(&["ms", "time_ms"]), Some(Column(1)));
        assert_eq!(table.column(&["right"]), None);
        assert_eq!(
            table.required(&["right", "b"]).unwrap_err().to_string(),
            "t.csv, line 1: expected a column `right`, found the columns `Judge ID`, `Time (ms)`, `left-id`"
        );
    }

    #[test]
    fn numbers_may_have_decimal_commas_between_semicolons() {
        for (text, expected) in [("a;b\n1;2,5", Some(2.5)), ("a,b\n1,2.5", Some(2.5)), ("a,b\n1,", None)] {
            let table = table(text);
            table
                .read(|row| {
                    assert_eq!(row.number(Column(1), "a number").unwrap(), expected);
                    Ok(())
                })
                .unwrap();
        }
        let bad = table("a,b\n1,inf");
        assert!(bad.read(|row| row.number(Column(1), "a number").map(|_| ())).is_err());
    }
}
