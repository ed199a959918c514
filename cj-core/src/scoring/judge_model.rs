use super::judge_chain::JudgeChain;
use super::judge_posterior::JudgePosterior;
use super::posterior::MOST_ITEMS;
use super::{Judgements, Sampling, ScoringError};

/// A Bradley–Terry model in which judges differ: each may prefer a side, tell finer or coarser differences, and lapse.
///
/// `P(left ≻ right | judge j) = (1 − ε_j) σ(α_j (θ_left − θ_right) + γ_j) + ε_j/2`
///
/// | | of judge j | shrunk to the panel by | source |
/// |---|---|---|---|
/// | order effect | `γ_j`, logits in favour of the item shown first | `γ_j ~ N(γ, τ²)`, γ ~ N(0, 1), τ ~ half-N(1) | Davidson & Beaver (1977), *Biometrics* 33, 693–702 |
/// | discrimination | `α_j`, 1 that of a typical judge | `log α_j ~ N(0, s²)`, s ~ half-N(½) | Chen, Bennett, Collins-Thompson & Horvitz (2013), *WSDM*, 193–202 |
/// | lapse rate | `ε_j`, the share of answers given by a coin | `logit ε_j ~ N(μ, q²)`, μ ~ N(−3.5, 1), q ~ half-N(1) | Wichmann & Hill (2001), *Perception & Psychophysics* 63, 1293–1313 |
///
/// What is not asked for is as in [`Model`](super::Model): `γ_j = 0`, `α_j = 1`, `ε_j = 0`. Scores are θ ~ N(0, σ²),
/// σ ~ half-N(2.5), as in [`Model::posterior`](super::Model::posterior); everything is estimated by its posterior mean,
/// drawn by Gibbs sampling (Pólya–Gamma for scores and order effects, which way an answer came about for lapses, slices
/// for the rest). Ties are left out. A judgement of weight w lapses, or does not, as a whole.
///
/// Forty judgements of a judge say little about discrimination or lapses: look at the standard errors before blaming
/// anybody. Asked for both, the model can hardly tell a judge who lapses from a blunt one, unless pairs lie far apart.
///
/// ```
/// use cj_core::scoring::{JudgeModel, Judgement, Judgements, Outcome, Sampling};
/// // Ada and Bo say what they think; Cy takes whatever is on the left, three times out of four.
/// let items = ["a", "b", "c", "d", "e"];
/// let mut rows = Vec::new();
/// for (at, better) in items.iter().enumerate() {
///     for worse in &items[at + 1..] {
///         for judge in ["Ada", "Bo"] {
///             rows.push(Judgement::new(better, worse, Outcome::Left).by(judge));
///             rows.push(Judgement::new(worse, better, Outcome::Right).by(judge));
///         }
///         rows.push(Judgement::new(better, worse, Outcome::Left).by("Cy"));
///         rows.push(Judgement::new(worse, better, Outcome::Left).by("Cy"));
///     }
/// }
/// let judgements = Judgements::new(rows)?;
/// let found = JudgeModel::new().order_effects().posterior(&judgements, Sampling::seeded(1).until_error(0.02))?;
/// let order: Vec<_> = found.judges().iter().filter_map(|judge| judge.order_effect).collect();
/// assert!(order[2].estimate > 1.0 && order[0].estimate.abs() < 1.0);
/// assert!(found.fit().scores().is_sorted_by(|a, b| a > b));
/// # Ok::<(), cj_core::scoring::ScoringError>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[must_use]
pub struct JudgeModel {
    pub(crate) has_orders: bool,
    pub(crate) has_discriminations: bool,
    pub(crate) has_lapses: bool,
}

impl JudgeModel {
    /// A model in which judges do not differ yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives each judge an order effect.
    ///
    /// Only where the judgements say which item was shown first.
    pub fn order_effects(self) -> Self {
        Self { has_orders: true, ..self }
    }

    /// Gives each judge a discrimination.
    pub fn discriminations(self) -> Self {
        Self { has_discriminations: true, ..self }
    }

    /// Gives each judge a rate of lapses.
    pub fn lapses(self) -> Self {
        Self { has_lapses: true, ..self }
    }

    /// Draws from the posterior of scores and judges.
    ///
    /// # Errors
    /// [`ScoringError::Unnamed`] for judgements without a judge, [`ScoringError::TooLarge`] above 1,200 items, and
    /// [`ScoringError::Setting`] for a sampling out of range.
    pub fn posterior(self, judgements: &Judgements, sampling: Sampling) -> Result<JudgePosterior, ScoringError> {
        sampling.check()?;
        let items = judgements.items().len();
        if items > MOST_ITEMS {
            return Err(ScoringError::TooLarge { what: "the model of judges", items, limit: MOST_ITEMS });
        }
        let all: f64 = judgements.total();
        let named: f64 = judgements.records().iter().map(|record| record.weight).sum();
        if all - named > 1e-9 * all {
            return Err(ScoringError::Unnamed { judgements: all - named });
        }
        JudgePosterior::draw(judgements, JudgeChain::new(judgements, self, sampling.seed), sampling)
    }
}
