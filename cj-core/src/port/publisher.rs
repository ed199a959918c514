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
    /// Whether trying again is of no use.
    pub is_final: bool,
}

impl PublishError {
    /// Trouble that passes.
    pub fn passing(message: impl Into<String>) -> Self {
        Self { message: message.into(), is_final: false }
    }

    /// A refusal.
    pub fn refusal(message: impl Into<String>) -> Self {
        Self { message: message.into(), is_final: true }
    }
}
