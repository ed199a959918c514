//! The monitor among many batches.

use std::sync::Arc;

use chrono::DateTime;
use cj_core::id::WorkerId;
use cj_core::port::ManualClock;
use cj_core::service::Service;
use cj_core::store::Store;
use sqlx::{Connection as _, PgConnection, query};

use super::load::prepare;
use super::{Failure, Server};

/// What is ready to be swept.
pub struct Swept {
    service: Service,
    due: u32,
}

/// A database with so many batches that wait, some of them due.
///
/// # Errors
/// Those of the store.
pub async fn sweep(server: &Server, batches: u32, due: u32) -> Result<Swept, Failure> {
    let store: Arc<dyn Store> = Arc::clone(server.store()) as Arc<dyn Store>;
    prepare(&store, "pattern", 1, 4).await?;
    let mut conn = PgConnection::connect(server.url()).await?;
    let columns: Vec<String> = sqlx::query_scalar(COLUMNS).fetch_all(&mut conn).await?;
    let columns = columns.join(", ");
    let copy = format!(
        "INSERT INTO cj_batches (id, next_deadline, {columns})
        SELECT md5(n::text)::uuid, CASE WHEN n <= {due} THEN to_timestamp(0) ELSE to_timestamp(4e9) END, {columns}
        FROM (SELECT * FROM cj_batches LIMIT 1) AS it, generate_series(1, {batches}) AS n"
    );
    query("UPDATE cj_batches SET next_deadline = to_timestamp(4e9)").execute(&mut conn).await?;
    query(sqlx::AssertSqlSafe(copy)).execute(&mut conn).await?;
    conn.close().await?;
    server.settle().await?;
    let clock = Arc::new(ManualClock::at(DateTime::UNIX_EPOCH));
    Ok(Swept { service: Service::new(store, clock, WorkerId::new("monitor")?), due })
}

impl Swept {
    /// Finds what is due and wakes it, until nothing is.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn wake(&self) -> Result<u32, Failure> {
        self.service.wake(self.due).await?;
        let mut view = self.service.store().read().await?;
        if view.due(DateTime::UNIX_EPOCH, 1).await?.is_empty() {
            Ok(self.due)
        } else {
            Err("something is still due".into())
        }
    }
}

const COLUMNS: &str = "SELECT column_name::text FROM information_schema.columns
    WHERE table_name = 'cj_batches' AND column_name NOT IN ('id', 'next_deadline')";
