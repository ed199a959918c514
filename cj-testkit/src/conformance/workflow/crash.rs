//! Work that is cut off at every operation of the store, in every way.

use std::future::Future;
use std::sync::Arc;

use chrono::TimeDelta;
use cj_core::change::{BatchState, ComparisonRecord, EssayResult, MatrixCell, MessageKind};
use cj_core::config::Settings;
use cj_core::id::{BatchId, ComparisonId, EssayId};
use cj_core::service::{Answer, ServiceError};
use cj_core::store::{ResultRepository, Store};

use super::super::support::view;
use super::driver::{COMPLETION, Driver, judged, request};
use crate::audit::audit;
use crate::{Fault, FaultStore, fixture};

/// Cut off at any operation, by any fault, a batch ends as if nothing had happened once its messages come again: the same
/// verdicts, counters and scores, and each event once.
pub async fn crash_between_any_two_writes(store: Arc<dyn Store>) {
    let quiet = Worker::new(&store);
    let expected = quiet.run("quiet").await;
    let operations = quiet.faults.operations();
    assert!(operations.len() > 40, "the work has only {} operations", operations.len());
    for (operation, what) in operations.into_iter().enumerate() {
        for fault in Fault::ALL {
            // What is done and then lost with its unit is as good as not done: only a commit lasts.
            if matches!(fault, Fault::LoseAck | Fault::HangAfter) && what != "unit.commit" {
                continue;
            }
            let worker = Worker::new(&store);
            worker.faults.inject(operation, fault);
            let name = format!("{fault:?} at operation {operation}, {what}");
            let found = worker.run(&name).await;
            assert!(!worker.faults.is_armed(), "{name} did not happen");
            assert_eq!(found, expected, "{name}");
        }
    }
}

/// What must not depend on faults: everything but times, versions and ids.
#[derive(Debug, PartialEq)]
struct Outcome {
    state: BatchState,
    rows: Vec<ComparisonRecord>,
    cells: Vec<(EssayId, EssayId, MatrixCell)>,
    results: Vec<EssayResult>,
    events: Vec<String>,
}

/// A worker that begins again whatever did not come to its end, as a process that is started again does.
struct Worker {
    driver: Driver,
    faults: FaultStore,
}

impl Worker {
    fn new(store: &Arc<dyn Store>) -> Self {
        let faults = FaultStore::new(Arc::clone(store));
        Self { driver: Driver::new(Arc::new(faults.clone())), faults }
    }

    /// Takes a batch of four essays from request to end, whatever goes wrong on the way.
    async fn run(&self, name: &str) -> Outcome {
        let service = &self.driver.service;
        let id = loop {
            let settings = Settings::builder().max_resampling_passes(0);
            if let Some(id) = self.survive(service.submit(request(name, 4, settings))).await {
                break id;
            }
        };
        let mut answers: Vec<Answer> = Vec::new();
        for _ in 0..100 {
            let due = self.survive(service.wake(10)).await;
            self.survive(service.advance(id)).await;
            for id in due.into_iter().flatten() {
                self.survive(service.advance(id)).await;
            }
            if let Some(questions) = self.survive(service.claim_questions(4, TimeDelta::seconds(30))).await {
                let ids: Vec<_> = questions.iter().map(|question| ComparisonId::new(question.id.as_uuid())).collect();
                // The judge has them, whether or not the store could note it.
                answers.extend(self.judge(id, &ids).await);
                self.survive(service.questions_asked(&ids)).await;
            }
            for slice in answers.chunks(3) {
                while self.survive(service.take_verdicts(slice)).await.is_none() {}
            }
            self.survive(service.advance(id)).await;
            self.survive(service.relay_events(&*self.driver.mailbox, 10)).await;
            if self.is_over(id).await {
                return self.outcome(id).await;
            }
            self.driver.later(TimeDelta::seconds(61));
        }
        panic!("{name}: the batch does not end");
    }

    /// Does a piece of work until it ends, fails, or hangs; what hangs is dropped.
    async fn survive<T>(&self, work: impl Future<Output = Result<T, ServiceError>>) -> Option<T> {
        tokio::select! {
            done = work => match done {
                Ok(value) => Some(value),
                Err(error) => {
                    assert!(error.is_retryable(), "{error}");
                    None
                }
            },
            () = self.faults.hung() => None,
        }
    }

    async fn judge(&self, id: BatchId, ids: &[ComparisonId]) -> Vec<Answer> {
        let calm = self.calm();
        let rows = calm.comparisons(id).await;
        rows.iter().filter(|row| ids.contains(&row.id)).map(|row| Answer::of(judged(row))).collect()
    }

    async fn is_over(&self, id: BatchId) -> bool {
        let calm = self.calm();
        let ended = calm.record(id).await.state.phase.is_terminal();
        let depth = view(&calm.store).await.depth(MessageKind::Event).await.expect("the depth is read");
        ended && depth.pending == 0
    }

    /// A driver past the faults: what looks on from outside does not count as an operation.
    fn calm(&self) -> Driver {
        Driver::new(self.faults.inner())
    }

    async fn outcome(&self, id: BatchId) -> Outcome {
        let calm = self.calm();
        audit(&*calm.store, id).await;
        let mut state = calm.record(id).await.state;
        state.version = 0;
        state.last_activity_at = fixture::at(0);
        state.completed_at = None;
        state.phase_since = fixture::at(0);
        let quiet = fixture::batch_id("quiet");
        let rows = calm.comparisons(id).await.into_iter().map(|row| ComparisonRecord {
            id: quiet.comparison_id(row.wave, row.ordinal, row.attempt),
            batch_id: quiet,
            planned_at: fixture::at(0),
            asked_at: row.asked_at.map(|_| fixture::at(0)),
            deadline: fixture::at(0),
            ..row
        });
        let rows = rows.collect();
        let mut view = view(&calm.store).await;
        let cells = view.matrix(id).await.expect("the matrix is loaded");
        let results = ResultRepository::load(&mut *view, id).await.expect("results are loaded");
        let events = self.driver.mailbox.of(id).into_iter().map(|event| event.event_type).collect::<Vec<_>>();
        assert_eq!(events, COMPLETION);
        Outcome {
            state,
            rows,
            cells: cells.into_iter().map(|(key, cell)| (key.essay_a, key.essay_b, cell)).collect(),
            results: results.into_iter().map(|result| EssayResult { batch_id: quiet, ..result }).collect(),
            events,
        }
    }
}
