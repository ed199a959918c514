//! Judges in this process: their time is virtual, and what they answer follows from the seed and the question alone.

mod replay;
mod simulated;

use chrono::TimeDelta;
use cj_core::change::{ComparisonRecord, Verdict};
use cj_core::id::ComparisonId;

pub use replay::{Replay, TURNED};
pub use simulated::{Character, Simulated};

/// One question as a judge in this process sees it.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Question {
    /// The comparison.
    pub comparison_id: ComparisonId,
    /// The id of the essay shown first.
    pub essay_a: String,
    /// The id of the essay shown second.
    pub essay_b: String,
}

impl Question {
    /// A question about two essays.
    pub const fn new(comparison_id: ComparisonId, essay_a: String, essay_b: String) -> Self {
        Self { comparison_id, essay_a, essay_b }
    }
}

/// An answer and how long it took.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Reply {
    /// The answer.
    pub verdict: Verdict,
    /// How long after the question it comes.
    pub delay: TimeDelta,
}

impl Reply {
    /// An answer that comes at once.
    pub const fn at_once(verdict: Verdict) -> Self {
        Self { verdict, delay: TimeDelta::zero() }
    }
}

/// A judge in this process.
pub trait LocalJudge: Send + Sync {
    /// Learns what was asked before, in the order asked: a run that goes on must answer as one that was not interrupted.
    fn recall(&mut self, asked: &[ComparisonRecord]);

    /// Answers a question: the same question gets the same answer.
    fn answer(&mut self, question: &Question) -> Reply;
}
