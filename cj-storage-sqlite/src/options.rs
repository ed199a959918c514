//! How a database file is opened.

use std::path::{Path, PathBuf};
use std::time::Duration;

use cj_core::store::StoreError;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};

use crate::SqliteStore;

/// How a database file is opened: a path, and settings that have defaults.
///
/// ```no_run
/// # async fn run() -> Result<(), cj_core::store::StoreError> {
/// use std::time::Duration;
/// use cj_storage_sqlite::{Access, SqliteOptions, Synchronous};
///
/// let store = SqliteOptions::new("cj.sqlite")
///     .access(Access::ReadWrite)
///     .busy_timeout(Duration::from_secs(30))
///     .synchronous(Synchronous::Normal)
///     .readers(2)
///     .open()
///     .await?;
/// # drop(store);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct SqliteOptions {
    path: PathBuf,
    access: Access,
    busy_timeout: Duration,
    synchronous: Synchronous,
    readers: u32,
}

/// What may be done to the file.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "a file is read, written or made")]
pub enum Access {
    /// Read and write it; make it where it is not there.
    #[default]
    Create,
    /// Read and write it; it must be there.
    ReadWrite,
    /// Read it; it must be there, and migrated.
    ReadOnly,
}

/// When a commit counts as done.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "SQLite's weaker levels may corrupt the file and are not offered")]
pub enum Synchronous {
    /// Once it is on the disk: it survives a loss of power.
    #[default]
    Full,
    /// Once the operating system has it: it survives the end of the process; a loss of power may take back the last
    /// commits, but never a part of one.
    Normal,
}

impl SqliteOptions {
    /// The defaults: [`Access::Create`], [`Synchronous::Full`], a busy time-out of 5 s, 4 readers.
    pub fn new(path: impl AsRef<Path>) -> Self {
        Self {
            path: path.as_ref().to_owned(),
            access: Access::default(),
            busy_timeout: Duration::from_secs(5),
            synchronous: Synchronous::default(),
            readers: 4,
        }
    }

    /// What may be done to the file.
    #[must_use]
    pub fn access(mut self, access: Access) -> Self {
        self.access = access;
        self
    }

    /// How long to wait for another writer, or for a free connection, before `Unavailable` is returned.
    #[must_use]
    pub fn busy_timeout(mut self, timeout: Duration) -> Self {
        self.busy_timeout = timeout;
        self
    }

    /// When a commit counts as done.
    #[must_use]
    pub fn synchronous(mut self, synchronous: Synchronous) -> Self {
        self.synchronous = synchronous;
        self
    }

    /// How many views may be open at once; at least one.
    #[must_use]
    pub fn readers(mut self, readers: u32) -> Self {
        self.readers = readers.max(1);
        self
    }

    /// Opens the file. It is not migrated: [`SqliteStore::migrate`] does that.
    ///
    /// # Errors
    /// `Unavailable` when the file or its folder is not there or is locked, `Corrupt` when it is not a database,
    /// `Unsupported` when its schema is newer than this version knows.
    pub async fn open(self) -> Result<SqliteStore, StoreError> {
        SqliteStore::connect(self).await
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn timeout(&self) -> Duration {
        self.busy_timeout
    }

    pub(crate) fn reader_count(&self) -> u32 {
        self.readers
    }

    pub(crate) fn is_read_only(&self) -> bool {
        self.access == Access::ReadOnly
    }

    pub(crate) fn writer(&self) -> SqliteConnectOptions {
        let synchronous = match self.synchronous {
            Synchronous::Full => SqliteSynchronous::Full,
            Synchronous::Normal => SqliteSynchronous::Normal,
        };
        self.base()
            .create_if_missing(self.access == Access::Create)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(synchronous)
            .pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
            .pragma("cache_size", CACHE_KIB)
            .pragma("temp_store", "MEMORY")
    }

    pub(crate) fn reader(&self) -> SqliteConnectOptions {
        self.base().read_only(self.is_read_only()).pragma("query_only", "ON")
    }

    fn base(&self) -> SqliteConnectOptions {
        use sqlx::ConnectOptions as _;
        SqliteConnectOptions::new().filename(&self.path).busy_timeout(self.busy_timeout).disable_statement_logging()
    }
}

/// The log is copied into the database every so many pages: often enough to stay small, rarely enough that a page which
/// many commits touch is copied once.
const CHECKPOINT_PAGES: &str = "16000";
/// Negative: KiB, not pages. A commit goes through the whole cache whenever a page was split out of order, as nearly every unit
/// does; what is read and is not in it, the system has.
const CACHE_KIB: &str = "-4096";
