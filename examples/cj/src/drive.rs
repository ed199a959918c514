//! Runs a batch with a judge in this process, in virtual time: delays, pauses and deadlines pass at once, in order.
//!
//! A run that goes on takes up the time where the batch stands and the answers that were on their way, so that it ends as
//! one that was not interrupted.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use cj_core::batch::BatchRequest;
use cj_core::change::{BatchRecord, ComparisonRecord, ComparisonState, MessageKind, OutboxMessage, Verdict};
use cj_core::id::{BatchId, ComparisonId, WorkerId};
use cj_core::port::{Clock as _, ManualClock, SystemClock};
use cj_core::service::{Answer, Service, ServiceError};
use cj_core::store::{BatchQuery, ComparisonQuery, ComparisonRepository, Store, StoreError};
use serde::Deserialize;

use crate::judge::{LocalJudge, Question};

/// Answers that one unit of work takes at most: what a kill can make the judge say twice.
const SLICE: usize = 100;

/// How a run ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "a run ends by itself or is stopped")]
pub enum Ended {
    /// The batch ended.
    ByItself,
    /// It was asked to stop.
    Interrupted,
}

/// Runs one batch.
pub struct Driver {
    service: Service,
    clock: Arc<ManualClock>,
    judge: Box<dyn LocalJudge>,
    stop: Arc<AtomicBool>,
    /// Answers on their way, the earliest first; equal times in the order asked.
    pending: BinaryHeap<Reverse<(DateTime<Utc>, u64)>>,
    verdicts: std::collections::BTreeMap<u64, Verdict>,
    on_their_way: BTreeSet<ComparisonId>,
    /// Questions that an earlier run may have taken out of the outbox without leaving an answer, the earliest first.
    recalled: Vec<ComparisonRecord>,
    asked: u64,
}

impl Driver {
    /// A driver over a store. Once `stop` is set, it ends at the next unit of work; everything before it is kept.
    ///
    /// # Panics
    /// Never: the name of the worker is within its bound.
    pub fn new(store: Arc<dyn Store>, judge: Box<dyn LocalJudge>, stop: Arc<AtomicBool>) -> Self {
        let clock = Arc::new(ManualClock::at(DateTime::UNIX_EPOCH));
        let worker = WorkerId::new("cj").expect("the name is short");
        let service = Service::new(store, clock.clone(), worker);
        Self {
            service,
            clock,
            judge,
            stop,
            pending: BinaryHeap::new(),
            verdicts: std::collections::BTreeMap::new(),
            on_their_way: BTreeSet::new(),
            recalled: Vec::new(),
            asked: 0,
        }
    }

    /// The shell that it drives.
    pub const fn service(&self) -> &Service {
        &self.service
    }

    /// Starts a batch, now.
    ///
    /// # Errors
    /// Those of the service.
    pub async fn submit(&self, request: BatchRequest) -> Result<BatchId, ServiceError> {
        self.clock.advance_to(SystemClock::new().now());
        self.service.submit(request).await
    }

    /// Runs a batch until it ends or is stopped, telling `watch` how far it is.
    ///
    /// # Errors
    /// Those of the service.
    pub async fn run(
        &mut self,
        id: BatchId,
        watch: &mut (dyn FnMut(&BatchRecord) + Send),
    ) -> Result<Ended, ServiceError> {
        let mut record = self.record(id).await?;
        self.clock.advance_to(time_of(&record));
        self.recall(id).await?;
        loop {
            if self.stop.load(Ordering::Relaxed) {
                return Ok(Ended::Interrupted);
            }
            let phase = self.service.advance(id).await?;
            record = self.record(id).await?;
            watch(&record);
            if phase.is_terminal() {
                return Ok(Ended::ByItself);
            }
            self.ask(id).await?;
            if self.take_due().await? {
                continue;
            }
            self.pass_time(&record).await?;
        }
    }

    /// Puts every question that may be put now to the judge.
    async fn ask(&mut self, id: BatchId) -> Result<(), ServiceError> {
        let mut questions = self.due_again(id).await?;
        let claimed = self.service.claim_questions(10 * SLICE as u32, TimeDelta::minutes(5)).await?;
        for message in &claimed {
            questions.push(question(message)?);
        }
        let now = self.clock.now();
        let slow: Vec<ComparisonId> = questions.iter().filter_map(|question| self.put(question, now)).collect();
        if !slow.is_empty() {
            self.service.questions_asked(&slow).await?;
        }
        Ok(())
    }

