//! What holds on librdkafka's broker in this process: quick, for every build.
#![expect(clippy::unwrap_used, reason = "what is not there fails the test")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cj_core::change::OutboxMessage;
use cj_core::port::{EventPublisher as _, PublishErrorKind};
use cj_kafka::{Consumer, ErrorKind, Handler, KafkaPublisher, KafkaSettings, Lag, Record, Trouble};
use rdkafka::mocking::MockCluster;
use rdkafka::producer::DefaultProducerContext;
use rdkafka::types::{RDKafkaApiKey, RDKafkaRespErr};
use tokio::sync::{Semaphore, oneshot, watch};

/// A broker with one topic of one partition.
fn cluster() -> (MockCluster<'static, DefaultProducerContext>, KafkaSettings) {
    let cluster = MockCluster::new(1).unwrap();
    cluster.create_topic("t", 1, 1).unwrap();
    let settings = KafkaSettings::new(cluster.bootstrap_servers(), "group");
    (cluster, settings)
}

fn event(key: &str, payload: &str) -> OutboxMessage {
    use cj_core::change::MessageKind;
    use cj_core::id::{BatchId, EventId};
    let id = EventId::of_bytes(payload.as_bytes());
    OutboxMessage {
        id,
        kind: MessageKind::Event,
        batch_id: BatchId::of_request(id),
        version: 1,
        ordinal: 0,
        aggregate_type: "test".to_owned(),
        aggregate_id: key.to_owned(),
        event_type: "TestV1".to_owned(),
        topic: "t".to_owned(),
        key: key.to_owned(),
        payload: payload.as_bytes().to_vec(),
        headers: std::collections::BTreeMap::new(),
        created_at: chrono::DateTime::UNIX_EPOCH,
        available_at: chrono::DateTime::UNIX_EPOCH,
        attempts: 1,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trouble_of_the_broker_is_got_over_within_the_time() {
    let (cluster, settings) = cluster();
    let publisher = KafkaPublisher::connect(&settings).unwrap();
    cluster.request_errors(
        RDKafkaApiKey::Produce,
        &[
            RDKafkaRespErr::RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS,
            RDKafkaRespErr::RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
        ],
    );
    assert_eq!(publisher.publish(&[event("a", "1"), event("b", "2")]).await, [Ok(()), Ok(())]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_dead_broker_did_not_take_is_not_called_sent_and_goes_out_later() {
    let (cluster, settings) = cluster();
    let publisher = KafkaPublisher::connect(&settings.with_publish_timeout(Duration::from_secs(2))).unwrap();
    // A producer that is new has much to ask the broker first.
    publish_in_the_end(&publisher, &[event("a", "0")]).await;
    cluster.broker_down(1).unwrap();
    for outcome in publisher.publish(&[event("a", "1"), event("a", "2"), event("b", "3")]).await {
        assert_ne!(outcome.unwrap_err().kind, PublishErrorKind::Refused);
    }
    cluster.broker_up(1).unwrap();
    publish_in_the_end(&publisher, &[event("a", "1"), event("a", "2"), event("b", "3")]).await;
}

/// Sends as the relay does: again, until the broker has them.
async fn publish_in_the_end(publisher: &KafkaPublisher, events: &[OutboxMessage]) {
    for _ in 0..30 {
        let outcomes = publisher.publish(events).await;
        if outcomes.iter().all(Result::is_ok) {
            return;
        }
        assert!(
            outcomes
                .iter()
                .filter_map(|outcome| outcome.as_ref().err())
                .all(|error| error.kind != PublishErrorKind::Refused)
        );
    }
    panic!("the broker is there, and nothing is sent");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_is_final_and_holds_back_what_follows_of_its_key() {
    let (_cluster, settings) = cluster();
    let publisher = KafkaPublisher::connect(&settings).unwrap();
    let large = "x".repeat(2_000_000);
    let outcomes = publisher.publish(&[event("a", &large), event("a", "2"), event("b", "3")]).await;
    assert_eq!(outcomes[0].as_ref().unwrap_err().kind, PublishErrorKind::Refused, "{outcomes:?}");
    assert_ne!(outcomes[1].as_ref().unwrap_err().kind, PublishErrorKind::Refused, "{outcomes:?}");
    assert_eq!(outcomes[2], Ok(()));
}

#[test]
fn settings_that_make_no_sense_are_named() {
    let settings = KafkaSettings::new("b:1", "g").with("linger.ms", "soon");
    let refused = KafkaPublisher::connect(&settings).err().expect("no number");
    assert_eq!(refused.kind(), ErrorKind::Settings);
    let told = format!("{:?}", std::error::Error::source(&refused));
    assert!(told.contains("linger.ms"), "{told}");
}

/// Handles slowly: the slice after the first waits for a word.
struct Slow {
    handled: watch::Sender<usize>,
    largest: AtomicUsize,
    go: Semaphore,
}

#[async_trait::async_trait]
impl Handler for Slow {
    async fn handle(&self, records: &[Record]) -> Result<(), Trouble> {
        self.largest.fetch_max(records.len(), Ordering::SeqCst);
        self.handled.send_modify(|handled| *handled += records.len());
        self.go.acquire().await.map_err(Trouble::new)?.forget();
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_handler_gets_slices_of_a_bounded_size_and_misses_nothing() {
    let (_cluster, settings) = cluster();
    let publisher = KafkaPublisher::connect(&settings).unwrap();
    let events: Vec<_> = (0..2_600).map(|n| event("a", &n.to_string())).collect();
    assert!(publisher.publish(&events).await.iter().all(Result::is_ok));
    let slow = Arc::new(Slow { handled: watch::Sender::new(0), largest: AtomicUsize::new(0), go: Semaphore::new(0) });
    let consumer = Consumer::join(&settings, &["t"]).unwrap();
    let lag = consumer.lag();
    let (stop, stopped) = oneshot::channel::<()>();
    let handler = slow.clone();
    let running =
        tokio::spawn(async move { consumer.run(&*handler, async { stopped.await.unwrap_or_default() }).await });
    let wait = async {
        // The next slice is there soon; the handler takes its time, and the consumer pauses.
        lag.until_paused().await;
        slow.go.add_permits(1_000);
        slow.handled.subscribe().wait_for(|handled| *handled >= 2_600).await.unwrap();
    };
    tokio::time::timeout(Duration::from_secs(90), wait).await.expect("all of them");
    stop.send(()).unwrap();
    running.await.unwrap().unwrap();
    assert_eq!(*slow.handled.borrow(), 2_600, "each came once: the group was never lost");
    assert!(slow.largest.load(Ordering::SeqCst) <= 500);
    assert!(!lag.is_paused(), "what was paused goes on");
}

/// Handles a slice while the next one comes in, and is done soon after.
struct Quick {
    lag: Lag,
    handled: watch::Sender<usize>,
    pauses: AtomicUsize,
}

#[async_trait::async_trait]
impl Handler for Quick {
    async fn handle(&self, records: &[Record]) -> Result<(), Trouble> {
        // Each turn lets the consumer take about one message that its client has fetched: there are more turns than it takes to
        // fill its buffer, and all of them are over long before its patience ends.
        for _ in 0..5_000 {
            tokio::task::yield_now().await;
        }
        self.pauses.fetch_add(usize::from(self.lag.is_paused()), Ordering::SeqCst);
        self.handled.send_modify(|handled| *handled += records.len());
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_quick_handler_pauses_nothing() {
    let (_cluster, settings) = cluster();
    let publisher = KafkaPublisher::connect(&settings).unwrap();
    let events: Vec<_> = (0..6_000).map(|n| event("a", &n.to_string())).collect();
    assert!(publisher.publish(&events).await.iter().all(Result::is_ok));
    let consumer = Consumer::join(&settings, &["t"]).unwrap();
    let quick = Arc::new(Quick { lag: consumer.lag(), handled: watch::Sender::new(0), pauses: AtomicUsize::new(0) });
    let (stop, stopped) = oneshot::channel::<()>();
    let handler = quick.clone();
    let running =
        tokio::spawn(async move { consumer.run(&*handler, async { stopped.await.unwrap_or_default() }).await });
    let mut handled = quick.handled.subscribe();
    let all = handled.wait_for(|handled| *handled >= 6_000);
    tokio::time::timeout(Duration::from_secs(90), all).await.expect("all of them").unwrap();
    stop.send(()).unwrap();
    running.await.unwrap().unwrap();
    assert_eq!(quick.pauses.load(Ordering::SeqCst), 0, "what was fetched ahead is kept");
}
