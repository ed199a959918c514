//! What leaves: events, and questions to judges.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::UnknownCode;
use crate::id::{BatchId, EventId};

/// A stored message, sent as it is stored.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "a store must carry every field")]
pub struct OutboxMessage {
    /// Its id, which is the event id on the wire and the same on every delivery.
    pub id: EventId,
    /// Event or question.
    pub kind: MessageKind,
    /// The batch it comes from.
    pub batch_id: BatchId,
    /// The version of the batch that put it out.
    pub version: u64,
    /// Its place among what that version put out.
    pub ordinal: u32,
    /// What the thing that it tells of is called.
    pub aggregate_type: String,
    /// Which one.
    pub aggregate_id: String,
    /// The name of its contract.
    pub event_type: String,
    /// Where it goes.
    pub topic: String,
    /// What orders it: messages of one key are delivered in order.
    pub key: String,
    /// The exact bytes.
    pub payload: Vec<u8>,
    /// What travels beside them.
    pub headers: BTreeMap<String, String>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When it may be sent.
    pub available_at: DateTime<Utc>,
    /// How often it was tried.
    pub attempts: u32,
}

impl OutboxMessage {
    /// The aggregate type of events that hold scores: they go where scores are erased, sent or not.
    pub const RESULT: &str = "assessment_result";
}

/// A message of the outbox, and where it stands.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "a store must fill every field")]
pub struct OutboxEntry {
    /// The message.
    pub message: OutboxMessage,
    /// Where it stands.
    pub state: MessageState,
    /// What was said when it was last tried in vain; none once it is sent.
    pub last_error: Option<String>,
}

/// Where a message of the outbox stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "a store must tell every state")]
pub enum MessageState {
    /// It waits for a relay.
    Waiting,
    /// A relay has it.
    Leased {
        /// Until when, unless it is settled before.
        until: DateTime<Utc>,
    },
    /// It was accepted.
    Sent {
        /// When.
        at: DateTime<Utc>,
    },
    /// It was put aside.
    Parked {
        /// When.
        at: DateTime<Utc>,
    },
}

impl MessageState {
    /// The state that three stored times tell.
    pub fn of_times(
        leased_until: Option<DateTime<Utc>>,
        sent_at: Option<DateTime<Utc>>,
        parked_at: Option<DateTime<Utc>>,
    ) -> Self {
        match (sent_at, parked_at, leased_until) {
            (Some(at), _, _) => Self::Sent { at },
            (None, Some(at), _) => Self::Parked { at },
            (None, None, Some(until)) => Self::Leased { until },
            (None, None, None) => Self::Waiting,
        }
    }

    /// A word for it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Leased { .. } => "leased",
            Self::Sent { .. } => "sent",
            Self::Parked { .. } => "parked",
        }
    }
}

/// Event or question.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[expect(clippy::exhaustive_enums, reason = "a relay must know where each kind goes")]
pub enum MessageKind {
    /// For the platform.
    Event,
    /// For a judge; its key is the comparison id. It is deleted when its comparison ends.
    Question,
}

impl MessageKind {
    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Question => "question",
        }
    }

    /// Reads a stored code.
    ///
    /// # Errors
    /// A code that this version does not know.
    pub fn parse(code: &str) -> Result<Self, UnknownCode> {
        match code {
            "event" => Ok(Self::Event),
            "question" => Ok(Self::Question),
            _ => Err(UnknownCode::new("message kind", code)),
        }
    }
}
