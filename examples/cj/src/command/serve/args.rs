//! Options of `cj serve`.

use std::net::SocketAddr;

use cj_kafka::KafkaSettings;

use crate::error::Error;

/// Options of `cj serve`.
#[derive(Clone, Debug, clap::Args)]
#[command(
    after_help = "Any number of these share the work of one store and one group.\n\nExamples:\n  cj serve --kafka localhost:9092 --store sqlite:cj.db --judge simulated --make-topics\n  cj serve --kafka broker:9093 --kafka-property security.protocol=SSL --store postgres://db.example/cj --content http://content:8000/v1/content"
)]
pub struct Args {
    /// Brokers
    #[arg(long, env = "CJ_KAFKA", value_name = "HOST:PORT,…")]
    pub(super) kafka: String,
    /// The consumer group that shares the work
    #[arg(long, env = "CJ_KAFKA_GROUP", value_name = "NAME", default_value = "cj")]
    pub(super) group: String,
    /// Stands before the name of every topic
    #[arg(long, env = "CJ_KAFKA_TOPIC_PREFIX", value_name = "TEXT", default_value = "")]
    pub(super) topic_prefix: String,
    /// A property of librdkafka, for instance of TLS or SASL; may be given several times
    #[arg(long, value_name = "NAME=VALUE")]
    kafka_property: Vec<String>,
    /// Make the topics that are missing, with so many partitions
    #[arg(long, value_name = "PARTITIONS", num_args = 0..=1, default_missing_value = "3")]
    pub(super) make_topics: Option<u16>,
    /// Who judges: `topic` sends questions to a provider, `simulated` makes answers up, by --seed
    #[arg(long, value_enum, default_value_t)]
    pub(super) judge: Judge,
    /// Where texts are: `store` (`cj content` puts them there), or the address of a content service, to which /ID is added
    #[arg(long, env = "CJ_CONTENT", value_name = "store|http://…", default_value = "store")]
    pub(super) content: String,
    /// The name of this worker, unlike that of any other
    #[arg(long, value_name = "NAME")]
    pub(super) worker: Option<String>,
    /// Answer GET /metrics here, in the text format of Prometheus
    #[arg(long, env = "CJ_METRICS", value_name = "ADDRESS:PORT")]
    pub(super) metrics: Option<SocketAddr>,
    /// For tests: time passes so many times as fast; the same for all workers on one store
    #[arg(long, value_name = "TIMES", default_value_t = 1, hide = true)]
    pub(super) pace: u32,
}

/// Who judges.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, clap::ValueEnum)]
pub(super) enum Judge {
    /// A provider that takes questions from a topic.
    #[default]
    Topic,
    /// A judge in this process who makes answers up.
    Simulated,
}

impl Args {
    /// How to reach the brokers.
    pub(super) fn settings(&self) -> Result<KafkaSettings, Error> {
        let mut settings = KafkaSettings::new(&self.kafka, &self.group).with_topic_prefix(&self.topic_prefix);
        for property in &self.kafka_property {
            let Some((name, value)) = property.split_once('=') else {
                return Err(Error::usage("--kafka-property: expected NAME=VALUE"));
            };
            settings = settings.with(name, value);
        }
        Ok(settings)
    }
}
