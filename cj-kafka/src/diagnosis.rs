//! What the client library says by itself.

use std::sync::{Arc, Mutex, PoisonError};

use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::{KafkaError as Driver, RDKafkaErrorCode};

/// Passes on what the client library says, and keeps the last reason why brokers cannot be used: an operation that takes too
/// long fails for a reason that only the connection knows, such as a certificate or a password.
#[derive(Clone, Debug, Default)]
pub(crate) struct Diagnosis {
    reason: Arc<Mutex<Option<String>>>,
}

impl Diagnosis {
    /// Why brokers could not be used since this was asked last, where they said so.
    pub(crate) fn take(&self) -> Option<String> {
        self.reason.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn keep(&self, reason: &str) {
        *self.reason.lock().unwrap_or_else(PoisonError::into_inner) = Some(reason.to_owned());
    }

    /// A sentence, with the reason where one is known.
    pub(crate) fn explain(&self, sentence: &str) -> String {
        self.take().map_or_else(|| sentence.to_owned(), |reason| format!("{sentence}: {reason}"))
    }
}

impl ClientContext for Diagnosis {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        match level {
            RDKafkaLogLevel::Emerg | RDKafkaLogLevel::Alert | RDKafkaLogLevel::Critical | RDKafkaLogLevel::Error => {
                tracing::error!(facility, message, "librdkafka");
                // A client that nobody polls, such as one that makes topics, says it nowhere else.
                if facility == FAILED_CONNECTION {
                    self.keep(message);
                }
            }
            RDKafkaLogLevel::Warning => tracing::warn!(facility, message, "librdkafka"),
            _ => tracing::debug!(facility, message, "librdkafka"),
        }
    }

    fn error(&self, error: Driver, reason: &str) {
        tracing::warn!(%error, reason, "the broker cannot be used at the moment");
        // That all of them are down says less than why one is.
        if error.rdkafka_error_code() != Some(RDKafkaErrorCode::AllBrokersDown) {
            self.keep(reason);
        }
    }
}

/// Under which facility librdkafka logs that a connection failed.
const FAILED_CONNECTION: &str = "FAIL";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_of_a_connection_is_kept_until_it_is_told() {
        let diagnosis = Diagnosis::default();
        assert_eq!(diagnosis.explain("not sent"), "not sent");
        diagnosis.error(Driver::Global(RDKafkaErrorCode::SSL), "certificate verify failed");
        diagnosis.error(Driver::Global(RDKafkaErrorCode::AllBrokersDown), "1/1 brokers are down");
        assert_eq!(diagnosis.explain("not sent"), "not sent: certificate verify failed");
        assert_eq!(diagnosis.take(), None);
        diagnosis.log(RDKafkaLogLevel::Error, "FAIL", "no route");
        diagnosis.log(RDKafkaLogLevel::Warning, "CONFWARN", "a setting is of no use");
        assert_eq!(diagnosis.take().as_deref(), Some("no route"));
    }
}
