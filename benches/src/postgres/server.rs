//! A server that keeps what it says it keeps.

use std::sync::Arc;

use cj_storage_postgres::{PgOptions, PgStore};
use cj_testkit::postgres::{PgCluster, PgDatabase};

use crate::load::Failure;

/// A private server with its defaults, so that every commit waits for the disk, and a migrated database on it.
pub struct Server {
    database: PgDatabase,
    store: Arc<PgStore>,
    cluster: PgCluster,
}

impl Server {
    /// Starts one, for so many clients.
    ///
    /// # Errors
    /// Nothing is installed, or the server does not start.
    pub async fn start(clients: u32) -> Result<Self, Failure> {
        let cluster = PgCluster::start(&[("max_wal_size", "4GB"), ("shared_buffers", "256MB")])?;
        let database = PgDatabase::on(&cluster.url("postgres")).await?;
        let store = PgOptions::new(database.url())?.connections(clients).connect().await?;
        store.migrate().await?;
        Ok(Self { database, store: Arc::new(store), cluster })
    }

    /// The store.
    pub fn store(&self) -> &Arc<PgStore> {
        &self.store
    }

    /// The server.
    pub fn cluster(&self) -> &PgCluster {
        &self.cluster
    }

    /// How to reach the database.
    pub fn url(&self) -> &str {
        self.database.url()
    }

    /// Writes out what is waiting, so that what comes next does not pay for what was before.
    ///
    /// # Errors
    /// The server refuses.
    pub async fn checkpoint(&self) -> Result<(), Failure> {
        self.execute("CHECKPOINT").await
    }

    /// Refreshes what the planner knows. There is no checkpoint: questions are asked and answered between two of them.
    ///
    /// # Errors
    /// The server refuses.
    pub async fn settle(&self) -> Result<(), Failure> {
        self.execute("VACUUM ANALYZE").await
    }

    async fn execute(&self, sql: &'static str) -> Result<(), Failure> {
        use sqlx::Connection as _;
        let mut conn = sqlx::PgConnection::connect(self.url()).await?;
        sqlx::query(sql).execute(&mut conn).await?;
        Ok(conn.close().await?)
    }

    /// Empties the outbox.
    ///
    /// # Errors
    /// The server refuses.
    pub async fn forget_events(&self) -> Result<(), Failure> {
        use sqlx::Connection as _;
        let mut conn = sqlx::PgConnection::connect(self.url()).await?;
        sqlx::query("TRUNCATE event_outbox_messages, event_outbox_waiting, event_outbox_sent")
            .execute(&mut conn)
            .await?;
        Ok(conn.close().await?)
    }
}
