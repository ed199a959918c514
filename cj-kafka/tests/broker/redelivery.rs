use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use cj_kafka::{Handler, Record, Trouble};
use cj_testkit::kafka::KafkaBroker;

use crate::support::{Running, event, publish, settings, topics, until};

/// Fails the first times that it sees a certain record, and counts what it sees.
#[derive(Clone, Default)]
struct Stumbling {
    failures_left: Arc<AtomicU32>,
    handled: Arc<Mutex<BTreeMap<Vec<u8>, u32>>>,
}

#[async_trait::async_trait]
impl Handler for Stumbling {
    async fn handle(&self, records: &[Record]) -> Result<(), Trouble> {
        let stumbles = records.iter().any(|record| record.payload == b"13");
        let take = |left: u32| left.checked_sub(1);
        if stumbles && self.failures_left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, take).is_ok() {
            return Err(Trouble::new("the store is away"));
        }
        let mut handled = self.handled.lock().unwrap();
        for record in records {
            *handled.entry(record.payload.clone()).or_default() += 1;
        }
        Ok(())
    }
}

impl Stumbling {
    fn failing(times: u32) -> Self {
        Self { failures_left: Arc::new(AtomicU32::new(times)), ..Self::default() }
    }

    fn seen(&self) -> usize {
        self.handled.lock().unwrap().len()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_whose_handler_fails_is_tried_again_and_is_not_committed_past() {
    let settings = settings(&KafkaBroker::shared(), "stumble");
    topics(&settings, &["t"]).await;
    let events: Vec<_> = (0..40).map(|n| event("t", "same", n, n.to_string())).collect();
    publish(&settings, &events).await;

    // A handler that never gets over it: nothing of its slice may be committed.
    let stuck = Stumbling::failing(u32::MAX);
    let running = Running::start(&settings, &["t"], stuck.clone());
    until("two failures", || async { stuck.failures_left.load(Ordering::SeqCst) < u32::MAX - 1 }).await;
    running.stop().await;
    assert_eq!(stuck.handled.lock().unwrap().get(b"13".as_slice()), None);

    // Another member of the group meets the record again, stumbles twice, and gets over it.
    let handler = Stumbling::failing(2);
    let running = Running::start(&settings, &["t"], handler.clone());
    until("the last record", || async { handler.handled.lock().unwrap().contains_key(b"39".as_slice()) }).await;
    running.stop().await;
    assert_eq!(handler.failures_left.load(Ordering::SeqCst), 0);
    assert_eq!(handler.handled.lock().unwrap().get(b"13".as_slice()), Some(&1));
    assert_eq!(handler.seen() + stuck.seen(), 40, "what was committed before the failure, and the rest");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_committed_does_not_come_again() {
    let settings = settings(&KafkaBroker::shared(), "committed");
    topics(&settings, &["t"]).await;
    let batch =
        |from: u32| (from..from + 30).map(|n| event("t", &format!("k{}", n % 7), n, n.to_string())).collect::<Vec<_>>();
    publish(&settings, &batch(100)).await;
    let first = Stumbling::default();
    let running = Running::start(&settings, &["t"], first.clone());
    until("thirty", || async { first.seen() == 30 }).await;
    running.stop().await;

    publish(&settings, &batch(200)).await;
    let second = Stumbling::default();
    let running = Running::start(&settings, &["t"], second.clone());
    until("thirty more", || async { second.seen() >= 30 }).await;
    running.stop().await;
    assert_eq!(second.seen(), 30, "nothing of the first thirty came again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn members_that_come_and_go_leave_nothing_out() {
    let settings = settings(&KafkaBroker::shared(), "rebalance");
    topics(&settings, &["t"]).await;
    let slice = |from: u32| {
        (from..from + 300).map(|n| event("t", &format!("k{}", n % 31), n, n.to_string())).collect::<Vec<_>>()
    };
    let handler = Stumbling::default();
    let first = Running::start(&settings, &["t"], handler.clone());
    publish(&settings, &slice(0)).await;
    let second = Running::start(&settings, &["t"], handler.clone());
    publish(&settings, &slice(1_000)).await;
    first.stop().await;
    let third = Running::start(&settings, &["t"], handler.clone());
    publish(&settings, &slice(2_000)).await;
    second.stop().await;
    publish(&settings, &slice(3_000)).await;
    until("all of them", || async { handler.seen() == 1_200 }).await;
    third.stop().await;
}
