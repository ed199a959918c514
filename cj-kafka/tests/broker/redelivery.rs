use std::collections::BTreeMap;

use cj_kafka::{Handler, Record, Trouble};
use cj_testkit::kafka::KafkaBroker;
use tokio::sync::watch;

use crate::support::{Running, event, publish, settings, told, topics};

/// Fails the first times that it sees a certain record, and counts what it sees.
#[derive(Clone, Default)]
struct Stumbling {
    past: watch::Sender<Past>,
}

#[derive(Default)]
struct Past {
    failures_left: u32,
    handled: BTreeMap<Vec<u8>, u32>,
}

#[async_trait::async_trait]
impl Handler for Stumbling {
    async fn handle(&self, records: &[Record]) -> Result<(), Trouble> {
        let stumbles = records.iter().any(|record| record.payload == b"13");
        let mut outcome = Ok(());
        self.past.send_modify(|past| {
            if stumbles && past.failures_left > 0 {
                past.failures_left -= 1;
                outcome = Err(Trouble::new("the store is away"));
                return;
            }
            for record in records {
                *past.handled.entry(record.payload.clone()).or_default() += 1;
            }
        });
        outcome
    }
}

impl Stumbling {
    fn failing(times: u32) -> Self {
        Self { past: watch::Sender::new(Past { failures_left: times, ..Past::default() }) }
    }

    fn seen(&self) -> usize {
        self.past.borrow().handled.len()
    }

    fn times(&self, payload: &[u8]) -> Option<u32> {
        self.past.borrow().handled.get(payload).copied()
    }

    /// Waits until it has seen so many records.
    async fn sees(&self, count: usize) {
        told("so many records", &self.past, |past| past.handled.len() >= count).await;
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
    told("two failures", &stuck.past, |past| past.failures_left < u32::MAX - 1).await;
    running.stop().await;
    assert_eq!(stuck.times(b"13"), None);

    // Another member of the group meets the record again, stumbles twice, and gets over it.
    let handler = Stumbling::failing(2);
    let running = Running::start(&settings, &["t"], handler.clone());
    told("the last record", &handler.past, |past| past.handled.contains_key(b"39".as_slice())).await;
    running.stop().await;
    assert_eq!(handler.past.borrow().failures_left, 0);
    assert_eq!(handler.times(b"13"), Some(1));
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
    first.sees(30).await;
    running.stop().await;

    publish(&settings, &batch(200)).await;
    let second = Stumbling::default();
    let running = Running::start(&settings, &["t"], second.clone());
    second.sees(30).await;
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
    handler.sees(1_200).await;
    third.stop().await;
    assert_eq!(handler.seen(), 1_200);
}
