use std::sync::Arc;

use cj_core::config::Strategy;
use cj_core::pairing::Repeats;

use super::{Judges, Recording};

/// One way of spending comparisons, to be simulated many times.
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_structs, reason = "every field is an option of the command line")]
pub struct Design {
    /// How the comparisons are chosen.
    pub strategy: Strategy,
    /// Who answers about what.
    pub subject: Subject,
    /// How many batches are simulated.
    pub repetitions: usize,
    /// The seed of truths, answers and pairs. Designs with the same seed and subject meet the same truths.
    pub seed: u64,
    /// Rounds in a wave: scores are fitted after each wave.
    pub rounds: u32,
    /// Whether pairs may be asked again.
    pub repeats: Repeats,
    /// The standard deviation of the prior of the scores.
    pub prior_sd: f64,
    /// The most comparisons per item.
    pub most: f64,
    /// What is measured besides the true reliability, and how often.
    pub looks: Looks,
}

/// Who answers about what.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Subject {
    /// Items whose true scores are drawn from N(0, sd²) in each repetition.
    Drawn {
        /// Number of items.
        items: usize,
        /// Standard deviation of the true scores, in logits.
        sd: f64,
        /// How the judges err.
        judges: Judges,
    },
    /// New items, drawn likewise, that are placed among reference items whose scores are known.
    Placed {
        /// Number of new items.
        items: usize,
        /// Number of reference items: they stand at the quantiles of N(0, sd²).
        anchors: usize,
        /// Standard deviation of the true scores, in logits.
        sd: f64,
        /// How the judges err.
        judges: Judges,
    },
    /// The items of a recorded tournament.
    Recorded(Arc<Recording>),
}

impl Subject {
    /// How many items there are whose scores are asked for.
    pub fn items(&self) -> usize {
        match self {
            Self::Drawn { items, .. } | Self::Placed { items, .. } => *items,
            Self::Recorded(recording) => recording.truth().len(),
        }
    }

    /// How many items there are beside them, whose scores are known. They come first.
    pub fn anchors(&self) -> usize {
        match self {
            Self::Placed { anchors, .. } => *anchors,
            _ => 0,
        }
    }

    /// How many of [`Self::items`] a comparison is about: one of them where the other is a reference item.
    pub fn items_compared(&self) -> usize {
        if self.anchors() > 0 { 1 } else { 2 }
    }

    /// Whether an order effect is fitted: only where the judges have one.
    pub(super) fn has_order_effect(&self) -> bool {
        matches!(self, Self::Drawn { judges, .. } | Self::Placed { judges, .. } if judges.order_effect != 0.0)
    }
}

/// What a simulated analyst reports, and how often.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "every field is an option of the command line")]
pub struct Looks {
    /// Comparisons per item between two looks at the separation reliability; none without.
    pub ssr_every: Option<f64>,
    /// Comparisons per item between two looks at the honest reliability, which takes thousands of draws each; none without.
    pub honest_every: Option<f64>,
}
