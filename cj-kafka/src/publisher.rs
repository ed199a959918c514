//! The publisher.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;

use async_trait::async_trait;
use cj_core::change::OutboxMessage;
use cj_core::port::{EventPublisher, PublishError};
use rdkafka::error::{KafkaError as Driver, RDKafkaErrorCode};
use rdkafka::producer::{DeliveryFuture, FutureProducer, FutureRecord};
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};

use crate::diagnosis::Diagnosis;
use crate::error::{is_unreachable, kind};
use crate::{ErrorKind, KafkaError, KafkaSettings, header};

/// Sends events as they are stored: idempotent, acknowledged by all copies, pipelined.
///
/// Of one key and one topic, events are on their way together, and the broker keeps their order. Where a key goes on to
/// another topic, the first topic is waited for; where an event fails, the later ones of its key are held back. What is not
/// acknowledged when the time is over is taken back as a whole and reported as not sent, although the broker may have it:
/// delivery is at least once.
pub struct KafkaPublisher {
    settings: KafkaSettings,
    /// One slice at a time: what is taken back must be nobody else's.
    producer: Mutex<FutureProducer<Diagnosis>>,
    diagnosis: Diagnosis,
}

impl KafkaPublisher {
    /// A publisher for these brokers; they need not be there yet.
    ///
    /// # Errors
    /// [`ErrorKind::Settings`].
    pub fn connect(settings: &KafkaSettings) -> Result<Self, KafkaError> {
        let diagnosis = Diagnosis::default();
        let producer = Mutex::new(producer(settings, &diagnosis)?);
        Ok(Self { settings: settings.clone(), producer, diagnosis })
    }

    /// Sends one stretch of events and waits for the broker.
    async fn round(
        &self,
        producer: &FutureProducer<Diagnosis>,
        events: &[OutboxMessage],
        round: &[usize],
        until: Instant,
        outcomes: &mut [Option<Result<(), PublishError>>],
    ) -> Round {
        let mut ended = Round::InTime;
        let mut on_their_way: Vec<(usize, DeliveryFuture)> = Vec::with_capacity(round.len());
        let mut held = BTreeSet::new();
        for (handed, &index) in round.iter().enumerate() {
            if handed % AT_ONCE == AT_ONCE - 1 {
                tokio::task::yield_now().await;
            }
            let event = &events[index];
            if held.contains(event.key.as_str()) {
                outcomes[index] = Some(Err(behind()));
                continue;
            }
            match producer.send_result(record(event, &self.settings.named(&event.topic))) {
                Ok(delivery) => on_their_way.push((index, delivery)),
                Err((error, _)) => {
                    ended = ended.max(Round::of(&error));
                    held.insert(event.key.as_str());
                    outcomes[index] = Some(Err(refused(&error)));
                }
            }
        }
        let mut time_is_over = pin!(sleep_until(until));
        for (index, delivery) in on_their_way {
            // What has been answered when the time is over is still read.
            let delivered = tokio::select! {
                biased;
                delivered = delivery => delivered.ok(),
                () = &mut time_is_over => None,
            };
            match delivered {
                Some(Ok(_)) => outcomes[index] = Some(Ok(())),
                Some(Err((error, _))) => {
                    ended = ended.max(Round::of(&error));
                    outcomes[index] = Some(Err(refused(&error)));
                }
                None => ended = Round::Spent,
            }
        }
        ended
    }
}

#[async_trait]
impl EventPublisher for KafkaPublisher {
    async fn publish(&self, events: &[OutboxMessage]) -> Vec<Result<(), PublishError>> {
        let mut producer = self.producer.lock().await;
        let until = Instant::now() + self.settings.publish_timeout();
        let mut outcomes: Vec<Option<Result<(), PublishError>>> = vec![None; events.len()];
        let mut held: BTreeSet<&str> = BTreeSet::new();
        for mut round in rounds(events) {
            round.retain(|&index| !held.contains(events[index].key.as_str()));
            let ended = self.round(&producer, events, &round, until, &mut outcomes).await;
            if ended == Round::Spent {
                metrics::counter!("kafka_producers_replaced").increment(1);
                tracing::warn!("events were not acknowledged in time; what is unsent is taken back");
                match self::producer(&self.settings, &self.diagnosis) {
                    Ok(fresh) => retire(std::mem::replace(&mut *producer, fresh)),
                    Err(error) => tracing::error!(%error, "no new producer could be made"),
                }
                break;
            }
            let unsent = round.iter().filter(|&&index| !matches!(outcomes[index], Some(Ok(()))));
            held.extend(unsent.map(|&index| events[index].key.as_str()));
        }
        let outcomes = in_order(events, outcomes, &self.diagnosis);
        count(events, &outcomes);
        outcomes
    }
}

