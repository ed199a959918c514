//! A host's own rows and the engine's hold, or are rolled back, together: the host lends its transaction.

#![expect(clippy::print_stdout, reason = "a program that shows what it did")]

use std::sync::Arc;

use cj_core::id::BatchId;
use cj_core::store::apply;
use cj_storage_sqlite::{SqliteStore, SqliteUnit};
use embedding::host::{BEST, Ending, Failure, homework, is_stored, judge};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, SqliteConnection, query, query_scalar};

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("school.sqlite");
    // The host has its tables in the same file, and a connection of its own.
    let store = SqliteStore::open(&path).await?;
    store.migrate().await?;
    let mut host = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(&path)).await?;
    query("CREATE TABLE homework (title TEXT NOT NULL, batch TEXT NOT NULL) STRICT").execute(&mut host).await?;

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
async fn hand_in(host: &mut SqliteConnection, ending: Ending) -> Result<BatchId, Failure> {
    let (id, change) = homework()?;
    let mut tx = host.begin_with("BEGIN IMMEDIATE").await?;
    query("INSERT INTO homework VALUES ('Where do we learn the most?', ?1)")
        .bind(id.to_string())
        .execute(&mut *tx)
        .await?;
    apply(&mut SqliteUnit::on(&mut tx), &change).await?;
    match ending {
        Ending::Commit => tx.commit().await?,
        Ending::Rollback => tx.rollback().await?,
    }
    Ok(id)
}

async fn handed_in(host: &mut SqliteConnection) -> Result<i64, sqlx::Error> {
    query_scalar("SELECT count(*) FROM homework").fetch_one(host).await
}
