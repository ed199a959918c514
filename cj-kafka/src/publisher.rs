//! The publisher.

/// Sends events to Kafka; there is none yet, so no value of this type exists.
#[derive(Debug)]
#[non_exhaustive]
pub enum KafkaPublisher {}

/// What [`KafkaPublisher::connect`] has to say.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the Kafka adapter is not built yet: implement the port `EventPublisher` on your own client")]
#[non_exhaustive]
pub struct NotBuilt;

impl KafkaPublisher {
    /// Refuses to connect.
    ///
    /// # Errors
    /// Always: the adapter is not built yet.
    pub const fn connect(_brokers: &str) -> Result<Self, NotBuilt> {
        Err(NotBuilt)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connecting_is_refused_with_what_to_do_instead() {
        let refused = KafkaPublisher::connect("localhost:9092").unwrap_err();
        assert!(refused.to_string().contains("EventPublisher"));
    }
}
