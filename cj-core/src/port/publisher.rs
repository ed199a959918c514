//! Where events go.

use async_trait::async_trait;

use crate::change::OutboxMessage;

/// Sends stored events.
///
/// # Contract
/// The bytes, key and headers are sent as they are stored. `Ok` means that the receiver has the event for good. Delivery is
/// at least once: the same event may be given again, with the same id.
#[async_trait]
pub trait EventPublisher: Send + Sync + 'static {
    /// Sends events; one outcome for each, in the order given. Of one key, none may succeed after one that failed.
    async fn publish(&self, events: &[OutboxMessage]) -> Vec<Result<(), PublishError>>;
}

/// An event that was not accepted.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{message}")]
#[non_exhaustive]
pub struct PublishError {
    /// What the receiver said.
    pub message: String,
    /// What kind of failure, which says what becomes of the event.
    pub kind: PublishErrorKind,
}

/// What kind of failure to send an event.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[expect(clippy::exhaustive_enums, reason = "a relay must know what becomes of the event")]
pub enum PublishErrorKind {
    /// The receiver looked at the event and refuses it: trying again is of no use, it is parked.
    Refused,
    /// It may go better next time: it is tried again, so many times, then parked.
    Passing,
    /// The receiver cannot be reached, or was not even asked. It says nothing about the event, so it is no attempt: however
    /// long a receiver is away, nothing is parked for it.
    Unreachable,
}

impl PublishErrorKind {
    /// A word for it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Passing => "passing",
            Self::Unreachable => "unreachable",
        }
    }
}

impl PublishError {
    /// Trouble that passes.
    pub fn passing(message: impl Into<String>) -> Self {
        Self { message: message.into(), kind: PublishErrorKind::Passing }
    }

    /// A refusal.
    pub fn refusal(message: impl Into<String>) -> Self {
        Self { message: message.into(), kind: PublishErrorKind::Refused }
    }

    /// A receiver that cannot be reached.
    pub fn unreachable(message: impl Into<String>) -> Self {
        Self { message: message.into(), kind: PublishErrorKind::Unreachable }
    }
}
