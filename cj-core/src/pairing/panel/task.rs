//! A question in somebody's hands.

use crate::pairing::Pair;

/// A pair and the judge who got it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_structs, reason = "who and what: there is nothing more to it")]
pub struct Task {
    /// Index of the judge.
    pub judge: u32,
    /// The pair as the judge sees it.
    pub pair: Pair,
}

impl Task {
    /// The pair in the hands of the judge.
    pub fn new(judge: u32, pair: Pair) -> Self {
        Self { judge, pair }
    }
}
