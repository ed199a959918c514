//! Ranks essays in one SQLite file, stops half-way, opens the file again and goes on: nothing is asked twice.

#![expect(clippy::print_stdout, reason = "a program that shows what it did")]

use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use chrono::TimeDelta;
use cj_core::change::{BatchRecord, Phase};
use cj_core::id::{BatchId, WorkerId};
use cj_core::port::SystemClock;
use cj_core::service::{Answer, Service};
use cj_core::store::{BatchQuery, ResultRepository, Store};
use cj_storage_sqlite::SqliteStore;
use embedding::{ESSAYS, put_to, request, richer};

/// How many answers the first process takes before it ends.
const BEFORE: u32 = 10;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("batches.sqlite");

    let id = {
        let store = open(&path).await?;
        let service = service(&store)?;
        let id = service.submit(request("embedded")?).await?;
        service.advance(id).await?;
        answer(&service, BEFORE).await?;
        show("first process ends", &record(&store, id).await?);
        store.close().await;
        id
    };

    let store = open(&path).await?;
    let service = service(&store)?;
    assert_eq!(service.submit(request("embedded")?).await?, id, "the request meets its own batch");
    show("second process begins", &record(&store, id).await?);
    let mut phase = service.advance(id).await?;
    while !phase.is_terminal() {
        assert!(answer(&service, 100).await? > 0, "a judge that never fails leaves nothing to wait for");
        phase = service.advance(id).await?;
    }
    let ended = record(&store, id).await?;
    show("it ended", &ended);

    let results = ResultRepository::load(&mut *store.read().await?, id).await?;
    for row in &results {
        println!("{:>2}. {:<8} {:>5.2} ± {:.2}", row.rank, row.essay_id, row.score, row.se);
    }
    let counters = ended.state.counters;
    assert!(matches!(phase, Phase::Completed(_)));
    assert_eq!(results.len(), ESSAYS.len());
    assert_eq!((counters.questions, counters.failed, counters.retried), (counters.decided, 0, 0));
    store.close().await;
    Ok(())
}

async fn open(path: &Path) -> Result<SqliteStore, Box<dyn Error + Send + Sync>> {
    let store = SqliteStore::open(path).await?;
    store.migrate().await?;
    Ok(store)
}

fn service(store: &SqliteStore) -> Result<Service, Box<dyn Error + Send + Sync>> {
    Ok(Service::new(Arc::new(store.clone()), Arc::new(SystemClock::new()), WorkerId::new("embedded")?))
}

/// Puts at most so many questions to the judge and hands its answers in, all in one unit of work.
async fn answer(service: &Service, limit: u32) -> Result<usize, Box<dyn Error + Send + Sync>> {
    let questions = service.claim_questions(limit, TimeDelta::minutes(5)).await?;
    let answers = questions.iter().map(|question| Ok(Answer::of(put_to(richer, question)?)));
    let answers = answers.collect::<Result<Vec<_>, Box<dyn Error + Send + Sync>>>()?;
    service.take_verdicts(&answers).await?;
    Ok(answers.len())
}

async fn record(store: &SqliteStore, id: BatchId) -> Result<BatchRecord, Box<dyn Error + Send + Sync>> {
    Ok(store.read().await?.find(&BatchQuery::Id(id)).await?.pop().ok_or("the batch is stored")?)
}

fn show(moment: &str, batch: &BatchRecord) {
    let (state, counters) = (&batch.state, &batch.state.counters);
    let reason = state.phase.reason().unwrap_or("-");
    println!(
        "{moment}: {} ({reason}), wave {}, {} of {} questions answered, {} of the budget of {} used",
        state.phase, state.wave.number, counters.decided, counters.questions, counters.planned, counters.budget
    );
}
