//! What can go wrong with a broker.

use std::error::Error;

use rdkafka::error::{KafkaError as Driver, RDKafkaErrorCode as Code};

/// Why something could not be done with a broker.
#[derive(Debug, thiserror::Error)]
#[error("{operation} failed")]
pub struct KafkaError {
    operation: &'static str,
    kind: ErrorKind,
    source: Box<dyn Error + Send + Sync>,
}

/// An error of the driver, with the reason that the connection gave.
#[derive(Debug, thiserror::Error)]
#[error("{reason}")]
struct Explained {
    reason: String,
    source: Box<dyn Error + Send + Sync>,
}

/// What to do about an error.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "callers decide by it")]
pub enum ErrorKind {
    /// It passes: try again.
    Passing,
    /// Trying again is of no use.
    Final,
    /// A setting is wrong.
    Settings,
}

impl KafkaError {
    pub(crate) fn new(operation: &'static str, error: Driver) -> Self {
        let kind = match &error {
            Driver::ClientConfig(..) | Driver::ClientCreation(_) => ErrorKind::Settings,
            error => kind(error),
        };
        Self { operation, kind, source: Box::new(error) }
    }

    /// The same, with the reason that the connection gave.
    pub(crate) fn explained(operation: &'static str, error: Driver, reason: Option<String>) -> Self {
        let plain = Self::new(operation, error);
        match reason {
            Some(reason) => Self { source: Box::new(Explained { reason, source: plain.source }), ..plain },
            None => plain,
        }
    }

    /// A part of the engine that ended abnormally.
    pub(crate) fn ended(error: impl Error + Send + Sync + 'static) -> Self {
        Self { operation: "running the engine", kind: ErrorKind::Final, source: Box::new(error) }
    }

    /// What to do about it.
    pub const fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Whether trying again may help.
    pub const fn is_retryable(&self) -> bool {
        matches!(self.kind, ErrorKind::Passing)
    }
}

/// Whether an error of the driver passes. What is not known to be final passes: an event that is given up is not sent.
pub(crate) fn kind(error: &Driver) -> ErrorKind {
    let finally = matches!(
        error.rdkafka_error_code(),
        Some(
            Code::InvalidMessage
                | Code::InvalidMessageSize
                | Code::InvalidRecord
                | Code::InvalidTopic
                | Code::MessageSizeTooLarge
                | Code::MessageBatchTooLarge
                | Code::PolicyViolation
                | Code::UnsupportedForMessageFormat
        )
    );
    if finally || matches!(error, Driver::MessageConsumptionFatal(_)) { ErrorKind::Final } else { ErrorKind::Passing }
}

/// Whether an error says nothing about the record: no broker looked at it.
pub(crate) fn is_unreachable(error: &Driver) -> bool {
    matches!(
        error.rdkafka_error_code(),
        Some(
            Code::AllBrokersDown
                | Code::BrokerNotAvailable
                | Code::BrokerTransportFailure
                | Code::LeaderNotAvailable
                | Code::MessageTimedOut
                | Code::NetworkException
                | Code::OperationTimedOut
                | Code::PurgeInflight
                | Code::PurgeQueue
                | Code::QueueFull
                | Code::RequestTimedOut
                | Code::Resolve
        )
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_given_up_only_for_what_it_is() {
        for code in [Code::MessageSizeTooLarge, Code::InvalidTopic, Code::InvalidRecord] {
            assert_eq!(kind(&Driver::MessageProduction(code)), ErrorKind::Final);
        }
        for code in [Code::BrokerTransportFailure, Code::UnknownTopicOrPartition, Code::TopicAuthorizationFailed] {
            assert_eq!(kind(&Driver::MessageProduction(code)), ErrorKind::Passing);
        }
        assert_eq!(kind(&Driver::Canceled), ErrorKind::Passing);
        assert!(is_unreachable(&Driver::MessageProduction(Code::MessageTimedOut)));
        assert!(!is_unreachable(&Driver::MessageProduction(Code::TopicAuthorizationFailed)));
    }
}
