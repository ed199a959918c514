//! What the client calls back.

use std::collections::BTreeSet;
use std::sync::Mutex;

use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer as _, ConsumerContext, Rebalance};
use rdkafka::error::{KafkaError as Driver, KafkaResult};
use rdkafka::{Statistics, TopicPartitionList};

use super::Lag;
use crate::diagnosis::Diagnosis;

/// Notes what the client calls back.
#[derive(Default)]
pub(super) struct Context {
    revoked: Mutex<BTreeSet<(String, i32)>>,
    pub(super) lag: Lag,
    diagnosis: Diagnosis,
}

impl Context {
    /// Partitions that were taken away since this was asked last.
    pub(super) fn take_revoked(&self) -> BTreeSet<(String, i32)> {
        std::mem::take(&mut *self.revoked.lock().expect("no holder of this lock panics"))
    }
}

impl ClientContext for Context {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        self.diagnosis.log(level, facility, message);
    }

    fn stats(&self, statistics: Statistics) {
        self.lag.note(&statistics);
    }

    fn error(&self, error: Driver, reason: &str) {
        self.diagnosis.error(error, reason);
    }
}

impl ConsumerContext for Context {
    fn pre_rebalance(&self, consumer: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        let Rebalance::Revoke(partitions) = rebalance else { return };
        // What has had its effect is committed as ours while we may still say so.
        if !consumer.assignment_lost()
            && let Err(error) = consumer.commit_consumer_state(CommitMode::Async)
        {
            tracing::debug!(%error, "nothing to commit before partitions go");
        }
        let gone = partitions.elements().into_iter().map(|part| (part.topic().to_owned(), part.partition()));
        self.revoked.lock().expect("no holder of this lock panics").extend(gone);
    }

    fn commit_callback(&self, result: KafkaResult<()>, _: &TopicPartitionList) {
        if let Err(error) = result {
            metrics::counter!("kafka_commit_failures").increment(1);
            tracing::warn!(%error, "offsets were not committed; their messages may come again");
        }
    }
}