    /// Puts one question to the judge, unless its answer is on its way; names it where the answer takes its time.
    fn put(&mut self, question: &Question, asked_at: DateTime<Utc>) -> Option<ComparisonId> {
        if !self.on_their_way.insert(question.comparison_id) {
            return None;
        }
        let reply = self.judge.answer(question);
        self.pending.push(Reverse((asked_at + reply.delay, self.asked)));
        self.verdicts.insert(self.asked, reply.verdict);
        self.asked += 1;
        (reply.delay > TimeDelta::zero()).then_some(question.comparison_id)
    }

    /// Questions of an earlier run that may be put again by now, those withdrawn meanwhile left out.
    async fn due_again(&mut self, id: BatchId) -> Result<Vec<Question>, StoreError> {
        let now = self.clock.now();
        let due = self.recalled.partition_point(|comparison| comparison.planned_at <= now);
        if due == 0 {
            return Ok(Vec::new());
        }
        let mut view = self.service.store().read().await?;
        let open = ComparisonRepository::load(&mut *view, &ComparisonQuery::Open(id)).await?;
        let open: BTreeSet<ComparisonId> = open.iter().map(|comparison| comparison.id).collect();
        let due = self.recalled.drain(..due).filter(|comparison| open.contains(&comparison.id));
        Ok(due.map(|comparison| question_of(&comparison)).collect())
    }

    /// Hands in a slice of the answers that are there by now; false when there is none.
    async fn take_due(&mut self) -> Result<bool, ServiceError> {
        let now = self.clock.now();
        let mut slice = Vec::new();
        while slice.len() < SLICE && self.pending.peek().is_some_and(|Reverse((at, _))| *at <= now) {
            let Some(Reverse((_, asked))) = self.pending.pop() else { break };
            if let Some(verdict) = self.verdicts.remove(&asked) {
                self.on_their_way.remove(&verdict.comparison_id);
                slice.push(Answer::of(verdict));
            }
        }
        if slice.is_empty() {
            return Ok(false);
        }
        self.service.take_verdicts(&slice).await?;
        Ok(true)
    }

    /// Moves the clock to the next thing that happens, and wakes the batch if that is due.
    async fn pass_time(&self, record: &BatchRecord) -> Result<(), ServiceError> {
        let answer = self.pending.peek().map(|Reverse((at, _))| *at);
        let question = {
            let mut view = self.service.store().read().await?;
            view.depth(MessageKind::Question).await?.next_at
        };
        let again = self.recalled.first().map(|comparison| comparison.planned_at);
        let next = [answer, question, again, record.state.next_deadline].into_iter().flatten().min();
        // A batch that has not ended always has a deadline.
        self.clock.advance_to(next.unwrap_or_else(|| self.clock.now() + TimeDelta::seconds(1)));
        self.service.wake(10).await?;
        Ok(())
    }

    async fn record(&self, id: BatchId) -> Result<BatchRecord, ServiceError> {
        let mut view = self.service.store().read().await?;
        view.find(&BatchQuery::Id(id)).await?.pop().ok_or(ServiceError::UnknownBatch(id))
    }

    /// Takes up what an earlier run left: what the judge answered, and what was on its way.
    async fn recall(&mut self, id: BatchId) -> Result<(), StoreError> {
        let mut view = self.service.store().read().await?;
        let mut asked = ComparisonRepository::load(&mut *view, &ComparisonQuery::All(id)).await?;
        drop(view);
        asked.sort_by_key(|comparison| (comparison.planned_at, comparison.id));
        self.judge.recall(&asked);
        for comparison in asked {
            match (comparison.state, comparison.asked_at) {
                (ComparisonState::Planned, _) => self.recalled.push(comparison),
                // Also the answer to an attempt that has expired may still come.
                (ComparisonState::Asked | ComparisonState::Expired, Some(asked_at)) => {
                    self.put(&question_of(&comparison), asked_at);
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// The part of a stored question that a judge in this process needs.
#[derive(Deserialize)]
struct Body {
    correlation_id: ComparisonId,
    metadata: Metadata,
}

#[derive(Deserialize)]
struct Metadata {
    essay_a_id: String,
    essay_b_id: String,
}

fn question(message: &OutboxMessage) -> Result<Question, StoreError> {
    let body: Body =
        serde_json::from_slice(&message.payload).map_err(|error| StoreError::corrupt("outbox.claim", error))?;
    Ok(Question::new(body.correlation_id, body.metadata.essay_a_id, body.metadata.essay_b_id))
}

/// The time where a batch stands: what a deadline sets off is no activity, but the lease says when it was taken.
fn time_of(record: &BatchRecord) -> DateTime<Utc> {
    let active = record.state.last_activity_at;
    let taken = record.state.lease.as_ref().map(|lease| lease.until - record.header.settings.lease());
    taken.map_or(active, |taken| taken.max(active))
}

fn question_of(comparison: &ComparisonRecord) -> Question {
    Question::new(comparison.id, comparison.essay_a.to_string(), comparison.essay_b.to_string())
}
