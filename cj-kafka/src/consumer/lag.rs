//! How far a consumer is behind.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use rdkafka::Statistics;
use tokio::sync::watch;

/// How far a consumer is behind: messages between what it committed and the end of each of its partitions, as it was told last.
#[derive(Clone, Debug, Default)]
pub struct Lag {
    partitions: Arc<Mutex<BTreeMap<(String, i32), i64>>>,
    paused: Arc<watch::Sender<bool>>,
}

impl Lag {
    /// All partitions that this consumer has; none before the first report.
    ///
    /// # Panics
    /// Never: no holder of the lock panics.
    pub fn total(&self) -> Option<i64> {
        let partitions = self.partitions.lock().expect("no holder of this lock panics");
        (!partitions.is_empty()).then(|| partitions.values().sum())
    }

    /// Whether the brokers are asked for no more at the moment: a slice is worked on for longer than a second, and the next one is
    /// full.
    pub fn is_paused(&self) -> bool {
        *self.paused.borrow()
    }

    /// Waits until the brokers are asked for no more; at once where they are not asked now.
    pub async fn until_paused(&self) {
        let mut paused = self.paused.subscribe();
        // It ends with the last holder of the other end, of which this is one.
        let _ended = paused.wait_for(|is_paused| *is_paused).await;
    }

    pub(super) fn note_pause(&self, is_paused: bool) {
        if self.paused.send_replace(is_paused) != is_paused && is_paused {
            metrics::counter!("kafka_consumer_pauses").increment(1);
        }
    }

    /// Notes a report of the client; what it says nothing of is another consumer's.
    pub(super) fn note(&self, report: &Statistics) {
        let mut now = BTreeMap::new();
        for (topic, parts) in &report.topics {
            for (partition, figures) in parts.partitions.iter().filter(|(_, figures)| figures.consumer_lag >= 0) {
                now.insert((topic.clone(), *partition), figures.consumer_lag);
                let gauge = metrics::gauge!("kafka_consumer_lag", "topic" => topic.clone(), "partition" => partition.to_string());
                gauge.set(figures.consumer_lag as f64);
            }
        }
        *self.partitions.lock().expect("no holder of this lock panics") = now;
    }
}
