//! The batch as a row: what never changes, and what does.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{BatchResult, Counters, Phase, RequestSnapshot, WaveProgress};
use crate::config::Settings;
use crate::id::{BatchId, EventId, WorkerId};

/// One batch, as it is stored.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "a store must carry every field")]
pub struct BatchRecord {
    /// What was fixed when the batch was requested.
    pub header: Arc<BatchHeader>,
    /// What inputs change.
    pub state: BatchState,
}

impl BatchRecord {
    /// The id.
    pub fn id(&self) -> BatchId {
        self.header.id
    }
}

/// What was fixed when the batch was requested.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "a store must carry every field")]
pub struct BatchHeader {
    /// The id.
    pub id: BatchId,
    /// The event that asked for it.
    pub event_id: EventId,
    /// The caller's own name for it, at most 36 characters.
    pub bos_batch_id: String,
    /// Travels on every event of the batch.
    pub correlation_id: Uuid,
    /// How it is run.
    pub settings: Settings,
    /// What judges are told, kept for later waves.
    pub request: RequestSnapshot,
    /// Where every choice of pairs comes from.
    pub seed: u64,
    /// The course, for instance `ENG5`.
    pub course_code: String,
    /// The language of the essays, for instance `sv`.
    pub language: String,
    /// The assignment, which owns prompt, rubric and anchors.
    pub assignment_id: Option<String>,
    /// Who pays.
    pub user_id: String,
    /// For whom they work.
    pub org_id: Option<String>,
    /// When it was requested.
    pub created_at: DateTime<Utc>,
}

/// What inputs change.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "a store must carry every field")]
pub struct BatchState {
    /// Counts the inputs folded so far; compare-and-set guards every write.
    pub version: u64,
    /// Where it is.
    pub phase: Phase,
    /// Since when it has been there.
    pub phase_since: DateTime<Utc>,
    /// What it counts.
    pub counters: Counters,
    /// How far the last wave is.
    pub wave: WaveProgress,
    /// Whether a wave was scored before its stragglers came.
    pub partial_scoring_triggered: bool,
    /// How many verdicts the honest reliability was judged on last.
    pub reliability_judged_at: u32,
    /// Who works on it.
    pub lease: Option<Lease>,
    /// When something happened last.
    pub last_activity_at: DateTime<Utc>,
    /// When it wants to be woken: never later than the first thing due.
    pub next_deadline: Option<DateTime<Utc>>,
    /// When it ended.
    pub completed_at: Option<DateTime<Utc>>,
    /// What came out of it, once it ended with a result.
    pub result: Option<Arc<BatchResult>>,
}

/// The right to work on a batch for a while.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "a store must carry every field")]
pub struct Lease {
    /// Who holds it.
    pub owner: WorkerId,
    /// Until when.
    pub until: DateTime<Utc>,
}

/// A new state for a stored batch.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "a store must carry every field")]
pub struct BatchUpdate {
    /// Which batch.
    pub id: BatchId,
    /// The version that must be stored for the update to hold.
    pub expected_version: u64,
    /// The new state.
    pub state: BatchState,
}
