//! The same as `host_transaction`, on PostgreSQL: the host's own rows and the engine's hold, or are rolled back, together.
//!
//! It uses the server of `DATABASE_URL`, or starts one from the installed programs; its database is gone afterwards.

#![expect(clippy::print_stdout, reason = "a program that shows what it did")]

use std::sync::Arc;

use cj_core::id::BatchId;
use cj_core::store::apply;
use cj_storage_postgres::{PgStore, PgUnit};
use cj_testkit::postgres::PgDatabase;
use embedding::host::{BEST, Ending, Failure, homework, is_stored, judge};
use sqlx::{Connection as _, PgConnection, query, query_scalar};

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let database = PgDatabase::fresh().await;
    // The host has its tables in the same database, and a connection of its own.
    let store = PgStore::connect(database.url()).await?;
    store.migrate().await?;
    let mut host = PgConnection::connect(database.url()).await?;
    query("CREATE TABLE homework (title text NOT NULL, batch uuid NOT NULL)").execute(&mut host).await?;

    let id = hand_in(&mut host, Ending::Rollback).await?;
    assert_eq!((handed_in(&mut host).await?, is_stored(&store, id).await?), (0, false));
    println!("rolled back: neither the homework nor the batch is there");

    let again = hand_in(&mut host, Ending::Commit).await?;
    assert_eq!(id, again, "the id follows from the request, not from the try");
    assert_eq!((handed_in(&mut host).await?, is_stored(&store, id).await?), (1, true));
    println!("committed: both are there");

    // From here on the batch is one like any other.
    let phase = judge(Arc::new(store.clone()), id).await?;
    let best: String = query_scalar(BEST).fetch_one(&mut host).await?;
    println!("{phase}: the host joins its rows with ours: {best}");
    assert!(best.starts_with("Where do we learn the most? – "));
    host.close().await?;
    store.close().await;
    Ok(())
}

/// Writes the host's row and the new batch in one transaction, which is the host's.
async fn hand_in(host: &mut PgConnection, ending: Ending) -> Result<BatchId, Failure> {
    let (id, change) = homework()?;
    let mut tx = host.begin().await?;
    query("INSERT INTO homework VALUES ('Where do we learn the most?', $1::uuid)")
        .bind(id.to_string())
        .execute(&mut *tx)
        .await?;
    apply(&mut PgUnit::on(&mut tx), &change).await?;
    match ending {
        Ending::Commit => tx.commit().await?,
        Ending::Rollback => tx.rollback().await?,
    }
    Ok(id)
}

async fn handed_in(host: &mut PgConnection) -> Result<i64, sqlx::Error> {
    query_scalar("SELECT count(*) FROM homework").fetch_one(host).await
}