/// How a stretch ended.
#[derive(Clone, Copy, Eq, Ord, PartialEq, PartialOrd)]
enum Round {
    /// Every event has its answer.
    InTime,
    /// The producer is of no further use: the time is over, or it says so itself.
    Spent,
}

impl Round {
    fn of(error: &Driver) -> Self {
        if error.rdkafka_error_code() == Some(RDKafkaErrorCode::Fatal) { Self::Spent } else { Self::InTime }
    }
}

/// Of one key, none is reported as sent after one that is not: it goes out again, with the same id.
fn in_order(
    events: &[OutboxMessage],
    outcomes: Vec<Option<Result<(), PublishError>>>,
    diagnosis: &Diagnosis,
) -> Vec<Result<(), PublishError>> {
    let mut late = None;
    let mut held: BTreeSet<&str> = BTreeSet::new();
    let ordered = events.iter().zip(outcomes).map(|(event, outcome)| {
        let outcome = match outcome {
            Some(Ok(())) | None if held.contains(event.key.as_str()) => Err(behind()),
            Some(outcome) => outcome,
            None => {
                let said = late.get_or_insert_with(|| diagnosis.explain("the broker did not acknowledge in time"));
                Err(PublishError::unreachable(said.clone()))
            }
        };
        if outcome.is_err() {
            held.insert(&event.key);
        }
        outcome
    });
    ordered.collect()
}

/// Stretches of events that may be on their way together: a key's next topic comes in a later one.
fn rounds(events: &[OutboxMessage]) -> Vec<Vec<usize>> {
    let mut last: BTreeMap<&str, (usize, &str)> = BTreeMap::new();
    let mut rounds: Vec<Vec<usize>> = Vec::new();
    for (index, event) in events.iter().enumerate() {
        let round = match last.get(event.key.as_str()) {
            Some(&(round, topic)) if topic == event.topic => round,
            Some(&(round, _)) => round + 1,
            None => 0,
        };
        last.insert(&event.key, (round, &event.topic));
        if rounds.len() == round {
            rounds.push(Vec::new());
        }
        rounds[round].push(index);
    }
    rounds
}

fn count(events: &[OutboxMessage], outcomes: &[Result<(), PublishError>]) {
    let mut counts: BTreeMap<(&'static str, &str), u64> = BTreeMap::new();
    for (event, outcome) in events.iter().zip(outcomes) {
        let name = if outcome.is_ok() { "kafka_published" } else { "kafka_publish_failures" };
        *counts.entry((name, &event.topic)).or_default() += 1;
    }
    for ((name, topic), count) in counts {
        metrics::counter!(name, "topic" => topic.to_owned()).increment(count);
    }
}

fn record<'a>(event: &'a OutboxMessage, topic: &'a str) -> FutureRecord<'a, str, [u8]> {
    FutureRecord::to(topic)
        .key(event.key.as_str())
        .payload(event.payload.as_slice())
        // No timestamp: brokers refuse those that their clock has not reached; when it happened is among the headers.
        .headers(header::outgoing(&event.headers))
}

/// After so many events whoever shares the task has its turn: the relay's store.
const AT_ONCE: usize = 100;

fn behind() -> PublishError {
    PublishError::passing("an earlier event of its key was not accepted")
}

fn refused(error: &Driver) -> PublishError {
    let said = error.rdkafka_error_code().map_or_else(|| error.to_string(), |code: RDKafkaErrorCode| code.to_string());
    match kind(error) {
        ErrorKind::Passing if is_unreachable(error) => PublishError::unreachable(said),
        ErrorKind::Passing => PublishError::passing(said),
        ErrorKind::Final | ErrorKind::Settings => PublishError::refusal(said),
    }
}

fn producer(settings: &KafkaSettings, diagnosis: &Diagnosis) -> Result<FutureProducer<Diagnosis>, KafkaError> {
    let made = settings.producer().create_with_context(diagnosis.clone());
    made.map_err(|error| KafkaError::new("making a producer", error))
}

/// Dropping a producer takes back what it has not sent, and blocks while it does.
fn retire(producer: FutureProducer<Diagnosis>) {
    tokio::task::spawn_blocking(move || drop(producer));
}

#[cfg(test)]
mod tests;
