//! What a case needs to take batches through their life.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use chrono::TimeDelta;
use cj_core::batch::{BatchRequest, RequestedEssay};
use cj_core::change::{
    BatchRecord, ComparisonRecord, DecisionRecord, EssayContent, EssayKind, EssayResult, OutboxMessage, Phase,
    RequestSnapshot, Verdict, Winner,
};
use cj_core::config::{Settings, SettingsBuilder};
use cj_core::id::{BatchId, ComparisonId, EventId};
use cj_core::port::{EventPublisher, ManualClock, PublishError};
use cj_core::service::{Answer, Precision, Receipt, Service};
use cj_core::store::{BatchQuery, ComparisonQuery, ComparisonRepository, ResultRepository, Store};

use super::super::support::{find, view};
use crate::fixture::{self, at};

/// One worker, the clock it looks at, and the mailbox that its events go to.
pub(crate) struct Driver {
    pub(super) store: Arc<dyn Store>,
    pub(super) service: Service,
    pub(super) clock: Arc<ManualClock>,
    pub(super) mailbox: Arc<Mailbox>,
}

/// Receives events, and keeps each once: deliveries may repeat, ids do not.
#[derive(Default)]
pub(super) struct Mailbox {
    events: Mutex<BTreeMap<EventId, OutboxMessage>>,
}

impl Driver {
    pub(crate) fn new(store: Arc<dyn Store>) -> Self {
        let clock = Arc::new(ManualClock::at(at(0)));
        let service = Service::new(Arc::clone(&store), clock.clone(), fixture::worker("worker"));
        let service = service.with_precision(Precision::ROUGH);
        Self { store, service, clock, mailbox: Arc::default() }
    }

    /// Another worker on the same store and clock.
    pub(super) fn colleague(&self, name: &str) -> Service {
        let service = Service::new(Arc::clone(&self.store), self.clock.clone(), fixture::worker(name));
        service.with_precision(Precision::ROUGH)
    }

    /// Another worker on the same clock, whose way to the store is another one.
    pub(super) fn by_way_of(&self, store: Arc<dyn Store>, name: &str) -> Self {
        let service = Service::new(Arc::clone(&store), self.clock.clone(), fixture::worker(name));
        let service = service.with_precision(Precision::ROUGH);
        Self { store, service, clock: Arc::clone(&self.clock), mailbox: Arc::clone(&self.mailbox) }
    }

    /// A batch of so many students' essays, planned and waiting.
    pub(super) async fn start(&self, name: &str, essays: u32, settings: SettingsBuilder) -> BatchId {
        let id = self.service.submit(request(name, essays, settings)).await.expect("the request is good");
        let phase = self.service.advance(id).await.expect("the batch is planned");
        assert_eq!(phase.name(), "WAITING_CALLBACKS");
        id
    }

    /// Puts every question that waits to the judge, who has it from now on.
    pub(super) async fn ask(&self) -> Vec<ComparisonId> {
        let questions =
            self.service.claim_questions(10_000, TimeDelta::seconds(60)).await.expect("questions are claimed");
        let ids: Vec<_> = questions.iter().map(|question| ComparisonId::new(question.id.as_uuid())).collect();
        self.service.questions_asked(&ids).await.expect("questions are asked");
        ids
    }

    /// Hands answers in, in one slice.
    pub(super) async fn take(&self, verdicts: impl IntoIterator<Item = Verdict>) -> Receipt {
        let answers: Vec<_> = verdicts.into_iter().map(Answer::of).collect();
        self.service.take_verdicts(&answers).await.expect("answers are taken")
    }

    /// Asks, answers and goes on until the batch has ended; the monitor does not run.
    pub(super) async fn finish(&self, id: BatchId) -> Phase {
        for _ in 0..1_000 {
            let phase = self.service.advance(id).await.expect("the batch goes on");
            if phase.is_terminal() {
                return phase;
            }
            self.ask().await;
            let open = self.comparisons(id).await.into_iter().filter(|row| row.state.is_open());
            self.take(open.map(|row| judged(&row))).await;
        }
        panic!("the batch does not end");
    }

    pub(super) async fn record(&self, id: BatchId) -> BatchRecord {
        find(&self.store, BatchQuery::Id(id)).await.pop().expect("the batch is stored")
    }

    pub(super) async fn comparisons(&self, id: BatchId) -> Vec<ComparisonRecord> {
        let query = ComparisonQuery::All(id);
        ComparisonRepository::load(&mut *view(&self.store).await, &query).await.expect("comparisons are loaded")
    }

