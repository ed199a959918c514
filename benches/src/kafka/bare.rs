//! What the client library reaches by itself.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use cj_core::change::OutboxMessage;
use cj_kafka::KafkaSettings;
use rdkafka::config::ClientConfig;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{DeliveryResult, Header, OwnedHeaders};
use rdkafka::producer::{BaseRecord, Producer as _, ProducerContext, ThreadedProducer};
use rdkafka::{ClientContext, util::Timeout};

use super::Failure;

/// Counts what the broker took.
#[derive(Clone, Default)]
struct Taken(Arc<AtomicU64>);

impl ClientContext for Taken {}

impl ProducerContext for Taken {
    type DeliveryOpaque = ();

    fn delivery(&self, delivery: &DeliveryResult<'_>, (): ()) {
        if delivery.is_ok() {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Sends events by a bare idempotent producer, key, headers and bytes as the relay does, and waits for every acknowledgement.
/// The producer is connected before `start` is called; the time is what `end` makes of it.
///
/// # Errors
/// The broker did not take all of them.
pub fn bare<T>(
    settings: &KafkaSettings,
    events: &[OutboxMessage],
    start: impl FnOnce() -> T,
    end: impl FnOnce(T) -> Duration,
) -> Result<Duration, Failure> {
    let taken = Taken::default();
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", settings.brokers()).set("acks", "all").set("enable.idempotence", "true");
    config.set("linger.ms", "5").set("batch.num.messages", "10000");
    let producer: ThreadedProducer<Taken> = config.create_with_context(taken.clone())?;
    let name = |topic: &str| format!("{}{topic}", settings.topic_prefix());
    let topics: BTreeMap<&str, String> =
        events.iter().map(|event| (event.topic.as_str(), name(&event.topic))).collect();
    for topic in topics.values() {
        producer.client().fetch_metadata(Some(topic), Timeout::After(Duration::from_secs(30)))?;
    }
    let start = start();
    for event in events {
        let headers =
            event.headers.iter().fold(OwnedHeaders::new_with_capacity(event.headers.len()), |all, (key, value)| {
                all.insert(Header { key, value: Some(value) })
            });
        let mut record = BaseRecord::to(&topics[event.topic.as_str()])
            .key(event.key.as_str())
            .payload(&event.payload)
            .headers(headers);
        while let Err((error, unsent)) = producer.send(record) {
            if !matches!(error, KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull)) {
                return Err(error.into());
            }
            record = unsent;
            std::thread::yield_now();
        }
    }
    producer.flush(Timeout::After(Duration::from_mins(1)))?;
    let took = end(start);
    let taken = taken.0.load(Ordering::Relaxed);
    if taken == events.len() as u64 {
        Ok(took)
    } else {
        Err(format!("{taken} of {} events were taken", events.len()).into())
    }
}
