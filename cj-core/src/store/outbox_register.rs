//! The port to the outbox as operators see it: what waits, what is parked, what was sent.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::StoreError;
use crate::change::{MessageKind, OutboxEntry};
use crate::id::EventId;

/// Looks into the outbox, lets parked messages go again, and throws away what was sent long ago.
#[async_trait]
pub trait OutboxRegister: Send {
    /// Messages as they stand.
    ///
    /// # Errors
    /// `Corrupt`.
    async fn entries(&mut self, query: &OutboxQuery) -> Result<Vec<OutboxEntry>, StoreError>;

    /// Lets parked messages go again from a time on, as if they had never been tried; the last error stays for the record.
    /// Returns those that were parked, in order of id; others stay as they are.
    ///
    /// # Errors
    /// As every write.
    async fn replay(&mut self, ids: &[EventId], at: DateTime<Utc>) -> Result<Vec<EventId>, StoreError>;

    /// Deletes events that were sent before a time, at most so many, and returns how many. Questions go with their
    /// comparisons; what is unsent or parked stays.
    ///
    /// # Errors
    /// As every write.
    async fn discard_sent(&mut self, before: DateTime<Utc>, limit: u32) -> Result<u64, StoreError>;
}

/// Which messages of the outbox are meant.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "a store must answer every query")]
pub enum OutboxQuery {
    /// One message.
    Id(EventId),
    /// Messages neither sent nor parked, leased or not: oldest first by `created_at`, equal ages in the order (batch,
    /// version, ordinal, id).
    Waiting {
        /// Events or questions.
        kind: MessageKind,
        /// At most so many.
        limit: u32,
    },
    /// Messages put aside: those that were first, first; equal times in order of id.
    Parked {
        /// Events or questions.
        kind: MessageKind,
        /// At most so many.
        limit: u32,
    },
    /// Messages that were sent: the latest first; equal times in reverse order of id.
    Sent {
        /// Events or questions.
        kind: MessageKind,
        /// At most so many.
        limit: u32,
    },
}
