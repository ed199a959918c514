//! The unit of work, on a connection of our own or on a host's.

use std::collections::BTreeSet;
use std::ops::DerefMut;

use async_trait::async_trait;
use cj_core::change::MessageKind;
use cj_core::store::{Bell, ErrorKind, StoreError, UnitOfWork};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, Sqlite, SqliteConnection, Transaction};

use crate::cells::{Cell, Cells};
use crate::error::{overtaken, store_error};

/// Every repository on one connection, inside one transaction.
///
/// [`SqliteStore`](crate::SqliteStore) hands out units on connections of its own. A host that has a transaction lends it:
/// its rows and ours then hold, or are rolled back, together, and committing stays with the host.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use chrono::DateTime;
/// use cj_core::id::EventId;
/// use cj_core::store::Inbox;
/// use cj_storage_sqlite::{SqliteStore, SqliteUnit};
/// use sqlx::{Connection, SqliteConnection, query, query_scalar};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("host.sqlite");
/// SqliteStore::open(&path).await?.migrate().await?;
/// let mut host = SqliteConnection::connect(path.to_str().unwrap()).await?;
/// query("CREATE TABLE seen (message TEXT)").execute(&mut host).await?;
///
/// let message = EventId::of_bytes(b"hello");
/// let mut tx = host.begin_with("BEGIN IMMEDIATE").await?;
/// let new = SqliteUnit::on(&mut tx).admit("host", &[message], DateTime::UNIX_EPOCH).await?;
/// query("INSERT INTO seen VALUES (?1)").bind(new[0].to_string()).execute(&mut *tx).await?;
/// tx.rollback().await?;
///
/// // Neither the host's row nor ours is there: the message is new again.
/// let mut tx = host.begin_with("BEGIN IMMEDIATE").await?;
/// assert_eq!(query_scalar::<_, i64>("SELECT count(*) FROM seen").fetch_one(&mut *tx).await?, 0);
/// assert_eq!(SqliteUnit::on(&mut tx).admit("host", &[message], DateTime::UNIX_EPOCH).await?, [message]);
/// query("INSERT INTO seen VALUES (?1)").bind(message.to_string()).execute(&mut *tx).await?;
/// tx.commit().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct SqliteUnit<C> {
    conn: C,
    access: UnitAccess,
    /// Rung after the commit; none on a host's connection, whose commits are its own.
    bell: Option<Bell>,
    appended: BTreeSet<MessageKind>,
}

/// What a unit may do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum UnitAccess {
    Read,
    Write,
    /// Nothing any more: some of what one call was to write is written, and must not hold in part.
    Nothing,
}

impl<'c> SqliteUnit<&'c mut SqliteConnection> {
    /// A unit on a host's connection. The host begins (with `BEGIN IMMEDIATE`, so that nobody else writes meanwhile),
    /// commits and rolls back; after an error it must roll back.
    pub fn on(conn: &'c mut SqliteConnection) -> Self {
        Self { conn, access: UnitAccess::Write, bell: None, appended: BTreeSet::new() }
    }
}

impl SqliteUnit<Transaction<'static, Sqlite>> {
    pub(crate) fn writing(conn: Transaction<'static, Sqlite>, bell: Bell) -> Self {
        Self { conn, access: UnitAccess::Write, bell: Some(bell), appended: BTreeSet::new() }
    }

    pub(crate) fn reading(conn: Transaction<'static, Sqlite>) -> Self {
        Self { conn, access: UnitAccess::Read, bell: None, appended: BTreeSet::new() }
    }
}

impl<C: DerefMut<Target = SqliteConnection> + Send> SqliteUnit<C> {
    /// Runs a write on one slice and returns how many rows it met.
    pub(crate) async fn write(
        &mut self,
        operation: &'static str,
        sql: &'static str,
        slice: String,
    ) -> Result<u64, StoreError> {
        self.execute(operation, sqlx::query(sql).bind(slice)).await
    }

    pub(crate) async fn execute(&mut self, operation: &'static str, query: Query) -> Result<u64, StoreError> {
        let done = query.execute(&mut *self.conn).await.map_err(|error| store_error(operation, error))?;
        Ok(done.rows_affected())
    }

