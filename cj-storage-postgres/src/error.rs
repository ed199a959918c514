//! The one place where the driver's failures become the store's.

use std::error::Error;

use cj_core::store::{ErrorKind, StoreError};
use sqlx::error::DatabaseError;
use sqlx::migrate::MigrateError;

/// What a failure of the driver means.
pub(crate) fn store_error(operation: &'static str, error: sqlx::Error) -> StoreError {
    server_error(operation, "", error)
}

/// The same, where the server is known.
pub(crate) fn server_error(operation: &'static str, place: &str, error: sqlx::Error) -> StoreError {
    let kind = kind(&error);
    let hint = hint(&error);
    StoreError::new(kind, operation).with_source(DriverError { place: before(place), hint, said: error.into() })
}

/// What a failure of the migrator means.
pub(crate) fn migrate_error(operation: &'static str, place: &str, error: MigrateError) -> StoreError {
    let kind = match error {
        MigrateError::Execute(error) => return server_error(operation, place, error),
        MigrateError::ExecuteMigration(ref error, _) => kind(error),
        MigrateError::VersionMissing(_) | MigrateError::VersionTooNew(..) => ErrorKind::Unsupported,
        MigrateError::VersionMismatch(_) | MigrateError::Dirty(_) => ErrorKind::Corrupt,
        _ => ErrorKind::Other,
    };
    StoreError::new(kind, operation).with_source(DriverError { place: before(place), hint: "", said: error.into() })
}

/// A failure that the driver did not see, with what was found where.
pub(crate) fn found(kind: ErrorKind, operation: &'static str, place: &str, what: impl Into<String>) -> StoreError {
    let said = what.into().into();
    StoreError::new(kind, operation).with_source(DriverError { place: before(place), hint: "", said })
}

/// The rows that a write was to meet were not all there, or not as expected.
pub(crate) fn overtaken(operation: &'static str, expected: usize, found: u64) -> StoreError {
    let source = format!("{found} of {expected} rows were there as expected");
    StoreError::new(ErrorKind::Conflict, operation).with_source(source)
}

/// Whether the connection is gone, so that another one may do.
pub(crate) fn is_lost(error: &sqlx::Error) -> bool {
    match error {
        _ if is_refused_certificate(error) => false,
        sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(error) => matches!(&*code(&**error), ADMIN_SHUTDOWN | CRASH_SHUTDOWN | IDLE_TIMEOUT),
        _ => false,
    }
}

/// Whether the two sides could not agree on encryption: the driver has no other name for it. It would fail again.
fn is_refused_certificate(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Io(error) if error.kind() == std::io::ErrorKind::InvalidData)
}

fn kind(error: &sqlx::Error) -> ErrorKind {
    match error {
        sqlx::Error::Database(error) => database_kind(&**error),
        _ if is_refused_certificate(error) => ErrorKind::Unsupported,
        sqlx::Error::Io(_)
        | sqlx::Error::BeginFailed
        | sqlx::Error::PoolClosed
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::Protocol(_)
        | sqlx::Error::WorkerCrashed => ErrorKind::Unavailable,
        sqlx::Error::ColumnDecode { .. }
        | sqlx::Error::ColumnIndexOutOfBounds { .. }
        | sqlx::Error::ColumnNotFound(_)
        | sqlx::Error::Decode(_)
        | sqlx::Error::TypeNotFound { .. } => ErrorKind::Corrupt,
        sqlx::Error::Configuration(_) | sqlx::Error::Tls(_) => ErrorKind::Unsupported,
        _ => ErrorKind::Other,
    }
}

/// PostgreSQL's five-letter codes; the first two letters are the class.
fn database_kind(error: &dyn DatabaseError) -> ErrorKind {
    let code = code(error);
    match (&*code, code.get(..2).unwrap_or_default()) {
        (SERIALIZATION_FAILURE | DEADLOCK | LOCK_NOT_AVAILABLE | UNIQUE_VIOLATION, _) => ErrorKind::Conflict,
        (ADMIN_SHUTDOWN | CRASH_SHUTDOWN | CANNOT_CONNECT_NOW | QUERY_CANCELED | IDLE_TIMEOUT, _)
        | (_, CONNECTION | RESOURCES | SYSTEM) => ErrorKind::Unavailable,
        (READ_ONLY | UNDEFINED_TABLE | UNDEFINED_COLUMN | UNDEFINED_SCHEMA | NO_PRIVILEGE | NO_DATABASE, _)
        | (_, AUTHORIZATION) => ErrorKind::Unsupported,
        (_, INTERNAL) => ErrorKind::Corrupt,
        _ => ErrorKind::Other,
    }
}

fn code(error: &dyn DatabaseError) -> std::borrow::Cow<'_, str> {
    error.code().unwrap_or_default()
}

fn hint(error: &sqlx::Error) -> &'static str {
    match error {
        sqlx::Error::Database(error) => match &*code(&**error) {
            UNDEFINED_TABLE | UNDEFINED_COLUMN | UNDEFINED_SCHEMA => " (the schema is missing or older: migrate first)",
            _ => "",
        },
        sqlx::Error::PoolTimedOut => {
            " (the server cannot be reached, or other units of this process hold every connection)"
        }
        _ if is_refused_certificate(error) => " (the server's certificate, or its authority, is not the one expected)",
        _ => "",
    }
}

fn before(place: &str) -> String {
    if place.is_empty() { String::new() } else { format!("{place}: ") }
}

/// What the driver said, and about which server. It ends the chain: its text holds all of it.
#[derive(Debug, thiserror::Error)]
#[error("{place}{said}{hint}")]
struct DriverError {
    place: String,
    hint: &'static str,
    said: Box<dyn Error + Send + Sync>,
}

const ADMIN_SHUTDOWN: &str = "57P01";
const CRASH_SHUTDOWN: &str = "57P02";
const CANNOT_CONNECT_NOW: &str = "57P03";
const IDLE_TIMEOUT: &str = "57P05";
const QUERY_CANCELED: &str = "57014";
const SERIALIZATION_FAILURE: &str = "40001";
const DEADLOCK: &str = "40P01";
const LOCK_NOT_AVAILABLE: &str = "55P03";
const UNIQUE_VIOLATION: &str = "23505";
const READ_ONLY: &str = "25006";
const UNDEFINED_TABLE: &str = "42P01";
const UNDEFINED_COLUMN: &str = "42703";
const UNDEFINED_SCHEMA: &str = "3F000";
const NO_PRIVILEGE: &str = "42501";
const NO_DATABASE: &str = "3D000";
const AUTHORIZATION: &str = "28";
const CONNECTION: &str = "08";
const INTERNAL: &str = "XX";
const RESOURCES: &str = "53";
const SYSTEM: &str = "58";
