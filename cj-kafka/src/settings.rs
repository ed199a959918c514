//! How to reach the brokers.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::config::RDKafkaLogLevel;

/// How to reach the brokers, and as whom.
///
/// What is not named here is passed through by [`KafkaSettings::with`], under the names of librdkafka's configuration.
///
/// ```
/// use cj_kafka::{KafkaSettings, Sasl};
///
/// let settings = KafkaSettings::new("broker-1:9093,broker-2:9093", "cj-workers")
///     .with_tls(Some("/etc/kafka/ca.pem".as_ref()))
///     .with_sasl(&Sasl::scram_sha_512("cj", "secret"))
///     .with("socket.keepalive.enable", "true");
/// assert!(!format!("{settings:?}").contains("secret"));
/// ```
#[derive(Clone)]
#[must_use]
pub struct KafkaSettings {
    brokers: String,
    group: String,
    client_id: String,
    topic_prefix: String,
    publish_timeout: Duration,
    properties: BTreeMap<String, String>,
}

impl KafkaSettings {
    /// Brokers as `HOST:PORT,…` and the consumer group that shares the work.
    pub fn new(brokers: impl Into<String>, group: impl Into<String>) -> Self {
        Self {
            brokers: brokers.into(),
            group: group.into(),
            client_id: "cj".to_owned(),
            topic_prefix: String::new(),
            publish_timeout: Duration::from_secs(15),
            properties: BTreeMap::new(),
        }
    }

    /// How brokers call this client in their logs.
    pub fn with_client_id(mut self, id: impl Into<String>) -> Self {
        self.client_id = id.into();
        self
    }

    /// Shares the work with another consumer group.
    pub fn with_group(mut self, group: impl Into<String>) -> Self {
        self.group = group.into();
        self
    }

    /// Puts a text before the name of every topic: for installations that share brokers.
    pub fn with_topic_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.topic_prefix = prefix.into();
        self
    }

    /// How long a slice of events may take to be accepted; must be shorter than the lease of the outbox (60 s). Default: 15 s.
    pub const fn with_publish_timeout(mut self, timeout: Duration) -> Self {
        self.publish_timeout = timeout;
        self
    }

    /// Encrypts connections; brokers are checked by the certificate authorities in a PEM file, or by those of the system.
    pub fn with_tls(mut self, authorities: Option<&Path>) -> Self {
        let sasl = self.properties.contains_key(MECHANISM);
        self = self.with(PROTOCOL, if sasl { "SASL_SSL" } else { "SSL" });
        match authorities {
            Some(path) => self.with("ssl.ca.location", path.display().to_string()),
            None => self,
        }
    }

    /// Identifies this client by a certificate and its key, both PEM files.
    pub fn with_certificate(self, certificate: &Path, key: &Path) -> Self {
        self.with("ssl.certificate.location", certificate.display().to_string())
            .with("ssl.key.location", key.display().to_string())
    }

    /// Identifies this client by a name and a password.
    pub fn with_sasl(mut self, sasl: &Sasl) -> Self {
        let tls = self.properties.get(PROTOCOL).is_some_and(|protocol| protocol.ends_with("SSL"));
        self = self.with(PROTOCOL, if tls { "SASL_SSL" } else { "SASL_PLAINTEXT" });
        self.with(MECHANISM, sasl.mechanism).with("sasl.username", &sasl.user).with("sasl.password", &sasl.password)
    }

    /// Sets a property of librdkafka; it wins over what this crate sets, except for what delivery rests on (acknowledgements,
    /// idempotence, commits by hand).
    pub fn with(mut self, property: impl Into<String>, value: impl Into<String>) -> Self {
        self.properties.insert(property.into(), value.into());
        self
    }

    /// The brokers.
    pub fn brokers(&self) -> &str {
        &self.brokers
    }

    /// The consumer group.
    pub fn group(&self) -> &str {
        &self.group
    }

    /// How long a slice of events may take.
    pub const fn publish_timeout(&self) -> Duration {
        self.publish_timeout
    }

    /// What stands before the name of every topic.
    pub fn topic_prefix(&self) -> &str {
        &self.topic_prefix
    }

    /// A topic by the name that brokers know it under.
    pub(crate) fn named(&self, topic: &str) -> String {
        format!("{}{topic}", self.topic_prefix)
    }

    /// What every client has.
    pub(crate) fn client(&self) -> ClientConfig {
        self.config(&[], &[])
    }

    /// `acks=all`, idempotent, batched. An event waits in the producer for as long as its slice does: order within a partition
    /// holds since nothing expires by itself.
    pub(crate) fn producer(&self) -> ClientConfig {
        let defaults = [
            ("linger.ms", "5"),
            ("batch.num.messages", "10000"),
            ("queue.buffering.max.messages", "100000"),
            ("reconnect.backoff.max.ms", "1000"),
            ("topic.metadata.propagation.max.ms", "2000"),
            ("topic.metadata.refresh.interval.ms", "10000"),
        ];
        self.config(&defaults, &[("acks", "all"), ("enable.idempotence", "true"), ("message.timeout.ms", "0")])
    }

    pub(crate) fn consumer(&self) -> ClientConfig {
        let defaults = [
            ("auto.offset.reset", "earliest"),
            ("fetch.queue.backoff.ms", "100"),
            ("fetch.wait.max.ms", "100"),
            ("partition.assignment.strategy", "cooperative-sticky"),
            ("queued.max.messages.kbytes", "16384"),
            ("reconnect.backoff.max.ms", "1000"),
            ("statistics.interval.ms", "2000"),
            ("topic.metadata.refresh.interval.ms", "10000"),
        ];
        let fixed =
            [("enable.auto.commit", "false"), ("enable.auto.offset.store", "false"), ("enable.partition.eof", "false")];
        let mut config = self.config(&defaults, &fixed);
        config.set("group.id", &self.group);
        config
    }

    fn config(&self, defaults: &[(&str, &str)], fixed: &[(&str, &str)]) -> ClientConfig {
        let mut config = ClientConfig::new();
        config.set_log_level(RDKafkaLogLevel::Warning);
        for (property, value) in defaults {
            config.set(*property, *value);
        }
        for (property, value) in &self.properties {
            config.set(property, value);
        }
        config.set("bootstrap.servers", &self.brokers).set("client.id", &self.client_id);
        for (property, value) in fixed {
            config.set(*property, *value);
        }
        config
    }
}

