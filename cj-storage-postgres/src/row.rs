//! Columns as typed values.

use std::error::Error;

use chrono::{DateTime, Utc};
use cj_core::store::StoreError;
use serde::de::DeserializeOwned;
use sqlx::postgres::PgRow;
use sqlx::{Decode, Postgres, Row as _, Type};
use uuid::Uuid;

/// Takes one row apart, column after column, in the order of the statement.
pub(crate) struct Columns<'r> {
    row: &'r PgRow,
    operation: &'static str,
    table: &'static str,
    keys: usize,
    next: usize,
}

impl<'r> Columns<'r> {
    /// Starts at the first column. The first `keys` columns name the row in errors.
    pub(crate) fn new(row: &'r PgRow, operation: &'static str, table: &'static str, keys: usize) -> Self {
        Self { row, operation, table, keys, next: 0 }
    }

    pub(crate) fn text(&mut self) -> Result<&'r str, StoreError> {
        self.required()
    }

    pub(crate) fn string(&mut self) -> Result<String, StoreError> {
        self.required()
    }

    pub(crate) fn optional_text(&mut self) -> Result<Option<&'r str>, StoreError> {
        self.value()
    }

    pub(crate) fn optional_string(&mut self) -> Result<Option<String>, StoreError> {
        self.value()
    }

    pub(crate) fn bytes(&mut self) -> Result<Vec<u8>, StoreError> {
        self.required()
    }

    pub(crate) fn real(&mut self) -> Result<f64, StoreError> {
        self.required()
    }

    pub(crate) fn optional_real(&mut self) -> Result<Option<f64>, StoreError> {
        self.value()
    }

    /// A whole number of any type that holds it.
    pub(crate) fn int<T>(&mut self) -> Result<T, StoreError>
    where
        T: TryFrom<i64, Error: Error + Send + Sync + 'static>,
    {
        let number = self.required::<i64>()?;
        T::try_from(number).map_err(|source| self.corrupt(format!("{number}: {source}")))
    }

    pub(crate) fn optional_int<T>(&mut self) -> Result<Option<T>, StoreError>
    where
        T: TryFrom<i64, Error: Error + Send + Sync + 'static>,
    {
        let Some(number) = self.value::<i64>()? else { return Ok(None) };
        T::try_from(number).map(Some).map_err(|source| self.corrupt(format!("{number}: {source}")))
    }

    /// All 64 bits of an unsigned number, stored as a signed one.
    pub(crate) fn bits(&mut self) -> Result<u64, StoreError> {
        self.required().map(i64::cast_unsigned)
    }

    pub(crate) fn flag(&mut self) -> Result<bool, StoreError> {
        self.required()
    }

    pub(crate) fn uuid(&mut self) -> Result<Uuid, StoreError> {
        self.required()
    }

    pub(crate) fn optional_uuid(&mut self) -> Result<Option<Uuid>, StoreError> {
        self.value()
    }

    pub(crate) fn time(&mut self) -> Result<DateTime<Utc>, StoreError> {
        self.required()
    }

    pub(crate) fn optional_time(&mut self) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.value()
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
        let column = self.row.columns().get(self.next.saturating_sub(1));
        let column = column.map_or_else(|| "?".to_owned(), |column| sqlx::Column::name(column).to_owned());
        let row = (0..self.keys).map(|key| self.shown(key)).collect::<Vec<_>>().join(", ");
        StoreError::corrupt(self.operation, CorruptColumn { table: self.table, column, row, found })
    }

    /// A key as it is shown to a person.
    fn shown(&self, index: usize) -> String {
        let id = self.row.try_get::<Uuid, usize>(index).map(|id| id.to_string());
        let number = || self.row.try_get::<i64, usize>(index).map(|number| number.to_string());
        let text = || self.row.try_get::<String, usize>(index);
        id.or_else(|_| number()).or_else(|_| text()).unwrap_or_else(|_| "?".to_owned())
    }

    fn required<T: Decode<'r, Postgres> + Type<Postgres>>(&mut self) -> Result<T, StoreError> {
        self.value()?.ok_or_else(|| self.corrupt("null, where a value must be".to_owned()))
    }

    fn value<T: Decode<'r, Postgres> + Type<Postgres>>(&mut self) -> Result<Option<T>, StoreError> {
        let index = self.next;
        self.next += 1;
        // Columns have the types of our migrations; `json` and `varchar` are read as text.
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
