//! Messages that could not be used, kept with the reason.

use chrono::{DateTime, Utc};

use crate::id::EventId;

/// A message that could not be used.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "a store must carry every field")]
pub struct DeadLetter {
    /// The message's id.
    pub event_id: EventId,
    /// Who could not use it.
    pub consumer: String,
    /// Where it came from.
    pub topic: String,
    /// Why it could not be used: a code such as `unknown_comparison`.
    pub reason: String,
    /// The same, for a person.
    pub detail: String,
    /// The original bytes.
    pub payload: Vec<u8>,
    /// When it came.
    pub received_at: DateTime<Utc>,
}

impl DeadLetter {
    /// What names it.
    pub fn key(&self) -> LetterKey {
        LetterKey { consumer: self.consumer.clone(), event_id: self.event_id }
    }
}

/// What names a dead letter: a message is kept once for each consumer that could not use it.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[expect(clippy::exhaustive_structs, reason = "a store must use every field")]
pub struct LetterKey {
    /// Who could not use it.
    pub consumer: String,
    /// The message's id.
    pub event_id: EventId,
}
