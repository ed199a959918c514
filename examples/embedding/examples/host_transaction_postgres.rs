//! The same as `host_transaction`, on PostgreSQL: the host's own rows and the engine's hold, or are rolled back, together.
//!
//! It uses the server of `DATABASE_URL`, or starts one from the installed programs; its database is gone afterwards.

#![expect(clippy::print_stdout, reason = "a program that shows what it did")]

use std::error::Error;
use std::sync::Arc;

use chrono::TimeDelta;
use cj_core::batch::{Batch, Context, EssayTexts};
use cj_core::id::{BatchId, WorkerId};
use cj_core::port::{Clock as _, SystemClock};
use cj_core::service::{Answer, Service};
use cj_core::store::{BatchQuery, Store, apply};
use cj_storage_postgres::{PgStore, PgUnit};
use cj_testkit::postgres::PgDatabase;
use embedding::{put_to, request, richer};
use sqlx::{Connection as _, PgConnection, query, query_scalar};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let database = PgDatabase::fresh().await;
    // The host has its tables in the same database, and a connection of its own.
    let store = PgStore::connect(database.url()).await?;
    store.migrate().await?;
    let mut host = PgConnection::connect(database.url()).await?;
    query("CREATE TABLE homework (title text NOT NULL, batch uuid NOT NULL)").execute(&mut host).await?;

    let id = hand_in(&mut host, Ending::Rollback).await?;
    assert_eq!((homework(&mut host).await?, is_stored(&store, id).await?), (0, false));
    println!("rolled back: neither the homework nor the batch is there");

    let again = hand_in(&mut host, Ending::Commit).await?;
    assert_eq!(id, again, "the id follows from the request, not from the try");
    assert_eq!((homework(&mut host).await?, is_stored(&store, id).await?), (1, true));
    println!("committed: both are there");

    // From here on the batch is one like any other.
    let service = Service::new(Arc::new(store.clone()), Arc::new(SystemClock::new()), worker()?);
    let mut phase = service.advance(id).await?;
    while !phase.is_terminal() {
        let questions = service.claim_questions(100, TimeDelta::minutes(5)).await?;
        assert!(!questions.is_empty(), "a judge that never fails leaves nothing to wait for");
        let answers = questions.iter().map(|question| Ok(Answer::of(put_to(richer, question)?)));
        service.take_verdicts(&answers.collect::<Result<Vec<_>, Box<dyn Error + Send + Sync>>>()?).await?;
        phase = service.advance(id).await?;
    }
    let best: String = query_scalar(BEST).fetch_one(&mut host).await?;
    println!("{phase}: the host joins its rows with ours: {best}");
    assert!(best.starts_with("Where do we learn the most? – "));
    host.close().await?;
    store.close().await;
    Ok(())
}

/// How the host ends its transaction.
#[derive(Clone, Copy)]
enum Ending {
    Commit,
    Rollback,
}

/// Writes the host's row and the new batch in one transaction, which is the host's.
async fn hand_in(host: &mut PgConnection, ending: Ending) -> Result<BatchId, Box<dyn Error + Send + Sync>> {
    let (worker, texts) = (worker()?, EssayTexts::new());
    let context = Context { now: SystemClock::new().now(), worker: &worker, texts: &texts };
    let (batch, change) = Batch::request(request("homework")?, &context)?;

    let mut tx = host.begin().await?;
    query("INSERT INTO homework VALUES ('Where do we learn the most?', $1::uuid)")
        .bind(batch.id().to_string())
        .execute(&mut *tx)
        .await?;
    apply(&mut PgUnit::on(&mut tx), &change).await?;
    match ending {
        Ending::Commit => tx.commit().await?,
        Ending::Rollback => tx.rollback().await?,
    }
    Ok(batch.id())
}

async fn homework(host: &mut PgConnection) -> Result<i64, sqlx::Error> {
    query_scalar("SELECT count(*) FROM homework").fetch_one(host).await
}

async fn is_stored(store: &PgStore, id: BatchId) -> Result<bool, Box<dyn Error + Send + Sync>> {
    Ok(!store.read().await?.find(&BatchQuery::Id(id)).await?.is_empty())
}

/// The request leaves a lease behind; who holds it goes on at once, another worker when it ends.
fn worker() -> Result<WorkerId, cj_core::id::IdError> {
    WorkerId::new("school")
}

const BEST: &str = "
SELECT homework.title || ' – ' || cj_essays.essay_id FROM homework
JOIN cj_essays ON cj_essays.batch_id = homework.batch WHERE cj_essays.rank = 1";
