/// How often two items met with the same one on the left, and what came of it.
///
/// A pair that was shown both ways round is two of these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairCount {
    /// The item that was shown left (first).
    pub left: String,
    /// The item that was shown right (second).
    pub right: String,
    /// Judgements that the left item won.
    pub left_wins: u64,
    /// Judgements that the right item won.
    pub right_wins: u64,
    /// Judgements without a winner.
    pub ties: u64,
}

impl PairCount {
    /// All judgements of the pair, this way round.
    pub(super) fn total(&self) -> u64 {
        self.left_wins + self.right_wins + self.ties
    }
}

/// Whether `left` and `right` of the [`PairCount`]s are the sides that a judge saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sides {
    /// They are: position balance means something.
    Shown,
    /// The recording names winner and loser only.
    Unknown,
}