    pub(super) async fn decisions(&self, id: BatchId) -> Vec<DecisionRecord> {
        view(&self.store).await.decisions(id).await.expect("answers are loaded")
    }

    pub(super) async fn results(&self, id: BatchId) -> Vec<EssayResult> {
        ResultRepository::load(&mut *view(&self.store).await, id).await.expect("results are loaded")
    }

    /// Sends what waits, and returns all that was ever sent for a batch, by the name of its contract.
    pub(super) async fn events(&self, id: BatchId) -> Vec<OutboxMessage> {
        self.service.relay_events(&*self.mailbox, 1_000).await.expect("events are relayed");
        self.mailbox.of(id)
    }

    /// The names of a batch's events, in order.
    pub(super) async fn event_names(&self, id: BatchId) -> Vec<String> {
        self.events(id).await.into_iter().map(|event| event.event_type).collect()
    }

    /// Lets time pass.
    pub(super) fn later(&self, by: TimeDelta) {
        self.clock.advance_to(self.service.now() + by);
    }
}

impl Mailbox {
    /// What came for a batch, each event once, in order of name.
    pub(super) fn of(&self, id: BatchId) -> Vec<OutboxMessage> {
        let events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        let mut events: Vec<_> = events.values().filter(|event| event.batch_id == id).cloned().collect();
        events.sort_by(|a, b| (&a.event_type, a.id).cmp(&(&b.event_type, b.id)));
        events
    }
}

#[async_trait]
impl EventPublisher for Mailbox {
    async fn publish(&self, events: &[OutboxMessage]) -> Vec<Result<(), PublishError>> {
        let mut kept = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        for event in events {
            let earlier = kept.insert(event.id, event.clone());
            assert!(earlier.is_none_or(|earlier| earlier.payload == event.payload), "an id stands for two events");
        }
        events.iter().map(|_| Ok(())).collect()
    }
}

/// The names of what a completed batch sends.
pub(super) const COMPLETION: [&str; 3] = ["AssessmentResultV1", "CJAssessmentCompletedV1", "ResourceConsumptionV1"];
/// The name of what a failed batch sends.
pub(super) const FAILURE: [&str; 1] = ["CJAssessmentFailedV1"];

/// A request for so many students' essays with texts at hand.
pub(super) fn request(name: &str, essays: u32, settings: SettingsBuilder) -> BatchRequest {
    let essay = |ordinal| RequestedEssay {
        essay_id: fixture::essay_id(ordinal),
        kind: EssayKind::Student,
        title: None,
        content: EssayContent::of_text(format!("Uppsats nummer {ordinal}: \"åäö\".")),
    };
    BatchRequest {
        event_id: fixture::event_id(name),
        bos_batch_id: format!("bos-{}", &fixture::event_id(name).to_string()[..8]),
        correlation_id: fixture::event_id("correlation").as_uuid(),
        settings: settings.build().expect("the settings are in range"),
        request: RequestSnapshot { student_prompt: Some("Skriv om en resa.".to_owned()), ..RequestSnapshot::default() },
        seed: Some(7),
        course_code: "ENG5".to_owned(),
        language: "sv".to_owned(),
        assignment_id: Some("assignment-1".to_owned()),
        user_id: "user-1".to_owned(),
        org_id: None,
        essays: (0..essays).map(essay).collect(),
    }
}

/// Settings under which 20 essays make one wave of 100 comparisons, and no more.
pub(super) fn hundred() -> SettingsBuilder {
    Settings::builder().budget(Some(100)).rounds_per_wave(10).target_reliability(None)
}

/// The judge of these cases: it prefers the essay with the higher number, and never errs.
pub(super) fn judged(row: &ComparisonRecord) -> Verdict {
    let winner = if row.essay_a > row.essay_b { Winner::A } else { Winner::B };
    Verdict::decided(row.id, winner)
}

/// A verdict that says the opposite of [`judged`].
pub(super) fn contradicted(row: &ComparisonRecord) -> Verdict {
    let winner = if row.essay_a > row.essay_b { Winner::B } else { Winner::A };
    Verdict::decided(row.id, winner)
}

/// An answer in a message of another name than its comparison's.
pub(super) fn in_message(name: &str, verdict: Verdict) -> Answer {
    Answer { message_id: fixture::event_id(name), payload: name.as_bytes().to_vec(), ..Answer::of(verdict) }
}