impl fmt::Debug for KafkaSettings {
    /// Leaves out what may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let secret = |name: &str| name.contains("password") || name.contains("key") || name.contains("oauth");
        let shown: BTreeMap<&str, &str> = self
            .properties
            .iter()
            .map(|(name, value)| (name.as_str(), if secret(name) { "***" } else { value.as_str() }))
            .collect();
        f.debug_struct("KafkaSettings")
            .field("brokers", &self.brokers)
            .field("group", &self.group)
            .field("client_id", &self.client_id)
            .field("topic_prefix", &self.topic_prefix)
            .field("publish_timeout", &self.publish_timeout)
            .field("properties", &shown)
            .finish()
    }
}

/// A name and a password, and how the broker is told them.
#[derive(Clone)]
pub struct Sasl {
    mechanism: &'static str,
    user: String,
    password: String,
}

impl Sasl {
    /// As they are: only over TLS.
    pub fn plain(user: impl Into<String>, password: impl Into<String>) -> Self {
        Self { mechanism: "PLAIN", user: user.into(), password: password.into() }
    }

    /// By SCRAM with SHA-256.
    pub fn scram_sha_256(user: impl Into<String>, password: impl Into<String>) -> Self {
        Self { mechanism: "SCRAM-SHA-256", user: user.into(), password: password.into() }
    }

    /// By SCRAM with SHA-512.
    pub fn scram_sha_512(user: impl Into<String>, password: impl Into<String>) -> Self {
        Self { mechanism: "SCRAM-SHA-512", user: user.into(), password: password.into() }
    }
}

impl fmt::Debug for Sasl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sasl({}, {}, ***)", self.mechanism, self.user)
    }
}

const PROTOCOL: &str = "security.protocol";
const MECHANISM: &str = "sasl.mechanism";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tls_and_sasl_go_together_in_any_order() {
        let sasl = Sasl::plain("cj", "secret");
        let one = KafkaSettings::new("b:1", "g").with_tls(None).with_sasl(&sasl).client();
        let other = KafkaSettings::new("b:1", "g").with_sasl(&sasl).with_tls(None).client();
        for config in [one, other] {
            assert_eq!(config.get(PROTOCOL), Some("SASL_SSL"));
            assert_eq!(config.get("sasl.username"), Some("cj"));
        }
        assert_eq!(KafkaSettings::new("b:1", "g").with_sasl(&sasl).client().get(PROTOCOL), Some("SASL_PLAINTEXT"));
    }

    #[test]
    fn what_delivery_rests_on_cannot_be_set_away() {
        let settings =
            KafkaSettings::new("b:1", "g").with("acks", "1").with("enable.auto.commit", "true").with("linger.ms", "0");
        assert_eq!(settings.producer().get("acks"), Some("all"));
        assert_eq!(settings.producer().get("linger.ms"), Some("0"));
        assert_eq!(settings.consumer().get("enable.auto.commit"), Some("false"));
        assert_eq!(settings.consumer().get("group.id"), Some("g"));
    }

    #[test]
    fn a_secret_is_not_shown() {
        let settings = KafkaSettings::new("b:1", "g").with_sasl(&Sasl::plain("cj", "hush"));
        let shown = format!("{:?} {:?}", settings.with("ssl.key.password", "hush"), Sasl::plain("cj", "hush"));
        assert!(!shown.contains("hush"), "{shown}");
    }
}
