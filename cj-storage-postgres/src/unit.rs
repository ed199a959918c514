//! The unit of work, on a connection of our own or on a host's.

use std::future::poll_fn;
use std::ops::DerefMut;

use async_trait::async_trait;
use cj_core::store::{ErrorKind, StoreError, UnitOfWork};
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Postgres, Transaction};

use crate::error::{overtaken, store_error};

/// Every repository on one connection, inside one transaction.
///
/// [`PgStore`](crate::PgStore) hands out units on connections of its own. A host that has a transaction lends it: its rows
/// and ours then hold, or are rolled back, together, and committing stays with the host.
///
/// ```no_run
/// # async fn handle(mut host: sqlx::PgConnection) -> Result<(), Box<dyn std::error::Error>> {
/// use chrono::DateTime;
/// use cj_core::id::EventId;
/// use cj_core::store::Inbox;
/// use cj_storage_postgres::PgUnit;
/// use sqlx::{Connection, query};
///
/// let message = EventId::of_bytes(b"hello");
/// let mut tx = host.begin().await?;
/// for new in PgUnit::on(&mut tx).admit("host", &[message], DateTime::UNIX_EPOCH).await? {
///     query("INSERT INTO seen VALUES ($1)").bind(new.to_string()).execute(&mut *tx).await?;
/// }
/// tx.commit().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct PgUnit<C> {
    conn: C,
    access: UnitAccess,
    /// What the first call that failed said. The server then takes back everything at the end, and would call that a commit.
    failed: Option<ErrorKind>,
}

/// What a unit may do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum UnitAccess {
    Read,
    Write,
}

impl<'c> PgUnit<&'c mut PgConnection> {
    /// A unit on a host's connection, on which our schema is in the search path. The host begins (at READ COMMITTED: what
    /// is read after a lock must be what others committed), commits and rolls back; after an error it must roll back.
    pub fn on(conn: &'c mut PgConnection) -> Self {
        Self { conn, access: UnitAccess::Write, failed: None }
    }
}

impl PgUnit<Transaction<'static, Postgres>> {
    pub(crate) fn writing(conn: Transaction<'static, Postgres>) -> Self {
        Self { conn, access: UnitAccess::Write, failed: None }
    }

    pub(crate) fn reading(conn: Transaction<'static, Postgres>) -> Self {
        Self { conn, access: UnitAccess::Read, failed: None }
    }
}

impl<C: DerefMut<Target = PgConnection> + Send> PgUnit<C> {
    /// Runs a write and returns how many rows it met.
    pub(crate) async fn write(&mut self, operation: &'static str, query: Query) -> Result<u64, StoreError> {
        match query.execute(&mut *self.conn).await {
            Ok(done) => Ok(done.rows_affected()),
            Err(error) => Err(self.fail(store_error(operation, error))),
        }
    }

    /// Runs a write that must meet so many rows.
    pub(crate) async fn write_all(
        &mut self,
        operation: &'static str,
        query: Query,
        rows: usize,
    ) -> Result<(), StoreError> {
        let met = self.write(operation, query).await?;
        self.require_all(operation, rows, met)
    }

    /// Refuses a write that did not meet every one of its rows.
    pub(crate) fn require_all(&mut self, operation: &'static str, rows: usize, met: u64) -> Result<(), StoreError> {
        if met == rows as u64 { Ok(()) } else { Err(self.fail(overtaken(operation, rows, met))) }
    }

    /// Runs a query and reads every row as it comes, while the server makes the next.
    pub(crate) async fn fetch<T>(
        &mut self,
        operation: &'static str,
        query: Query,
        read: impl Fn(&PgRow) -> Result<T, StoreError> + Send,
    ) -> Result<Vec<T>, StoreError> {
        let mut rows = query.fetch(&mut *self.conn);
        let mut all = Vec::new();
        while let Some(row) = poll_fn(|cx| rows.as_mut().poll_next(cx)).await {
            match row {
                Ok(row) => all.push(read(&row)?),
                Err(error) => {
                    drop(rows);
                    return Err(self.fail(store_error(operation, error)));
                }
            }
        }
        Ok(all)
    }

    /// A view holds nothing, so it must not promise to.
    pub(crate) fn require_write(&self, operation: &'static str) -> Result<(), StoreError> {
        match self.access {
            UnitAccess::Write => Ok(()),
            UnitAccess::Read => {
                Err(StoreError::new(ErrorKind::Unsupported, operation)
                    .with_source("this unit is a view: it only reads"))
            }
        }
    }

    fn fail(&mut self, error: StoreError) -> StoreError {
        self.failed.get_or_insert_with(|| error.kind());
        error
    }
}

#[async_trait]
impl UnitOfWork for PgUnit<Transaction<'static, Postgres>> {
    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        if let Some(kind) = self.failed {
            return Err(StoreError::new(kind, COMMIT).with_source("an earlier call of this unit failed"));
        }
        self.conn.commit().await.map_err(|error| store_error(COMMIT, error))
    }
}

/// A statement with its parameters.
pub(crate) type Query = sqlx::query::Query<'static, Postgres, sqlx::postgres::PgArguments>;

const COMMIT: &str = "unit.commit";
