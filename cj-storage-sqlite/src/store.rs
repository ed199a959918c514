//! The store: one writer, several readers, one file.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use cj_core::store::{Bell, BellWakes, ErrorKind, Repositories, Store, StoreError, UnitOfWork};
use sqlx::sqlite::{SqlitePool, SqlitePoolOptions};
use sqlx::{Connection as _, SqliteConnection};

use crate::error::{file_error, found, is_busy};
use crate::{SqliteOptions, SqliteUnit, migrate};

/// Batches in one SQLite file.
///
/// Cheap to clone: clones share their connections.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use cj_core::store::{BatchQuery, Store};
/// use cj_storage_sqlite::SqliteStore;
///
/// let folder = tempfile::tempdir()?;
/// let store = SqliteStore::open(folder.path().join("cj.sqlite")).await?;
/// store.migrate().await?;
/// let mut view = store.read().await?;
/// assert!(view.find(&BatchQuery::Newest { limit: 10 }).await?.is_empty());
/// # drop(view);
/// # store.close().await;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct SqliteStore {
    path: Arc<Path>,
    /// None where the file was opened for reading only.
    writer: Option<SqlitePool>,
    readers: SqlitePool,
    bell: Bell,
}

impl SqliteStore {
    /// Opens a file with the defaults of [`SqliteOptions`]; makes it where it is not there.
    ///
    /// # Errors
    /// Those of [`SqliteOptions::open`].
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        SqliteOptions::new(path).open().await
    }

    pub(crate) async fn connect(options: SqliteOptions) -> Result<Self, StoreError> {
        let path: Arc<Path> = options.path().into();
        let writer = (!options.is_read_only()).then(|| pool(&options, 1).connect_lazy_with(options.writer()));
        let readers = pool(&options, options.reader_count()).connect_lazy_with(options.reader());
        let store = Self { path, writer, readers, bell: Bell::new() };
        store.make(options.timeout()).await?;
        migrate::refuse_newer(store.stored_version(OPEN).await?, OPEN, &store.path)?;
        Ok(store)
    }

    /// Makes the file and turns its log on. For that SQLite needs the file to itself for a moment, and does not wait.
    async fn make(&self, timeout: Duration) -> Result<(), StoreError> {
        let mut waited = Duration::ZERO;
        loop {
            match self.pool().acquire().await {
                Ok(_) => return Ok(()),
                Err(error) if is_busy(&error) && waited < timeout => {
                    tokio::time::sleep(PAUSE).await;
                    waited += PAUSE;
                }
                Err(error) => return Err(self.error(OPEN, error)),
            }
        }
    }

    /// Brings the schema up to date. Safe to run twice, and by two processes at once.
    ///
    /// # Errors
    /// `Unsupported` when the schema is newer than this version knows or the file was opened for reading only,
    /// `Corrupt` when a migration was changed after it ran, `Unavailable` when another process holds the file.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        let mut conn = self.writer(MIGRATE)?.acquire().await.map_err(|error| self.error(MIGRATE, error))?;
        migrate::migrate(&mut conn, &self.path).await
    }

    /// The version of the schema in the file, or none where it was never migrated.
    ///
    /// # Errors
    /// As every read.
    pub async fn schema_version(&self) -> Result<Option<u32>, StoreError> {
        let stored = self.stored_version(SCHEMA_VERSION).await?;
        Ok(stored.map(|version| u32::try_from(version).unwrap_or(u32::MAX)))
    }

    /// Makes sure that the file can be used: it is a database, and its schema is that of this version.
    ///
    /// # Errors
    /// `Unsupported` with the version found and the version needed; `Corrupt`; `Unavailable`.
    pub async fn check(&self) -> Result<(), StoreError> {
        migrate::require_current(self.stored_version(CHECK).await?, CHECK, &self.path)
    }

    /// Writes the file anew without what was deleted, and empties its log. Until then SQLite keeps the bytes of deleted
    /// rows in free pages, and earlier versions of pages in the log: whoever erases texts calls this afterwards.
    ///
    /// It takes as long as copying the file, and needs as much room again. Units wait meanwhile.
    ///
    /// # Errors
    /// `Unavailable` while another connection reads or writes: nothing is lost, and it can be called again. `Unsupported`
    /// for a file that was opened for reading only.
    pub async fn compact(&self) -> Result<(), StoreError> {
        let mut conn = self.writer(COMPACT)?.acquire().await.map_err(|error| self.error(COMPACT, error))?;
        for sql in [COPY_ON_DISK, "VACUUM", JOURNAL_IN_MEMORY] {
            sqlx::query(sql).execute(&mut *conn).await.map_err(|error| self.error(COMPACT, error))?;
        }
        let checkpoint = sqlx::query_scalar::<_, i64>("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut *conn).await;
        if checkpoint.map_err(|error| self.error(COMPACT, error))? == 0 {
            return Ok(());
        }
        let what = "somebody still reads what was deleted: its log could not be emptied";
        Err(found(ErrorKind::Unavailable, COMPACT, &self.path, what))
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Waits for units that are open, then closes the file. Without it the file is closed some time after the last
    /// clone was dropped.
    pub async fn close(&self) {
        self.readers.close().await;
        if let Some(writer) = &self.writer {
            writer.close().await;
        }
    }

    /// Notices of commits of this store, its clones included, that put something into the outbox. Of what another process
    /// commits there is none.
    pub fn wakes(&self) -> BellWakes {
        self.bell.wakes()
    }

    async fn stored_version(&self, operation: &'static str) -> Result<Option<i64>, StoreError> {
        let mut conn = self.pool().acquire().await.map_err(|error| self.error(operation, error))?;
        migrate::stored_version(&mut conn, &self.path, operation).await
    }

    /// The writer where there is one: it makes the file.
    fn pool(&self) -> &SqlitePool {
        self.writer.as_ref().unwrap_or(&self.readers)
    }

    pub(crate) fn readers(&self) -> &SqlitePool {
        &self.readers
    }

    pub(crate) fn writer(&self, operation: &'static str) -> Result<&SqlitePool, StoreError> {
        let what = "opened for reading only";
        self.writer.as_ref().ok_or_else(|| found(ErrorKind::Unsupported, operation, &self.path, what))
    }

    pub(crate) fn error(&self, operation: &'static str, error: sqlx::Error) -> StoreError {
        file_error(operation, &self.path, error)
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StoreError> {
        let tx = self.writer(BEGIN)?.begin_with("BEGIN IMMEDIATE").await.map_err(|error| self.error(BEGIN, error))?;
        Ok(Box::new(SqliteUnit::writing(tx, self.bell.clone())))
    }

    async fn read(&self) -> Result<Box<dyn Repositories>, StoreError> {
        let tx = self.readers.begin_with(BEGIN_VIEW).await.map_err(|error| self.error(READ, error))?;
        Ok(Box::new(SqliteUnit::reading(tx)))
    }
}

fn pool(options: &SqliteOptions, connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(options.timeout())
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .before_acquire(|conn, _| Box::pin(is_outside_transaction(conn)))
}

/// Whether a connection is fit for a new unit. SQLite ends a transaction by itself when the disk is full, and the driver
/// then believes for ever that it is inside one: such a connection is thrown away.
async fn is_outside_transaction(conn: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    if conn.is_in_transaction() {
        // A unit that was dropped may still be rolling back; its connection answers when that is done.
        conn.ping().await?;
    }
    Ok(!conn.is_in_transaction())
}

/// The copy that compacting makes is as large as the file, and must not be held in memory; what a statement may have to take back
/// is a few pages, for which a file would be made each time.
const COPY_ON_DISK: &str = "PRAGMA temp_store = FILE";
const JOURNAL_IN_MEMORY: &str = "PRAGMA temp_store = MEMORY";
const PAUSE: Duration = Duration::from_millis(5);
const BEGIN: &str = "store.begin";
const CHECK: &str = "store.check";
const COMPACT: &str = "store.compact";
const MIGRATE: &str = "store.migrate";
const OPEN: &str = "store.open";
const READ: &str = "store.read";
const SCHEMA_VERSION: &str = "store.schema_version";
/// The read makes the view that of this moment, not that of the first question asked.
const BEGIN_VIEW: &str = "BEGIN; SELECT 1 FROM sqlite_schema LIMIT 1";
