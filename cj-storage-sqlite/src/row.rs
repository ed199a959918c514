//! Columns as typed values.

use std::error::Error;

use chrono::{DateTime, Utc};
use cj_core::store::StoreError;
use serde::de::DeserializeOwned;
use sqlx::sqlite::SqliteRow;
use sqlx::{Decode, Row as _, Sqlite, Type};
use uuid::Uuid;

use crate::time::parse_time;

/// Takes one row apart, column after column, in the order of the statement.
pub(crate) struct Columns<'r> {
    row: &'r SqliteRow,
    operation: &'static str,
    table: &'static str,
    keys: usize,
    next: usize,
}

impl<'r> Columns<'r> {
    /// Starts at the first column. The first `keys` columns name the row in errors.
    pub(crate) fn new(row: &'r SqliteRow, operation: &'static str, table: &'static str, keys: usize) -> Self {
        Self { row, operation, table, keys, next: 0 }
    }

    pub(crate) fn text(&mut self) -> Result<&'r str, StoreError> {
        self.value()
    }

    pub(crate) fn string(&mut self) -> Result<String, StoreError> {
        self.text().map(str::to_owned)
    }

    pub(crate) fn optional_text(&mut self) -> Result<Option<&'r str>, StoreError> {
        self.optional()
    }

    pub(crate) fn optional_string(&mut self) -> Result<Option<String>, StoreError> {
        Ok(self.optional_text()?.map(str::to_owned))
    }

    pub(crate) fn bytes(&mut self) -> Result<Vec<u8>, StoreError> {
        self.value()
    }

    pub(crate) fn real(&mut self) -> Result<f64, StoreError> {
        self.value()
    }

    pub(crate) fn optional_real(&mut self) -> Result<Option<f64>, StoreError> {
        self.optional()
    }

    /// A whole number of any type that holds it.
    pub(crate) fn int<T>(&mut self) -> Result<T, StoreError>
    where
        T: TryFrom<i64, Error: Error + Send + Sync + 'static>,
    {
        let number: i64 = self.value()?;
        T::try_from(number).map_err(|source| self.corrupt(format!("{number}: {source}")))
    }

    pub(crate) fn optional_int<T>(&mut self) -> Result<Option<T>, StoreError>
    where
        T: TryFrom<i64, Error: Error + Send + Sync + 'static>,
    {
        let number: Option<i64> = self.optional()?;
        let Some(number) = number else { return Ok(None) };
        T::try_from(number).map(Some).map_err(|source| self.corrupt(format!("{number}: {source}")))
    }

    /// All 64 bits of an unsigned number, stored as a signed one.
    pub(crate) fn bits(&mut self) -> Result<u64, StoreError> {
        self.value().map(i64::cast_unsigned)
    }

    pub(crate) fn flag(&mut self) -> Result<bool, StoreError> {
        match self.value::<i64>()? {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(self.corrupt(format!("{other} is neither 0 nor 1"))),
        }
    }

    pub(crate) fn uuid(&mut self) -> Result<Uuid, StoreError> {
        let text = self.text()?;
        Uuid::parse_str(text).map_err(|source| self.corrupt(format!("{text:?}: {source}")))
    }

    pub(crate) fn optional_uuid(&mut self) -> Result<Option<Uuid>, StoreError> {
        let Some(text) = self.optional_text()? else { return Ok(None) };
        Uuid::parse_str(text).map(Some).map_err(|source| self.corrupt(format!("{text:?}: {source}")))
    }

    pub(crate) fn time(&mut self) -> Result<DateTime<Utc>, StoreError> {
        let text = self.text()?;
        parse_time(text).ok_or_else(|| self.corrupt(format!("{text:?} is not a time of the form {TIME_FORM}")))
    }

    pub(crate) fn optional_time(&mut self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let Some(text) = self.optional_text()? else { return Ok(None) };
        let time = parse_time(text);
        time.map(Some).ok_or_else(|| self.corrupt(format!("{text:?} is not a time of the form {TIME_FORM}")))
    }

    /// A code or an id, read by its type.
    pub(crate) fn parse<T, E: Error>(&mut self, parse: impl FnOnce(&'r str) -> Result<T, E>) -> Result<T, StoreError> {
        let text = self.text()?;
        parse(text).map_err(|source| self.corrupt(source.to_string()))
    }

    pub(crate) fn optional_parse<T, E: Error>(
        &mut self,
        parse: impl FnOnce(&'r str) -> Result<T, E>,
    ) -> Result<Option<T>, StoreError> {
        let Some(text) = self.optional_text()? else { return Ok(None) };
        parse(text).map(Some).map_err(|source| self.corrupt(source.to_string()))
    }

    pub(crate) fn document<T: DeserializeOwned>(&mut self) -> Result<T, StoreError> {
        self.parse(|text| serde_json::from_str(text))
    }

    pub(crate) fn optional_document<T: DeserializeOwned>(&mut self) -> Result<Option<T>, StoreError> {
        self.optional_parse(|text| serde_json::from_str(text))
    }

    /// An error about the column read last.
    pub(crate) fn corrupt(&self, found: String) -> StoreError {
        let key = |index| match self.row.try_get_unchecked::<Option<&str>, usize>(index) {
            Ok(Some(text)) => text.to_owned(),
            _ => "?".to_owned(),
        };
        let column = self.row.columns().get(self.next.saturating_sub(1));
        StoreError::corrupt(
            self.operation,
            CorruptColumn {
                table: self.table,
                column: column.map_or_else(|| "?".to_owned(), |column| sqlx::Column::name(column).to_owned()),
                row: (0..self.keys).map(key).collect::<Vec<_>>().join(", "),
                found,
            },
        )
    }

    fn value<T: Decode<'r, Sqlite> + Type<Sqlite>>(&mut self) -> Result<T, StoreError> {
        self.optional()?.ok_or_else(|| self.corrupt("null, where a value must be".to_owned()))
    }

    fn optional<T: Decode<'r, Sqlite> + Type<Sqlite>>(&mut self) -> Result<Option<T>, StoreError> {
        let index = self.next;
        self.next += 1;
        // Tables are strict: the types need no second check, and what is wrong all the same fails in decoding.
        self.row.try_get_unchecked(index).map_err(|source| self.corrupt(source.to_string()))
    }
}

/// A stored value that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{table}.{column} of row ({row}): {found}")]
struct CorruptColumn {
    table: &'static str,
    column: String,
    row: String,
    found: String,
}

const TIME_FORM: &str = "2026-01-31T09:05:00.000000Z";
