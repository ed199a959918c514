//! The comparison matrix: counts per ordered pair, maintained with the verdicts.

use crate::id::{BatchId, EssayId};

/// Names a cell: an ordered pair, as shown.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[expect(clippy::exhaustive_structs, reason = "a key has just these parts")]
pub struct MatrixKey {
    /// The batch.
    pub batch_id: BatchId,
    /// The essay shown first.
    pub essay_a: EssayId,
    /// The essay shown second.
    pub essay_b: EssayId,
}

/// The counts of a cell, or what is added to them.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "a store must carry every count")]
pub struct MatrixCell {
    /// Verdicts for the essay shown first.
    pub wins_a: u32,
    /// Verdicts for the essay shown second.
    pub wins_b: u32,
    /// Ties.
    pub ties: u32,
    /// Attempts that failed or expired.
    pub failures: u32,
}

impl MatrixCell {
    /// Adds another's counts.
    pub const fn add(&mut self, other: Self) {
        self.wins_a += other.wins_a;
        self.wins_b += other.wins_b;
        self.ties += other.ties;
        self.failures += other.failures;
    }
}
