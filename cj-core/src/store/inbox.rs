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
}
