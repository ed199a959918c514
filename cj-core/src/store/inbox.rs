//! The port to the inbox: which messages have had their effect.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::StoreError;
use crate::id::EventId;

/// Remembers messages, in the same unit as their effect.
#[async_trait]
pub trait Inbox: Send {
    /// Marks messages as handled by a consumer and returns those that were not, in the order given, each once.
    ///
    /// # Errors
    /// `Conflict` where another unit is handling one of them.
    async fn admit(&mut self, consumer: &str, ids: &[EventId], at: DateTime<Utc>) -> Result<Vec<EventId>, StoreError>;

    /// Forgets that a consumer handled messages, so that they are admitted again.
    ///
    /// # Errors
    /// As every write.
    async fn readmit(&mut self, consumer: &str, ids: &[EventId]) -> Result<(), StoreError>;

    /// Forgets messages, of every consumer, that were admitted before a time, at most so many, and returns how many.
    ///
    /// # Errors
    /// As every write.
    async fn forget(&mut self, before: DateTime<Utc>, limit: u32) -> Result<u64, StoreError>;
}
