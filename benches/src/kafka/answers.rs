//! Answers on a topic, and the consumer that gives them their effect.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use chrono::DateTime;
use cj_core::change::{MessageKind, OutboxMessage, Outcome, Winner};
use cj_core::event::{
    Contract as _, Envelope, LlmComparisonResultV1, LlmProviderType, Outcome as Said, Timestamp, TokenUsage,
    Winner as Better,
};
use cj_core::id::{BatchId, EventId};
use cj_core::port::EventPublisher as _;
use cj_core::service::{Answer, Service};
use cj_core::store::Store;
use cj_kafka::{Consumer, Handler, Intake, IntakeSettings, KafkaPublisher, KafkaSettings, Record, Trouble};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::Failure;
use crate::load::{prepare, service};

/// Answers to all questions of some batches, on a topic of the broker.
pub struct Answers {
    settings: KafkaSettings,
    service: Service,
    count: usize,
}

/// What a consumer came to.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Consumed {
    /// Answers that had their effect.
    pub answers: usize,
    /// Units of work.
    pub slices: usize,
    /// From the first record in hand to the last commit.
    pub took: Duration,
}

impl Answers {
    /// Topics that it needs.
    pub const TOPIC: &str = LlmComparisonResultV1::TOPIC.as_str();

    /// Makes so many batches of so many essays whose questions judges have, and puts an answer to each on the topic, as judges
    /// who are asked in turn would.
    ///
    /// # Errors
    /// Those of the store; the broker does not take the answers.
    pub async fn publish(
        settings: &KafkaSettings,
        store: &Arc<dyn Store>,
        batches: u32,
        essays: u32,
    ) -> Result<Self, Failure> {
        let answers = prepare(store, settings.group(), batches, essays).await?;
        let answers: Vec<&Answer> = answers.values().flatten().collect();
        let messages = answers.into_iter().map(message).collect::<Result<Vec<_>, Failure>>()?;
        let publisher = KafkaPublisher::connect(&settings.clone().with_publish_timeout(Duration::from_mins(1)))?;
        for outcome in publisher.publish(&messages).await {
            outcome?;
        }
        Ok(Self { settings: settings.clone(), service: service(store, "consumer")?, count: messages.len() })
    }

    /// Lets so many members of a new group read all of them, each in a task of its own.
    ///
    /// # Errors
    /// Those of the consumers.
    pub async fn consume(&self, members: usize) -> Result<Consumed, Failure> {
        let (intake, _batches) = Intake::alone(self.service.clone(), None, IntakeSettings::default());
        let watch = Arc::new(Watch {
            intake,
            count: self.count,
            seen: AtomicUsize::new(0),
            slices: AtomicUsize::new(0),
            times: Mutex::default(),
            members,
            done: Semaphore::new(0),
        });
        let mut running = JoinSet::new();
        for _ in 0..members {
            let consumer = Consumer::join(&self.settings, &[Self::TOPIC])?;
            let watch = Arc::clone(&watch);
            running.spawn(async move {
                let done = async {
                    // It is never closed.
                    let _ = watch.done.acquire().await.map(SemaphorePermit::forget);
                };
                consumer.run(&*watch, done).await
            });
        }
        while let Some(ended) = running.join_next().await {
            ended??;
        }
        let times = *watch.times.lock().map_err(|error| error.to_string())?;
        let (Some(first), Some(last)) = times else { return Err("nothing was read".into()) };
        let (answers, slices) = (watch.seen.load(Ordering::Relaxed), watch.slices.load(Ordering::Relaxed));
        Ok(Consumed { answers, slices, took: last - first })
    }
}

/// Hands slices on, and looks at the time.
struct Watch {
    intake: Intake,
    count: usize,
    seen: AtomicUsize,
    slices: AtomicUsize,
    times: Mutex<(Option<Instant>, Option<Instant>)>,
    members: usize,
    done: Semaphore,
}

#[async_trait]
impl Handler for Watch {
    async fn handle(&self, records: &[Record]) -> Result<(), Trouble> {
        if let Ok(mut times) = self.times.lock() {
            times.0.get_or_insert_with(Instant::now);
        }
        self.intake.handle(records).await?;
        if let Ok(mut times) = self.times.lock() {
            times.1 = Some(Instant::now());
        }
        self.slices.fetch_add(1, Ordering::Relaxed);
        if self.seen.fetch_add(records.len(), Ordering::Relaxed) + records.len() >= self.count {
            self.done.add_permits(self.members);
        }
        Ok(())
    }
}

/// An answer as a provider sends it.
fn message(answer: &Answer) -> Result<OutboxMessage, Failure> {
    let id = answer.verdict.comparison_id.as_uuid();
    let Outcome::Decided(winner) = &answer.verdict.outcome else { return Err("answers are decisions".into()) };
    let evidence = &answer.verdict.evidence;
    let outcome = Said::Decided {
        winner: if *winner == Winner::A { Better::A } else { Better::B },
        justification: evidence.justification.clone().unwrap_or_default(),
        confidence: evidence.confidence.unwrap_or(4.0),
    };
    let at = Timestamp::from(DateTime::UNIX_EPOCH);
    let mut result = LlmComparisonResultV1::new("queue", id, outcome, LlmProviderType::Mock, "bench", at, at);
    result.token_usage = TokenUsage::new(900, 60);
    let envelope = Envelope::new(result, answer.message_id.as_uuid(), id, "llm_provider_service", at);
    Ok(OutboxMessage {
        id: answer.message_id,
        kind: MessageKind::Event,
        batch_id: BatchId::of_request(EventId::new(id)),
        version: 0,
        ordinal: 0,
        aggregate_type: "answer".to_owned(),
        aggregate_id: id.to_string(),
        event_type: LlmComparisonResultV1::NAME.to_owned(),
        topic: Answers::TOPIC.to_owned(),
        key: id.to_string(),
        payload: envelope.encode()?,
        headers: [("event_id".to_owned(), answer.message_id.to_string())].into(),
        created_at: DateTime::UNIX_EPOCH,
        available_at: DateTime::UNIX_EPOCH,
        attempts: 0,
    })
}
