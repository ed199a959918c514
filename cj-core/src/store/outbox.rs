//! The port to the outbox: everything that leaves.

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};

use super::StoreError;
use crate::change::{MessageKind, OutboxMessage};
use crate::id::{BatchId, ComparisonId, EventId, WorkerId};

/// Stores messages until they are sent.
///
/// # Contract
/// - Messages of one kind and key are claimed in the order (batch, version, ordinal), whatever their times say, and none
///   while an earlier one of its key is unsent and leased, waiting or parked. So no number of relays interleaves a key. One
///   claim may take several messages of a key: those at its head that may be sent, in order and without a gap.
/// - A claim with [`BehindParked::Pass`] reads that as if parked messages were not there.
/// - A claimed message is not claimed again before its lease ends or it is settled.
/// - A message needs no stored batch: a request that cannot start is answered too.
#[async_trait]
pub trait Outbox: Send {
    /// Adds messages.
    ///
    /// # Errors
    /// `Conflict` when an id is there already.
    async fn append(&mut self, messages: &[OutboxMessage]) -> Result<(), StoreError>;

    /// Deletes the unsent questions of comparisons that ended, and all questions of batches that ended. A question's id is that
    /// of its comparison; events stay.
    ///
    /// # Errors
    /// As every write.
    async fn withdraw(&mut self, comparisons: &[ComparisonId], batches: &[BatchId]) -> Result<(), StoreError>;

    /// Leases messages that may be sent, oldest by `created_at` first, equal ages in the order (batch, version, ordinal, id),
    /// so that a wave's questions leave as they were planned; and counts the attempt: what is returned has it counted.
    ///
    /// # Errors
    /// `Conflict` where another relay was faster.
    async fn claim(&mut self, claim: &Claim) -> Result<Vec<OutboxMessage>, StoreError>;

    /// Writes what became of claimed messages, and ends their leases. An event that was sent stays, for as long as events are
    /// kept; a question is deleted: its judge has it, and another attempt brings a question of its own. Passed over are ids that are not there (withdrawn
    /// meanwhile) and messages that are sent: a slow relay does not take that back. `Retry` and `Released` of a parked message let it go again; `OutboxRegister::replay` also forgets its attempts.
    ///
    /// # Errors
    /// As every write.
    async fn settle(&mut self, settlements: &[Settlement]) -> Result<(), StoreError>;

    /// How much waits.
    ///
    /// # Errors
    /// As every read.
    async fn depth(&mut self, kind: MessageKind) -> Result<OutboxDepth, StoreError>;
}

/// What a relay asks for.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "callers construct it")]
pub struct Claim {
    /// Events or questions.
    pub kind: MessageKind,
    /// At most so many.
    pub limit: u32,
    /// Who asks.
    pub owner: WorkerId,
    /// When.
    pub now: DateTime<Utc>,
    /// For how long.
    pub lease: TimeDelta,
    /// What becomes of messages behind a parked one of their key.
    pub behind_parked: BehindParked,
}

impl Claim {
    /// Puts messages of one claim in the order in which they leave: oldest first, a message no older than the one before it of
    /// its key, equal ages in the order in which they were put out. For stores whose updates keep no order.
    pub fn put_in_order(claimed: &mut Vec<OutboxMessage>) {
        let place = |it: &OutboxMessage| (it.batch_id, it.version, it.ordinal, it.id);
        claimed.sort_by(|one, other| (&one.key, place(one)).cmp(&(&other.key, place(other))));
        let mut ages: Vec<DateTime<Utc>> = claimed.iter().map(|it| it.created_at).collect();
        for later in 1..claimed.len() {
            if claimed[later].key == claimed[later - 1].key {
                ages[later] = ages[later].max(ages[later - 1]);
            }
        }
        let mut aged: Vec<_> = ages.into_iter().zip(claimed.drain(..)).collect();
        aged.sort_by_key(|(age, it)| (*age, place(it)));
        claimed.extend(aged.into_iter().map(|(_, it)| it));
    }
}

/// What becomes of messages behind a parked one of their key.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "a store must do either")]
pub enum BehindParked {
    /// They wait until it is replayed: receivers see the key in its order.
    #[default]
    Wait,
    /// They are sent as if it were not there: receivers see it late, once it is replayed.
    Pass,
}

/// What became of a claimed message.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "callers construct it")]
pub struct Settlement {
    /// Which message.
    pub id: EventId,
    /// What became of it.
    pub outcome: SettlementOutcome,
}

/// What became of a message.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "a store must write every outcome")]
pub enum SettlementOutcome {
    /// It was accepted.
    Sent {
        /// When.
        at: DateTime<Utc>,
    },
    /// It was not; it is tried again.
    Retry {
        /// When.
        at: DateTime<Utc>,
        /// Why.
        error: String,
    },
    /// It was not even tried: the claim is taken back, and the attempt not counted.
    Released {
        /// When it may be claimed again.
        at: DateTime<Utc>,
        /// Why.
        error: String,
    },
    /// It was not, and is put aside for a person to look at.
    Parked {
        /// When.
        at: DateTime<Utc>,
        /// Why.
        error: String,
    },
}

/// How much waits in the outbox.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "a store must fill every field")]
pub struct OutboxDepth {
    /// Messages neither sent nor parked.
    pub pending: u64,
    /// Messages put aside.
    pub parked: u64,
    /// When the next pending one may be claimed: the earliest time at which the first unsent message of a key is available and
    /// not leased. A key whose first unsent message is parked has none, whatever a claim thinks of parked ones.
    pub next_at: Option<DateTime<Utc>>,
    /// When the oldest pending one was written.
    pub oldest: Option<DateTime<Utc>>,
}
