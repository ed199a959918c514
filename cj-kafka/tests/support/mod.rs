//! What the tests of both binaries share.

pub(crate) mod platform;

use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use cj_core::change::{MessageKind, OutboxMessage};
use cj_core::id::{BatchId, EventId, WorkerId};
use cj_core::port::{Clock, EventPublisher as _, SystemClock};
use cj_core::service::{Precision, Service};
use cj_core::store::Store;
use cj_kafka::{Consumer, KafkaPublisher, KafkaSettings, Record, Topics};
use tokio::sync::{mpsc, oneshot, watch};

/// Settings with a group and topics of one test's own.
pub(crate) fn settings(brokers: &str, test: &str) -> KafkaSettings {
    let own = format!("{test}-{:08x}", RandomState::new().build_hasher().finish() as u32);
    KafkaSettings::new(brokers, format!("{own}-group")).with_topic_prefix(format!("{own}."))
}

/// Makes topics of three partitions.
pub(crate) async fn topics(settings: &KafkaSettings, names: &[&str]) {
    Topics::connect(settings).unwrap().ensure(names, 3, 1).await.unwrap();
}

/// An event with an id that follows from its key and its place.
pub(crate) fn event(topic: &str, key: &str, ordinal: u32, payload: impl Into<Vec<u8>>) -> OutboxMessage {
    let now = SystemClock::new().now();
    let id = EventId::of_bytes(format!("{topic} {key} {ordinal}").as_bytes());
    OutboxMessage {
        id,
        kind: MessageKind::Event,
        batch_id: BatchId::of_request(EventId::of_bytes(key.as_bytes())),
        version: 1,
        ordinal,
        aggregate_type: "test".to_owned(),
        aggregate_id: key.to_owned(),
        event_type: "TestV1".to_owned(),
        topic: topic.to_owned(),
        key: key.to_owned(),
        payload: payload.into(),
        headers: BTreeMap::from([("event_id".to_owned(), id.to_string())]),
        created_at: now,
        available_at: now,
        attempts: 0,
    }
}

/// Sends events, all of which must be accepted.
pub(crate) async fn publish(settings: &KafkaSettings, events: &[OutboxMessage]) {
    let outcomes = KafkaPublisher::connect(settings).unwrap().publish(events).await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
}

/// A shell over a store.
pub(crate) fn service(store: Arc<dyn Store>, clock: Arc<dyn Clock>, worker: &str) -> Service {
    Service::new(store, clock, WorkerId::new(worker).unwrap()).with_precision(Precision::ROUGH)
}

/// The machine's clock, hurried.
pub(crate) struct Hurried {
    start: DateTime<Utc>,
    times: i32,
}

impl Hurried {
    pub(crate) fn times(times: i32) -> Self {
        Self { start: SystemClock::new().now(), times }
    }
}

impl Clock for Hurried {
    fn now(&self) -> DateTime<Utc> {
        let passed: TimeDelta = SystemClock::new().now() - self.start;
        self.start + passed * self.times
    }
}

/// A consumer in a task, stopped and waited for.
pub(crate) struct Running {
    stop: oneshot::Sender<()>,
    task: tokio::task::JoinHandle<()>,
}

impl Running {
    pub(crate) fn start(settings: &KafkaSettings, topics: &[&str], handler: impl cj_kafka::Handler + 'static) -> Self {
        let consumer = Consumer::join(settings, topics).unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(async move {
            consumer.run(&handler, async { stopped.await.unwrap_or_default() }).await.unwrap();
        });
        Self { stop, task }
    }

    pub(crate) async fn stop(self) {
        self.stop.send(()).unwrap();
        self.task.await.unwrap();
    }

    /// Ends it in the middle of whatever it does.
    pub(crate) async fn kill(self) {
        self.task.abort();
        assert!(self.task.await.unwrap_err().is_cancelled());
    }
}

/// A handler that passes everything on.
pub(crate) struct Tap(pub(crate) mpsc::UnboundedSender<Record>);

#[async_trait::async_trait]
impl cj_kafka::Handler for Tap {
    async fn handle(&self, records: &[Record]) -> Result<(), cj_kafka::Trouble> {
        for record in records {
            let _ = self.0.send(record.clone());
        }
        Ok(())
    }
}

/// Reads topics from their beginning, under a group that nobody else has, until `enough`.
pub(crate) async fn read_until(
    settings: &KafkaSettings,
    names: &[&str],
    mut enough: impl FnMut(&[Record]) -> bool,
) -> Vec<Record> {
    let reader = settings.clone().with_group(self::settings(settings.brokers(), "reader").group());
    let (sender, mut records) = mpsc::unbounded_channel();
    let running = Running::start(&reader, names, Tap(sender));
    let mut read = Vec::new();
    while !enough(&read) {
        let next = tokio::time::timeout(LONG, records.recv()).await;
        read.push(next.unwrap_or_else(|_| panic!("nothing more comes after {} records", read.len())).unwrap());
    }
    running.stop().await;
    read
}

/// Waits until a handler has told of enough.
pub(crate) async fn told<T: Send + Sync>(what: &str, by: &watch::Sender<T>, is_enough: impl FnMut(&T) -> bool + Send) {
    let mut by = by.subscribe();
    let waited = tokio::time::timeout(LONG, by.wait_for(is_enough)).await;
    waited.unwrap_or_else(|_| panic!("never came: {what}")).unwrap();
}

/// Waits until something is so that nobody tells of, as it is seen in a store, a broker or a tally; it is asked again and again, on
/// a machine that may be slow.
pub(crate) async fn until<F: Future<Output = bool>>(what: &str, mut is_so: impl FnMut() -> F) {
    let waited = tokio::time::timeout(LONG, async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    waited.await.unwrap_or_else(|_| panic!("never came: {what}"));
}

const LONG: Duration = Duration::from_secs(150);
