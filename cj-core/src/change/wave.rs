//! The wave as a row: what was planned together, and the scale after it.

use chrono::{DateTime, Utc};

use super::ScoreSheet;
use crate::config::Strategy;
use crate::id::BatchId;

/// Comparisons planned together. With the watermark and the seed, every wave can be reproduced.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "a store must carry every field")]
pub struct WaveRecord {
    /// The batch.
    pub batch_id: BatchId,
    /// The number, from 1.
    pub wave: u32,
    /// When it was planned.
    pub planned_at: DateTime<Utc>,
    /// What planned it.
    pub strategy: Strategy,
    /// The seed of the plan.
    pub seed: u64,
    /// Its questions.
    pub pairs_planned: u32,
    /// When it was scored last.
    pub scored_at: Option<DateTime<Utc>>,
    /// The scale then; its watermark says which verdicts were counted.
    pub sheet: Option<ScoreSheet>,
}
