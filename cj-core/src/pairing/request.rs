//! What a strategy is asked.

use super::{Estimate, Pair, PairingError, Quotas, Repeats};

/// Everything that decides which comparisons come next.
///
/// ```
/// use cj_core::pairing::{Repeats, Request};
///
/// let mut request = Request::new(30);
/// request.rounds = 2;
/// request.seed = 7;
/// request.repeats = Repeats::Panel;
/// assert_eq!(request.slots(), 30);
/// ```
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Request<'a> {
    /// How many items there are; pairs name them by index.
    pub items: usize,
    /// What was asked so far, in that order. A retry of a failed attempt is not a new question.
    pub asked: &'a [Pair],
    /// The current fit, where there is one.
    pub estimate: Option<Estimate<'a>>,
    /// What each item has won so far, a tie counting half: by this Swiss rounds rank. Empty where nobody knows; they rank by
    /// the fit then.
    pub points: &'a [f64],
    /// At most this many pairs now.
    pub limit: usize,
    /// How many rounds to plan; in a round an item is compared at most once.
    pub rounds: u32,
    /// The seed of the whole batch.
    pub seed: u64,
    /// The number of this wave: it picks the random stream.
    pub wave: u32,
    /// Whether a pair may be asked again.
    pub repeats: Repeats,
    /// The caller's own list, for [`Strategy::Given`](crate::config::Strategy::Given).
    pub given: &'a [Pair],
    /// Which items are anchors, by index; empty when none is.
    pub anchors: &'a [bool],
    /// How much of the budget may go to which kind of pair, where there are anchors.
    pub quotas: Quotas,
    /// Where one grade ends and the next begins, in logits, ascending, for [`Strategy::Anchored`](crate::config::Strategy::Anchored).
    pub thresholds: &'a [f64],
    /// Pairs that can never be answered, in either order.
    pub refused: &'a [Pair],
}

impl<'a> Request<'a> {
    /// The first wave over `items` items: one round, no limit of its own, seed 0, repeats swapped.
    pub fn new(items: usize) -> Self {
        Self {
            items,
            asked: &[],
            estimate: None,
            points: &[],
            limit: usize::MAX,
            rounds: 1,
            seed: 0,
            wave: 0,
            repeats: Repeats::default(),
            given: &[],
            anchors: &[],
            quotas: Quotas::default(),
            thresholds: &[],
            refused: &[],
        }
    }

    /// The same request with its current fit.
    #[must_use]
    pub fn with_estimate(mut self, estimate: Estimate<'a>) -> Self {
        self.estimate = Some(estimate);
        self
    }

    /// The most pairs that this wave can hold: `rounds` times ⌊items / 2⌋, within `limit`.
    pub fn slots(&self) -> usize {
        (self.items / 2).saturating_mul(self.rounds as usize).min(self.limit)
    }

    /// The most pairs that any rule answers with: an anchored round has one for every student.
    pub(super) fn most(&self) -> usize {
        self.items.saturating_mul(self.rounds as usize).min(self.limit)
    }

    /// By what Swiss rounds rank the items; none before anything is known.
    pub(super) fn standing(&self) -> Option<&'a [f64]> {
        if self.points.is_empty() { self.estimate.map(|estimate| estimate.mean()) } else { Some(self.points) }
    }

    pub(super) fn is_anchor(&self, item: u32) -> bool {
        self.anchors.get(item as usize).copied().unwrap_or(false)
    }

    pub(super) fn check(&self) -> Result<(), PairingError> {
        if self.items > MOST_ITEMS {
            return Err(PairingError::TooManyItems { found: self.items, most: MOST_ITEMS });
        }
        check_pairs("asked", self.asked, self.items)?;
        check_pairs("given", self.given, self.items)?;
        check_pairs("refused", self.refused, self.items)?;
        if !self.anchors.is_empty() && self.anchors.len() != self.items {
            return Err(PairingError::Shape { what: "anchors", expected: self.items, found: self.anchors.len() });
        }
        if !self.points.is_empty() && self.points.len() != self.items {
            return Err(PairingError::Shape { what: "points", expected: self.items, found: self.points.len() });
        }
        for (position, &found) in self.thresholds.iter().enumerate() {
            let before = position.checked_sub(1).map_or(f64::NEG_INFINITY, |at| self.thresholds[at]);
            if !found.is_finite() || found <= before {
                return Err(PairingError::Threshold { position, found });
            }
        }
        match self.estimate {
            Some(estimate) if estimate.mean().len() != self.items => {
                let found = estimate.mean().len();
                Err(PairingError::Shape { what: "mean", expected: self.items, found })
            }
            _ => Ok(()),
        }
    }
}

pub(super) fn check_pairs(list: &'static str, pairs: &[Pair], items: usize) -> Result<(), PairingError> {
    for (position, pair) in pairs.iter().enumerate() {
        let item = pair.left.max(pair.right);
        if item as usize >= items {
            return Err(PairingError::UnknownItem { list, position, item, items });
        }
        if pair.left == pair.right {
            return Err(PairingError::SelfPair { list, position, item });
        }
    }
    Ok(())
}

/// Item numbers fit 32 bits, and sums of two of them as well.
const MOST_ITEMS: usize = 1 << 30;
