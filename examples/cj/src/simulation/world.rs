use std::collections::BTreeMap;
use std::sync::Arc;

use cj_core::pairing::Pair;

use super::Recording;
use super::dice::Dice;
use super::measure::normal_quantile;

/// How simulated judges err: P(left) = (1 − lapse)·σ(θₗ − θᵣ + order) + lapse/2.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "every trait is an option of the command line")]
pub struct Judges {
    /// The share of questions that are answered without looking.
    pub lapse: f64,
    /// What the item shown first is favoured by, in logits.
    pub order_effect: f64,
}

/// The items of one repetition as they truly are, and who answers about them.
#[derive(Debug, Clone)]
pub(super) enum World {
    Drawn { truth: Vec<f64>, judges: Judges },
    Recorded { recording: Arc<Recording>, asked: BTreeMap<(u32, u32), usize> },
}

impl World {
    /// Items whose true scores are drawn from N(0, sd²).
    pub(super) fn drawn(items: usize, sd: f64, judges: Judges, dice: &mut Dice) -> Self {
        Self::Drawn { truth: (0..items).map(|_| sd * dice.normal()).collect(), judges }
    }

    /// Items that are drawn likewise, after reference items at the quantiles of N(0, sd²).
    pub(super) fn placed(anchors: usize, items: usize, sd: f64, judges: Judges, dice: &mut Dice) -> Self {
        let quantile = |anchor: usize| sd * normal_quantile((anchor as f64 + 0.5) / anchors as f64);
        let drawn = (0..items).map(|_| sd * dice.normal());
        Self::Drawn { truth: (0..anchors).map(quantile).chain(drawn).collect(), judges }
    }

    pub(super) fn recorded(recording: Arc<Recording>) -> Self {
        Self::Recorded { recording, asked: BTreeMap::new() }
    }

    pub(super) fn truth(&self) -> &[f64] {
        match self {
            Self::Drawn { truth, .. } => truth,
            Self::Recorded { recording, .. } => recording.truth(),
        }
    }

    /// Whether the left item of a pair wins.
    pub(super) fn left_wins(&mut self, pair: Pair, dice: &mut Dice) -> bool {
        match self {
            Self::Drawn { truth, judges } => {
                let lead = truth[pair.left as usize] - truth[pair.right as usize] + judges.order_effect;
                let p = (1.0 - judges.lapse) / (1.0 + (-lead).exp()) + 0.5 * judges.lapse;
                dice.uniform() < p
            }
            Self::Recorded { recording, asked } => {
                let times = asked.entry(pair.unordered()).or_default();
                *times += 1;
                recording.left_wins(pair, *times - 1)
            }
        }
    }

    /// Pairs that nobody can answer.
    pub(super) fn refused(&self) -> &[Pair] {
        match self {
            Self::Drawn { .. } => &[],
            Self::Recorded { recording, .. } => recording.missing(),
        }
    }
}
