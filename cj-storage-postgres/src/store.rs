//! The store: a pool of connections to one server.

use std::sync::Arc;

use async_trait::async_trait;
use cj_core::store::{Repositories, Store, StoreError, UnitOfWork};
use sqlx::postgres::PgPool;
use sqlx::{Postgres, Transaction};

use crate::error::{is_lost, server_error};
use crate::{PgOptions, PgUnit, PgWakes, migrate};

/// Batches in one PostgreSQL database.
///
/// Cheap to clone: clones share their connections. Any number of processes may use one database.
#[derive(Clone, Debug)]
pub struct PgStore {
    options: Arc<PgOptions>,
    place: Arc<str>,
    pool: PgPool,
}

impl PgStore {
    /// Connects to a URL with the defaults of [`PgOptions`].
    ///
    /// # Errors
    /// Those of [`PgOptions::new`] and [`PgOptions::connect`].
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        PgOptions::new(url)?.connect().await
    }

    pub(crate) async fn with(options: PgOptions) -> Result<Self, StoreError> {
        let (place, pool) = (options.place().into(), options.pool().connect_lazy_with(options.connection()));
        let store = Self { options: Arc::new(options), place, pool };
        migrate::refuse_newer(store.stored_version(CONNECT).await?, CONNECT, &store.place)?;
        Ok(store)
    }

    /// Brings the schema up to date. Safe to run twice, and by two processes at once.
    ///
    /// # Errors
    /// `Unsupported` when the schema is newer than this version knows or the role may not make tables, `Corrupt` when a
    /// migration was changed after it ran, `Unavailable`.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        let mut conn = self.pool.acquire().await.map_err(|error| self.error(MIGRATE, error))?;
        migrate::migrate(&mut conn, self.options.schema_name(), &self.place).await
    }

    /// The version of the schema in the database, or none where it was never migrated.
    ///
    /// # Errors
    /// As every read.
    pub async fn schema_version(&self) -> Result<Option<u32>, StoreError> {
        let stored = self.stored_version(SCHEMA_VERSION).await?;
        Ok(stored.map(|version| u32::try_from(version).unwrap_or(u32::MAX)))
    }

    /// Makes sure that the database can be used: it is there, and its schema is that of this version.
    ///
    /// # Errors
    /// `Unsupported` with the version found and the version needed; `Unavailable`.
    pub async fn check(&self) -> Result<(), StoreError> {
        migrate::require_current(self.stored_version(CHECK).await?, CHECK, &self.place)
    }

    /// The server and the database, without the password.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Waits for units that are open, then closes the connections.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// Notices of commits that put something into the outbox, whichever process made them.
    ///
    /// # Errors
    /// `Unavailable` when the server cannot be reached.
    pub async fn wakes(&self) -> Result<PgWakes, StoreError> {
        PgWakes::connect(&self.options).await
    }

    async fn stored_version(&self, operation: &'static str) -> Result<Option<i64>, StoreError> {
        let mut conn = self.pool.acquire().await.map_err(|error| self.error(operation, error))?;
        migrate::stored_version(&mut conn, &self.place, operation).await
    }

    async fn begin_with(
        &self,
        operation: &'static str,
        sql: &'static str,
    ) -> Result<Transaction<'static, Postgres>, StoreError> {
        // Connections that were lost while nobody used them are found here, one by one: nothing was done yet.
        let mut lost = 0;
        loop {
            match self.pool.begin_with(sql).await {
                Err(error) if is_lost(&error) && lost < self.options.connection_count() => lost += 1,
                outcome => return outcome.map_err(|error| self.error(operation, error)),
            }
        }
    }

    pub(crate) fn pool(&self) -> &PgPool {
        &self.pool
    }

    pub(crate) fn error(&self, operation: &'static str, error: sqlx::Error) -> StoreError {
        server_error(operation, &self.place, error)
    }
}

#[async_trait]
impl Store for PgStore {
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StoreError> {
        Ok(Box::new(PgUnit::writing(self.begin_with(BEGIN, BEGIN_UNIT).await?)))
    }

    async fn read(&self) -> Result<Box<dyn Repositories>, StoreError> {
        Ok(Box::new(PgUnit::reading(self.begin_with(READ, BEGIN_VIEW).await?)))
    }
}

const BEGIN: &str = "store.begin";
const CHECK: &str = "store.check";
const CONNECT: &str = "store.connect";
const MIGRATE: &str = "store.migrate";
const READ: &str = "store.read";
const SCHEMA_VERSION: &str = "store.schema_version";
const BEGIN_UNIT: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
/// One state for all that is read, that of the first question asked.
const BEGIN_VIEW: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
