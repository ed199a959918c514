/// What a judge said of the pair that was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "there are exactly three answers to `A or B?`")]
pub enum Outcome {
    /// The item shown first is better.
    Left,
    /// The item shown second is better.
    Right,
    /// Neither is better.
    Tie,
}

/// One judgement, as it was made: which item was shown first, and what the judge said.
///
/// ```
/// use cj_core::scoring::{Judgement, Outcome};
/// let judgement = Judgement::new("essay 1", "essay 2", Outcome::Left).by("Ada").weighted(2.0).taking(9_300.0);
/// assert_eq!(judgement.judge(), Some("Ada"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judgement<'a> {
    left: &'a str,
    right: &'a str,
    outcome: Outcome,
    weight: f64,
    judge: Option<&'a str>,
    milliseconds: Option<f64>,
}

impl<'a> Judgement<'a> {
    /// A judgement of weight 1 by nobody in particular.
    pub fn new(left: &'a str, right: &'a str, outcome: Outcome) -> Self {
        Self { left, right, outcome, weight: 1.0, judge: None, milliseconds: None }
    }

    /// The same judgement counting as `weight` judgements; below 1e-150 as none.
    #[must_use]
    pub fn weighted(self, weight: f64) -> Self {
        Self { weight, ..self }
    }

    /// The same judgement with the name of who made it.
    #[must_use]
    pub fn by(self, judge: &'a str) -> Self {
        Self { judge: Some(judge), ..self }
    }

    /// The same judgement with the time it took, in milliseconds.
    #[must_use]
    pub fn taking(self, milliseconds: f64) -> Self {
        Self { milliseconds: Some(milliseconds), ..self }
    }

    /// Item shown first.
    pub fn left(&self) -> &'a str {
        self.left
    }

    /// Item shown second.
    pub fn right(&self) -> &'a str {
        self.right
    }

    /// What the judge said.
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// How many judgements this one counts for.
    pub fn weight(&self) -> f64 {
        self.weight
    }

    /// Who judged.
    pub fn judge(&self) -> Option<&'a str> {
        self.judge
    }

    /// How long it took, in milliseconds.
    pub fn milliseconds(&self) -> Option<f64> {
        self.milliseconds
    }
}

/// The outcomes of one ordered pair: `left` was shown first.
///
/// The counts are weights, so they need not be whole. Indices are positions in the list of items.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct PairCount {
    /// Index of the item shown first.
    pub left: usize,
    /// Index of the item shown second.
    pub right: usize,
    /// Weight of the judgements that the left item won.
    pub wins_left: f64,
    /// Weight of the judgements that the right item won.
    pub wins_right: f64,
    /// Weight of the judgements without a winner.
    pub ties: f64,
}

impl PairCount {
    /// Counts of a pair without ties.
    pub fn new(left: usize, right: usize, wins_left: f64, wins_right: f64) -> Self {
        Self { left, right, wins_left, wins_right, ties: 0.0 }
    }

    /// The same counts with `ties` judgements without a winner.
    #[must_use]
    pub fn with_ties(self, ties: f64) -> Self {
        Self { ties, ..self }
    }

    /// Weight of all judgements of the pair.
    pub fn total(&self) -> f64 {
        self.wins_left + self.wins_right + self.ties
    }

    pub(crate) fn add(&mut self, outcome: Outcome, weight: f64) {
        match outcome {
            Outcome::Left => self.wins_left += weight,
            Outcome::Right => self.wins_right += weight,
            Outcome::Tie => self.ties += weight,
        }
    }
}
