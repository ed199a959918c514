//! A fitted scale as a value.

use serde::{Deserialize, Serialize};

use crate::id::EssayId;

/// A scale fitted to the verdicts up to a watermark.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[expect(clippy::exhaustive_structs, reason = "stores and reports carry every field")]
pub struct ScoreSheet {
    /// How many counted verdicts of the batch it rests on: those numbered 1 to this.
    pub watermark: u32,
    /// One row per essay that was compared, in order of essay id.
    pub essays: Vec<EssayScore>,
    /// How the fit went.
    pub fit: FitSummary,
    /// The classical figures of separation, or none with a reason among the warnings.
    pub separation: Option<SeparationSummary>,
    /// The honest reliability, or none with a reason among the warnings.
    pub reliability: Option<HonestReliability>,
    /// The largest move of a score since the wave before, in logits.
    pub max_change: Option<f64>,
    /// What a reader must know.
    pub warnings: Vec<String>,
}

/// One essay on the scale.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[expect(clippy::exhaustive_structs, reason = "stores and reports carry every field")]
pub struct EssayScore {
    /// Which essay.
    pub essay_id: EssayId,
    /// Its score, in logits.
    pub score: f64,
    /// The standard error of the score.
    pub se: f64,
    /// Its rank among all, 1 the best.
    pub rank: u32,
    /// The best rank of its 90 % interval.
    pub rank_low: u32,
    /// The worst rank of its 90 % interval.
    pub rank_high: u32,
    /// Counted verdicts that it took part in.
    pub comparisons: u32,
    /// Those it won.
    pub wins: u32,
    /// Those it lost.
    pub losses: u32,
    /// Those that were ties.
    pub ties: u32,
    /// Information-weighted mean square of its residuals; 1 is expected.
    pub infit: Option<f64>,
    /// Unweighted mean square of its residuals; 1 is expected.
    pub outfit: Option<f64>,
}

/// How a fit went.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[expect(clippy::exhaustive_structs, reason = "stores and reports carry every field")]
pub struct FitSummary {
    /// The estimator, for instance `sd=2`.
    pub prior: String,
    /// Log-likelihood at the estimate.
    pub log_likelihood: f64,
    /// Newton steps taken.
    pub iterations: u32,
    /// Largest component of the gradient left; none for an estimate that maximises nothing.
    pub max_gradient: Option<f64>,
    /// Groups of essays that were never compared with each other, largest first; one group is a connected design.
    pub components: Vec<Vec<EssayId>>,
}

/// The classical figures of separation, from an unshrunk fit.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[expect(clippy::exhaustive_structs, reason = "stores and reports carry every field")]
pub struct SeparationSummary {
    /// Scale separation reliability: 1 − RMSE²/SD².
    pub ssr: f64,
    /// The other printed form.
    pub ssr_alternative: f64,
    /// The estimator of the unshrunk fit.
    pub ssr_basis: String,
    /// Separation G: true spread over error.
    pub separation: f64,
    /// Strata H = (4G + 1)/3.
    pub strata: f64,
}

/// Reliability that stays true under adaptive pairing: posterior of r² between estimated and true scores.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[expect(clippy::exhaustive_structs, reason = "stores and reports carry every field")]
pub struct HonestReliability {
    /// Its median.
    pub median: f64,
    /// Its 10 % quantile.
    pub low: f64,
    /// Its 90 % quantile.
    pub high: f64,
    /// The probability that the spread of true scores is under 0.3 logits: no signal.
    pub p_no_signal: f64,
    /// The standard deviation of true scores.
    pub latent_sd: f64,
}
