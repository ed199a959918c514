//! The port to messages that could not be used.

use async_trait::async_trait;

use super::StoreError;
use crate::change::DeadLetter;

/// Keeps messages that could not be used.
#[async_trait]
pub trait DeadLetters: Send {
    /// Keeps messages; one that is kept already for the same consumer stays as it is.
    ///
    /// # Errors
    /// As every write.
    async fn keep(&mut self, letters: &[DeadLetter]) -> Result<(), StoreError>;

    /// The newest by `received_at`, newest first, equal times in order of consumer and message.
    ///
    /// # Errors
    /// `Corrupt`.
    async fn newest(&mut self, limit: u32) -> Result<Vec<DeadLetter>, StoreError>;
}
