//! A broker with topics of its own.

use cj_kafka::{KafkaSettings, Topics};
use cj_testkit::kafka::KafkaBroker;

use super::Failure;

/// A private broker that keeps its log in the folder for temporary files, with its defaults.
pub struct Stage {
    broker: KafkaBroker,
}

impl Stage {
    /// Starts one.
    ///
    /// # Errors
    /// Java or Maven is missing, or the broker does not start.
    pub fn start() -> Result<Self, Failure> {
        Ok(Self { broker: KafkaBroker::start()? })
    }

    /// New topics of three partitions, under a prefix of their own.
    ///
    /// # Errors
    /// The broker refuses.
    pub async fn topics(&self, prefix: &str, names: &[&str]) -> Result<KafkaSettings, Failure> {
        let settings = KafkaSettings::new(self.broker.bootstrap(), prefix).with_topic_prefix(format!("{prefix}."));
        Topics::connect(&settings)?.ensure(names, 3, 1).await?;
        Ok(settings)
    }
}
