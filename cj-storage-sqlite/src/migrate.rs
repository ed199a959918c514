//! The schema: which version a file has, and how it gets the one of this crate.

use std::path::Path;
use std::sync::LazyLock;

use cj_core::store::{ErrorKind, StoreError};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{Connection as _, SqlSafeStr as _, SqliteConnection};

use crate::error::{file_error, found, migrate_error};

/// Brings the schema up to date. Safe to run twice, and by two processes at once: the second waits, then finds it done.
pub(crate) async fn migrate(conn: &mut SqliteConnection, path: &Path) -> Result<(), StoreError> {
    refuse_newer(stored_version(conn, path, MIGRATE).await?, MIGRATE, path)?;
    // The migrator of the driver takes no lock of its own on SQLite.
    let mut tx = conn.begin_with("BEGIN IMMEDIATE").await.map_err(|error| file_error(MIGRATE, path, error))?;
    let run = MIGRATOR.run_direct(None, &mut *tx, false);
    run.await.map_err(|error| migrate_error(MIGRATE, path, error))?;
    tx.commit().await.map_err(|error| file_error(MIGRATE, path, error))
}

/// The version of the schema in a file, or none where our tables are not in it.
pub(crate) async fn stored_version(
    conn: &mut SqliteConnection,
    path: &Path,
    operation: &'static str,
) -> Result<Option<i64>, StoreError> {
    let there: bool = sqlx::query_scalar(HAS_TABLE)
        .fetch_one(&mut *conn)
        .await
        .map_err(|error| file_error(operation, path, error))?;
    if !there {
        return Ok(None);
    }
    sqlx::query_scalar(VERSION).fetch_one(conn).await.map_err(|error| file_error(operation, path, error))
}

/// The newest version that this crate knows.
pub(crate) fn known_version() -> i64 {
    MIGRATOR.iter().map(|migration| migration.version).max().unwrap_or_default()
}

/// A file of a newer version must not be touched: what it means is not known here.
pub(crate) fn refuse_newer(stored: Option<i64>, operation: &'static str, path: &Path) -> Result<(), StoreError> {
    let known = known_version();
    match stored {
        Some(stored) if stored > known => {
            let what =
                format!("schema version {stored}, this program knows versions up to {known}: use a newer program");
            Err(found(ErrorKind::Unsupported, operation, path, what))
        }
        _ => Ok(()),
    }
}

/// A file must have exactly the schema of this crate before it is used.
pub(crate) fn require_current(stored: Option<i64>, operation: &'static str, path: &Path) -> Result<(), StoreError> {
    refuse_newer(stored, operation, path)?;
    let known = known_version();
    let what = match stored {
        Some(stored) if stored == known => return Ok(()),
        Some(stored) => format!("schema version {stored}, version {known} is needed: migrate first"),
        None => format!("none of this program's tables, schema version {known} is needed: migrate first"),
    };
    Err(found(ErrorKind::Unsupported, operation, path, what))
}

static MIGRATOR: LazyLock<Migrator> = LazyLock::new(|| {
    let files = [
        (1, "schema", include_str!("../migrations/0001_schema.sql")),
        (2, "retention", include_str!("../migrations/0002_retention.sql")),
        (3, "phase_since", include_str!("../migrations/0003_phase_since.sql")),
    ];
    let migrations = files.map(|(version, description, sql)| {
        Migration::new(version, description.into(), MigrationType::Simple, sql.into_sql_str(), false)
    });
    let mut migrator = Migrator::with_migrations(migrations.into());
    migrator.dangerous_set_table_name("_cj_migrations");
    migrator
});

const MIGRATE: &str = "store.migrate";
const HAS_TABLE: &str = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = '_cj_migrations')";
const VERSION: &str = "SELECT max(version) FROM _cj_migrations";
