//! One worker: it wakes what is due, answers questions, goes on with batches, and sends what leaves.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::TimeDelta;
use cj_core::change::{OutboxMessage, Verdict, Winner};
use cj_core::id::{BatchId, ComparisonId, WorkerId};
use cj_core::port::{EventPublisher, PublishError};
use cj_core::service::{Answer, Precision, Service, ServiceError};
use cj_core::store::Store;
use cj_storage_postgres::{PgOptions, PgStore};
use tokio::sync::watch;

use super::clock::FastClock;
use super::retries::{Reporter, report_again};

/// Answers of one unit.
const SLICE: u32 = 100;
/// After how long a worker that found nothing to do looks again: leases and deadlines of others end without a notice.
const IDLE: Duration = Duration::from_millis(50);
/// After how long a call that failed is made again.
const PAUSE: Duration = Duration::from_millis(20);

pub(crate) struct Worker {
    pub(crate) service: Service,
    work: BTreeSet<BatchId>,
    turns: watch::Sender<Turns>,
}

/// How often workers took a turn, and how often that failed for a while.
#[derive(Debug, Default)]
pub(crate) struct Turns {
    pub(crate) taken: u64,
    pub(crate) failed: u64,
}

impl Worker {
    pub(crate) fn new(store: PgStore, name: &str) -> Self {
        let store: Arc<dyn Store> = Arc::new(store);
        let service = Service::new(store, Arc::new(FastClock), WorkerId::new(name).unwrap());
        let service = service.with_precision(Precision::ROUGH);
        Self { service, work: BTreeSet::new(), turns: watch::Sender::default() }
    }

    /// Tells of its turns there.
    pub(crate) fn telling(self, turns: &watch::Sender<Turns>) -> Self {
        Self { turns: turns.clone(), ..self }
    }

    /// Works for as long as it lives. What fails for a while is tried again; a failure of another kind ends it.
    pub(crate) async fn run(&mut self) {
        loop {
            let turn = self.turn().await;
            self.turns.send_modify(|turns| {
                turns.taken += 1;
                turns.failed += u64::from(turn.is_err());
            });
            match turn {
                Ok(true) => {}
                Ok(false) => tokio::time::sleep(IDLE).await,
                Err(error) if error.is_retryable() => {
                    report_again();
                    tokio::time::sleep(PAUSE).await;
                }
                Err(error) => panic!("{error}: {:?}", std::error::Error::source(&error)),
            }
        }
    }

    /// Whether there was anything to do.
    async fn turn(&mut self) -> Result<bool, ServiceError> {
        let mut found = !self.work.is_empty();
        while let Some(id) = self.work.first().copied() {
            self.service.advance(id).await?;
            self.work.remove(&id);
        }
        let questions = self.service.claim_questions(SLICE, TimeDelta::minutes(1)).await?;
        if !questions.is_empty() {
            found = true;
            let answers: Vec<_> = questions.iter().map(answer).collect();
            self.work.extend(self.service.take_verdicts(&answers).await?.work);
        }
        found |= self.service.relay_events(&Platform, 100).await?.sent > 0;
        let woken = self.service.wake(20).await?;
        found |= !woken.is_empty();
        self.work.extend(woken);
        Ok(found)
    }
}

/// The lower id is the better essay; a coin that the comparison carries decides one in eight.
fn answer(question: &OutboxMessage) -> Answer {
    let id = ComparisonId::new(question.id.as_uuid());
    let byte = id.as_uuid().as_bytes()[15];
    let winner = if byte.is_multiple_of(8) == (byte > 127) { Winner::A } else { Winner::B };
    Answer::of(Verdict::decided(id, winner))
}

/// It takes everything.
struct Platform;

#[async_trait]
impl EventPublisher for Platform {
    async fn publish(&self, events: &[OutboxMessage]) -> Vec<Result<(), PublishError>> {
        events.iter().map(|_| Ok(())).collect()
    }
}

/// The work of the processes of [`super::storm`]; alone it has nothing to do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn as_a_worker() {
    let Some(url) = std::env::var_os(WORKER) else { return };
    tracing::subscriber::set_global_default(Reporter).unwrap();
    let options = PgOptions::new(url.to_str().unwrap()).unwrap().connections(3);
    let store = options.connect().await.unwrap();
    Worker::new(store, &format!("worker {}", std::process::id())).run().await;
}

pub(crate) const WORKER: &str = "CJ_TEST_WORKER_URL";