    /// Runs several statements as one. Should one of them fail, the unit cannot be committed: those before it have run.
    pub(crate) async fn execute_whole(&mut self, operation: &'static str, query: Query) -> Result<u64, StoreError> {
        let done = self.execute(operation, query).await;
        if done.is_err() {
            self.access = UnitAccess::Nothing;
        }
        done
    }

    /// Runs a query and reads every row.
    pub(crate) async fn fetch<T>(
        &mut self,
        operation: &'static str,
        query: Query,
        read: impl Fn(&SqliteRow) -> Result<T, StoreError> + Send,
    ) -> Result<Vec<T>, StoreError> {
        let rows = query.fetch_all(&mut *self.conn).await.map_err(|error| store_error(operation, error))?;
        rows.iter().map(read).collect()
    }

    /// Runs several statements as one, and reads every row that they return. Should one of them fail, the unit cannot be
    /// committed: those before it have run.
    pub(crate) async fn fetch_whole<T>(
        &mut self,
        operation: &'static str,
        query: Query,
        read: impl Fn(&SqliteRow) -> Result<T, StoreError> + Send,
    ) -> Result<Vec<T>, StoreError> {
        let rows = self.fetch(operation, query, read).await;
        if rows.is_err() {
            self.access = UnitAccess::Nothing;
        }
        rows
    }

    /// Runs a query whose one row holds every row as [`Cells`], of the columns named, and reads each.
    pub(crate) async fn fetch_cells<T>(
        &mut self,
        operation: &'static str,
        query: Query,
        names: &'static [&'static str],
        read: impl Fn(&[Cell<'_>]) -> Result<T, StoreError> + Send,
    ) -> Result<Vec<T>, StoreError> {
        let row = query.fetch_one(&mut *self.conn).await.map_err(|error| store_error(operation, error))?;
        let json: &str = row.try_get(0).map_err(|error| store_error(operation, error))?;
        let cells = Cells::parse(json).map_err(|error| StoreError::corrupt(operation, error))?;
        cells.rows(names.len()).map(read).collect()
    }

    /// Notes what listeners are told of after the commit.
    pub(crate) fn note(&mut self, kinds: impl IntoIterator<Item = MessageKind>) {
        self.appended.extend(kinds);
    }

    /// Refuses an update that did not meet every one of its rows. What it wrote cannot be committed any more.
    pub(crate) fn require_all(&mut self, operation: &'static str, expected: usize, met: u64) -> Result<(), StoreError> {
        if met == expected as u64 {
            return Ok(());
        }
        self.access = UnitAccess::Nothing;
        Err(overtaken(operation, expected, met))
    }

    /// A view holds nothing, so it must not promise to.
    pub(crate) fn require_write(&self, operation: &'static str) -> Result<(), StoreError> {
        match self.access {
            UnitAccess::Write => Ok(()),
            UnitAccess::Read => {
                Err(StoreError::new(ErrorKind::Unsupported, operation)
                    .with_source("this unit is a view: it only reads"))
            }
            UnitAccess::Nothing => Err(spoilt(operation)),
        }
    }
}

#[async_trait]
impl UnitOfWork for SqliteUnit<Transaction<'static, Sqlite>> {
    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        if self.access == UnitAccess::Nothing {
            return Err(spoilt("unit.commit"));
        }
        let Self { conn, bell, appended, .. } = *self;
        conn.commit().await.map_err(|error| store_error("unit.commit", error))?;
        if let Some(bell) = bell.filter(|_| !appended.is_empty()) {
            bell.ring(&appended.into_iter().collect::<Vec<_>>());
        }
        Ok(())
    }
}

fn spoilt(operation: &'static str) -> StoreError {
    StoreError::new(ErrorKind::Conflict, operation)
        .with_source("a call of this unit wrote a part of its rows: drop the unit")
}

/// A statement with its parameters.
pub(crate) type Query = sqlx::query::Query<'static, Sqlite, sqlx::sqlite::SqliteArguments>;
