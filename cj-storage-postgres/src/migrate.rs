//! The schema: which version a database has, and how it gets the one of this crate.

use std::sync::LazyLock;

use cj_core::store::{ErrorKind, StoreError};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqlSafeStr as _};

use crate::error::{found, migrate_error, server_error};

/// Brings the schema up to date. Safe to run twice, and by two processes at once: the second waits, then finds it done.
pub(crate) async fn migrate(conn: &mut PgConnection, schema: Option<&str>, place: &str) -> Result<(), StoreError> {
    migrate_to(conn, schema, place, None).await
}

async fn migrate_to(
    conn: &mut PgConnection,
    schema: Option<&str>,
    place: &str,
    target: Option<i64>,
) -> Result<(), StoreError> {
    let failed = |error| server_error(MIGRATE, place, error);
    let mut tx = conn.begin().await.map_err(failed)?;
    // Whoever comes second waits as long as it takes.
    for setting in ["SET LOCAL lock_timeout = 0", "SET LOCAL statement_timeout = 0"] {
        sqlx::query(setting).execute(&mut *tx).await.map_err(failed)?;
    }
    // The migrator's own lock is the session's and would outlive a lost connection's transaction.
    sqlx::query(LOCK).bind(schema.unwrap_or_default()).execute(&mut *tx).await.map_err(failed)?;
    if let Some(schema) = schema {
        let there: bool = sqlx::query_scalar(HAS_SCHEMA).bind(schema).fetch_one(&mut *tx).await.map_err(failed)?;
        if !there {
            // Options let through only what needs no quotes.
            let create = AssertSqlSafe(format!("CREATE SCHEMA {schema}"));
            sqlx::query(create).execute(&mut *tx).await.map_err(failed)?;
        }
    }
    refuse_newer(stored_version(&mut tx, place, MIGRATE).await?, MIGRATE, place)?;
    let run = MIGRATOR.run_direct(target, &mut *tx, false);
    run.await.map_err(|error| migrate_error(MIGRATE, place, error))?;
    tx.commit().await.map_err(failed)
}

/// The version of the schema in a database, or none where our tables are not in it.
pub(crate) async fn stored_version(
    conn: &mut PgConnection,
    place: &str,
    operation: &'static str,
) -> Result<Option<i64>, StoreError> {
    let failed = |error| server_error(operation, place, error);
    let there: bool = sqlx::query_scalar(HAS_TABLE).fetch_one(&mut *conn).await.map_err(failed)?;
    if !there {
        return Ok(None);
    }
    sqlx::query_scalar(VERSION).fetch_one(conn).await.map_err(failed)
}

/// The newest version that this crate knows.
pub(crate) fn known_version() -> i64 {
    MIGRATOR.iter().map(|migration| migration.version).max().unwrap_or_default()
}

/// A database of a newer version must not be touched: what it means is not known here.
pub(crate) fn refuse_newer(stored: Option<i64>, operation: &'static str, place: &str) -> Result<(), StoreError> {
    let known = known_version();
    match stored {
        Some(stored) if stored > known => {
            let what =
                format!("schema version {stored}, this program knows versions up to {known}: use a newer program");
            Err(found(ErrorKind::Unsupported, operation, place, what))
        }
        _ => Ok(()),
    }
}

/// A database must have exactly the schema of this crate before it is used.
pub(crate) fn require_current(stored: Option<i64>, operation: &'static str, place: &str) -> Result<(), StoreError> {
    refuse_newer(stored, operation, place)?;
    let known = known_version();
    let what = match stored {
        Some(stored) if stored == known => return Ok(()),
        Some(stored) => format!("schema version {stored}, version {known} is needed: migrate first"),
        None => format!("none of this program's tables, schema version {known} is needed: migrate first"),
    };
    Err(found(ErrorKind::Unsupported, operation, place, what))
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
    migrator.set_locking(false);
    migrator
});

const MIGRATE: &str = "store.migrate";
const LOCK: &str = "SELECT pg_advisory_xact_lock(hashtextextended('cj_migrations ' || $1, 0))";
const HAS_SCHEMA: &str = "SELECT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = $1)";
const HAS_TABLE: &str = "SELECT to_regclass('_cj_migrations') IS NOT NULL";
const VERSION: &str = "SELECT max(version) FROM _cj_migrations";

#[cfg(test)]
mod tests;
