//! The rows of one write as one parameter per column.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde::Serialize;
use sqlx::postgres::PgHasArrayType;
use sqlx::{Encode, Postgres, Type};
use uuid::Uuid;

use crate::unit::Query;

/// The rows of one write, taken apart into arrays, one per column, which `unnest` puts together again inside the statement.
///
/// Columns are given in the order of the statement's parameters.
pub(crate) struct Slice<'r, T> {
    rows: &'r [T],
    query: Query,
}

impl<'r, T> Slice<'r, T> {
    pub(crate) fn of(sql: &'static str, rows: &'r [T]) -> Self {
        Self { rows, query: sqlx::query(sql) }
    }

    /// Further rows, for the parameters that follow.
    pub(crate) fn then<U>(self, rows: &'r [U]) -> Slice<'r, U> {
        Slice { rows, query: self.query }
    }

    /// The statement with its parameters.
    pub(crate) fn query(self) -> Query {
        self.query
    }

    pub(crate) fn uuid(self, value: impl Fn(&'r T) -> Uuid) -> Self {
        self.column(value)
    }

    pub(crate) fn optional_uuid(self, value: impl Fn(&'r T) -> Option<Uuid>) -> Self {
        self.column(value)
    }

    pub(crate) fn text(self, value: impl Fn(&'r T) -> &'r str) -> Self {
        self.column(|row| storable(value(row)))
    }

    pub(crate) fn optional_text(self, value: impl Fn(&'r T) -> Option<&'r str>) -> Self {
        self.column(|row| value(row).map(storable))
    }

    /// A code of a closed set.
    pub(crate) fn code(self, value: impl Fn(&'r T) -> &'static str) -> Self {
        self.column(value)
    }

    pub(crate) fn optional_code(self, value: impl Fn(&'r T) -> Option<&'static str>) -> Self {
        self.column(value)
    }

    pub(crate) fn int<V: Into<i64>>(self, value: impl Fn(&'r T) -> V) -> Self {
        self.column(|row| -> i64 { value(row).into() })
    }

    pub(crate) fn optional_int<V: Into<i64>>(self, value: impl Fn(&'r T) -> Option<V>) -> Self {
        self.column(|row| value(row).map(Into::<i64>::into))
    }

    /// All 64 bits of an unsigned number, read as a signed one.
    pub(crate) fn bits(self, value: impl Fn(&'r T) -> u64) -> Self {
        self.column(|row| value(row).cast_signed())
    }

    pub(crate) fn real(self, value: impl Fn(&'r T) -> f64) -> Self {
        self.column(value)
    }

    pub(crate) fn optional_real(self, value: impl Fn(&'r T) -> Option<f64>) -> Self {
        self.column(value)
    }

    pub(crate) fn flag(self, value: impl Fn(&'r T) -> bool) -> Self {
        self.column(value)
    }

    pub(crate) fn time(self, value: impl Fn(&'r T) -> DateTime<Utc>) -> Self {
        self.column(|row| storable_time(value(row)))
    }

    pub(crate) fn optional_time(self, value: impl Fn(&'r T) -> Option<DateTime<Utc>>) -> Self {
        self.column(|row| value(row).map(storable_time))
    }

    pub(crate) fn bytes(self, value: impl Fn(&'r T) -> &'r [u8]) -> Self {
        self.column(value)
    }

    /// A document, as the text of its JSON.
    pub(crate) fn document<D: Serialize + 'r>(self, value: impl Fn(&'r T) -> &'r D) -> Self {
        self.column(|row| json(value(row)))
    }

    pub(crate) fn optional_document<D: Serialize + 'r>(self, value: impl Fn(&'r T) -> Option<&'r D>) -> Self {
        self.column(|row| value(row).map(json))
    }

    fn column<V>(mut self, value: impl Fn(&'r T) -> V) -> Self
    where
        Vec<V>: Encode<'r, Postgres>,
        V: Type<Postgres> + PgHasArrayType,
    {
        self.query = self.query.bind(self.rows.iter().map(value).collect::<Vec<V>>());
        self
    }
}

/// A text as PostgreSQL can store it: it knows no NUL, and one in an answer must not keep a whole slice out.
fn storable(text: &str) -> Cow<'_, str> {
    if text.as_bytes().contains(&0) { Cow::Owned(text.replace('\0', "\u{fffd}")) } else { Cow::Borrowed(text) }
}

/// A time that PostgreSQL can store: the years 0 to 9999; others become the nearest of these.
pub(crate) fn storable_time(time: DateTime<Utc>) -> DateTime<Utc> {
    let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default();
    let last = NaiveTime::from_hms_micro_opt(23, 59, 59, 999_999).unwrap_or_default();
    time.clamp(day(0, 1, 1).and_time(NaiveTime::MIN).and_utc(), day(9999, 12, 31).and_time(last).and_utc())
}

fn json(document: &impl Serialize) -> String {
    serde_json::to_string(document).expect("documents have text keys and no failing serializers")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_with_nul_is_stored_without() {
        assert_eq!(storable("a\0b"), "a\u{fffd}b");
        assert!(matches!(storable("ab"), Cow::Borrowed("ab")));
    }

    #[test]
    fn times_beyond_the_calendar_become_the_nearest_within() {
        assert_eq!(storable_time(DateTime::<Utc>::MAX_UTC).to_rfc3339(), "9999-12-31T23:59:59.999999+00:00");
        assert_eq!(storable_time(DateTime::<Utc>::MIN_UTC).to_rfc3339(), "0000-01-01T00:00:00+00:00");
        assert_eq!(storable_time(DateTime::UNIX_EPOCH), DateTime::UNIX_EPOCH);
    }
}
