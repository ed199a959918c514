//! The port to messages that could not be used.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::StoreError;
use crate::change::{DeadLetter, LetterKey};
use crate::id::EventId;

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

    /// What is kept of one message, in order of consumer.
    ///
    /// # Errors
    /// `Corrupt`.
    async fn letters_of(&mut self, event_id: EventId) -> Result<Vec<DeadLetter>, StoreError>;

    /// Deletes letters and returns those that were there, in their order.
    ///
    /// # Errors
    /// As every write.
    async fn discard(&mut self, letters: &[LetterKey]) -> Result<Vec<LetterKey>, StoreError>;

    /// Deletes letters received before a time, at most so many, and returns how many.
    ///
    /// # Errors
    /// As every write.
    async fn discard_old(&mut self, before: DateTime<Utc>, limit: u32) -> Result<u64, StoreError>;
}
