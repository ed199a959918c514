//! The one place where the driver's failures become the store's.

use std::error::Error;
use std::path::Path;

use cj_core::store::{ErrorKind, StoreError};
use sqlx::error::DatabaseError;
use sqlx::migrate::MigrateError;

/// What a failure of the driver means.
pub(crate) fn store_error(operation: &'static str, error: sqlx::Error) -> StoreError {
    let kind = kind(&error);
    let hint = hint(&error);
    StoreError::new(kind, operation).with_source(DriverError { place: String::new(), hint, said: error.into() })
}

/// The same, where the file is known.
pub(crate) fn file_error(operation: &'static str, path: &Path, error: sqlx::Error) -> StoreError {
    let kind = kind(&error);
    let hint = hint(&error);
    StoreError::new(kind, operation).with_source(DriverError { place: place(path), hint, said: error.into() })
}

/// What a failure of the migrator means.
pub(crate) fn migrate_error(operation: &'static str, path: &Path, error: MigrateError) -> StoreError {
    let kind = match error {
        MigrateError::Execute(error) => return file_error(operation, path, error),
        MigrateError::ExecuteMigration(ref error, _) => kind(error),
        MigrateError::VersionMissing(_) | MigrateError::VersionTooNew(..) => ErrorKind::Unsupported,
        MigrateError::VersionMismatch(_) | MigrateError::Dirty(_) => ErrorKind::Corrupt,
        _ => ErrorKind::Other,
    };
    StoreError::new(kind, operation).with_source(DriverError { place: place(path), hint: "", said: error.into() })
}

/// A failure that the driver did not see, with what was found where.
pub(crate) fn found(kind: ErrorKind, operation: &'static str, path: &Path, what: impl Into<String>) -> StoreError {
    let said = what.into().into();
    StoreError::new(kind, operation).with_source(DriverError { place: place(path), hint: "", said })
}

/// The rows that a write was to meet were not all there, or not as expected.
pub(crate) fn overtaken(operation: &'static str, expected: usize, found: u64) -> StoreError {
    let source = format!("{found} of {expected} rows were there as expected");
    StoreError::new(ErrorKind::Conflict, operation).with_source(source)
}

fn kind(error: &sqlx::Error) -> ErrorKind {
    match error {
        sqlx::Error::Database(error) => database_kind(&**error),
        sqlx::Error::Io(_) | sqlx::Error::PoolClosed | sqlx::Error::PoolTimedOut | sqlx::Error::WorkerCrashed => {
            ErrorKind::Unavailable
        }
        sqlx::Error::ColumnDecode { .. }
        | sqlx::Error::ColumnIndexOutOfBounds { .. }
        | sqlx::Error::ColumnNotFound(_)
        | sqlx::Error::Decode(_)
        | sqlx::Error::TypeNotFound { .. } => ErrorKind::Corrupt,
        _ => ErrorKind::Other,
    }
}

/// SQLite's extended result codes; the low byte is the primary one.
fn database_kind(error: &dyn DatabaseError) -> ErrorKind {
    let code = code(error);
    match (code, code & 0xff) {
        // A reading transaction that wants to write, after another connection has written.
        (BUSY_SNAPSHOT | CONSTRAINT_PRIMARY_KEY | CONSTRAINT_UNIQUE | CONSTRAINT_ROWID, _) => ErrorKind::Conflict,
        (_, BUSY | LOCKED | INTERRUPT | IO | FULL | CANNOT_OPEN | PROTOCOL) => ErrorKind::Unavailable,
        (_, READ_ONLY) => ErrorKind::Unsupported,
        (_, CORRUPT | NOT_A_DATABASE) => ErrorKind::Corrupt,
        _ if is_missing_schema(error) => ErrorKind::Unsupported,
        _ => ErrorKind::Other,
    }
}

/// Whether another connection holds the file.
pub(crate) fn is_busy(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| code(error) & 0xff == BUSY)
}

fn code(error: &dyn DatabaseError) -> u32 {
    error.code().and_then(|code| code.parse().ok()).unwrap_or_default()
}

fn is_missing_schema(error: &dyn DatabaseError) -> bool {
    error.message().starts_with("no such table") || error.message().starts_with("no such column")
}

fn hint(error: &sqlx::Error) -> &'static str {
    match error {
        sqlx::Error::Database(error) if is_missing_schema(&**error) => {
            " (the schema is missing or older: migrate first)"
        }
        sqlx::Error::PoolTimedOut => " (every connection is held by another unit of work of this process)",
        _ => "",
    }
}

fn place(path: &Path) -> String {
    format!("{}: ", path.display())
}

/// What the driver said, and about which file. It ends the chain: its text holds all of it.
#[derive(Debug, thiserror::Error)]
#[error("{place}{said}{hint}")]
struct DriverError {
    place: String,
    hint: &'static str,
    said: Box<dyn Error + Send + Sync>,
}

const BUSY: u32 = 5;
const LOCKED: u32 = 6;
const READ_ONLY: u32 = 8;
const INTERRUPT: u32 = 9;
const IO: u32 = 10;
const CORRUPT: u32 = 11;
const FULL: u32 = 13;
const CANNOT_OPEN: u32 = 14;
const PROTOCOL: u32 = 15;
const NOT_A_DATABASE: u32 = 26;
const BUSY_SNAPSHOT: u32 = BUSY | (2 << 8);
const CONSTRAINT_PRIMARY_KEY: u32 = 0x0613;
const CONSTRAINT_UNIQUE: u32 = 0x0813;
const CONSTRAINT_ROWID: u32 = 0x0a13;
