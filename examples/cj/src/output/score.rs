use serde::{Deserialize, Serialize};

/// The result of fitting a model to judgements: what `cj score --format json` prints (`score.v1`).
///
/// Every field is always there. A figure that could not be computed is null, and `warnings` says why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ScoreOutput {
    /// The items, best first; equal scores in the order of their ids.
    pub items: Vec<ItemScore>,
    /// The judges, in the order of their ids; empty where the judgements name none.
    pub judges: Vec<JudgeFit>,
    /// How far the scale can be trusted.
    pub reliability: Reliability,
    /// The advantage of the left side; null where it was not estimated.
    pub order_effect: Option<OrderEffect>,
    /// The tie parameter; null where ties were not modelled.
    pub tie_parameter: Option<TieParameter>,
    /// How the fit went.
    pub diagnostics: Diagnostics,
    /// What the figures depend on.
    pub settings: ScoreSettings,
    /// What a reader of the figures must know, one sentence each.
    pub warnings: Vec<String>,
}

/// One item on the scale. Scores are logits: a difference of 1 is won 73 times in 100.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ItemScore {
    /// The item's name in the input.
    pub id: String,
    /// Estimated ability in logits; null for an item that the data do not place.
    pub score: Option<f64>,
    /// Standard error of the score, in logits.
    pub se: Option<f64>,
    /// Place in the ranking, 1 = best; equal scores share the better place.
    pub rank: Option<u64>,
    /// Best place of the 90 % interval of the rank.
    pub rank_low: Option<u64>,
    /// Worst place of the 90 % interval of the rank.
    pub rank_high: Option<u64>,
    /// Judgements the item took part in, ties included; weights do not change this count.
    pub comparisons: u64,
    /// Judgements won.
    pub wins: u64,
    /// Judgements lost.
    pub losses: u64,
    /// Judgements tied.
    pub ties: u64,
    /// Information-weighted mean squared residual; 1 is expected, above 1 is noisier.
    pub infit: Option<f64>,
    /// Unweighted mean squared residual; 1 is expected, sensitive to single surprises.
    pub outfit: Option<f64>,
}

/// One judge: how much and how well they judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct JudgeFit {
    /// The judge's name in the input.
    pub id: String,
    /// Judgements made.
    pub judgements: u64,
    /// Share of decided judgements that the left side won; null where the input does not say which side was left.
    pub share_left: Option<f64>,
    /// This judge's own advantage of the left side, in logits.
    pub order_effect: Option<f64>,
    /// Information-weighted mean squared residual.
    pub infit: Option<f64>,
    /// Unweighted mean squared residual.
    pub outfit: Option<f64>,
    /// Share of the decided judgements that agree with what most other judges said of the pair.
    pub agreement: Option<f64>,
    /// Median time per judgement in milliseconds.
    pub median_ms: Option<f64>,
    /// What is unusual about this judge, each with the rule it comes from.
    pub flags: Vec<String>,
}

/// How far the scale can be trusted. 0 is noise, 1 is exact.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Reliability {
    /// Median of the squared correlation of the scores with what the truth may be (hierarchical Bayes): the headline.
    pub honest: Option<f64>,
    /// Its 10 % quantile.
    pub honest_low: Option<f64>,
    /// Its 90 % quantile.
    pub honest_high: Option<f64>,
    /// Scale separation reliability, 1 − RMSE²/SD², from an unshrunk fit. Flatters under adaptive pairing.
    pub ssr: Option<f64>,
    /// The other printed form, v0/(v0 + v2).
    pub ssr_alternative: Option<f64>,
    /// The fit that the separation figures come from: `mle` where it exists, else `sirt`.
    pub ssr_basis: Option<String>,
    /// Separation G: standard deviation of the true scores over the root mean square error.
    pub separation: Option<f64>,
    /// Strata H = (4G + 1)/3: levels that can be told apart.
    pub strata: Option<f64>,
    /// Correlation of the scores of two halves of the judges, stepped up (Spearman–Brown); median of 100 splits.
    pub split_half: Option<f64>,
    /// Estimated standard deviation of the true scores, in logits.
    pub latent_sd: Option<f64>,
}

/// The advantage of the left side, in logits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OrderEffect {
    /// γ: added to the left item's score.
    pub estimate: f64,
    /// Its standard error.
    pub se: Option<f64>,
    /// Probability that the left one of two equal items wins.
    pub p_first: f64,
}

/// The parameter of the tie model: log ν of Davidson's, log η of Rao and Kupper's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TieParameter {
    /// The estimate.
    pub estimate: f64,
    /// Its standard error.
    pub se: Option<f64>,
}

/// How the fit went and what the data allow.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Diagnostics {
    /// Log-likelihood of the judgements at the estimate, without the prior's part.
    pub log_likelihood: Option<f64>,
    /// Iterations of the solver.
    pub iterations: u64,
    /// Largest absolute gradient left: the accuracy that was reached.
    pub max_gradient: Option<f64>,
    /// The groups of items that judgements connect, largest first, each with its ids. One group is what a scale needs.
    pub components: Vec<Vec<String>>,
    /// Items without a judgement.
    pub isolated: Vec<String>,
}

/// What the figures of a scoring depend on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ScoreSettings {
    /// The file of judgements, as it was named.
    pub judgements: String,
    /// Judgements read from it.
    pub rows: u64,
    /// The seed of everything drawn at random.
    pub seed: u64,
    /// The model and how it was estimated.
    pub scoring: ScoringSettings,
}

/// The model and how it was estimated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ScoringSettings {
    /// The prior in the notation of `--prior`: `eb`, `none`, `sd=2`, `logistic=2`, `firth` or `sirt`.
    pub prior: String,
    /// What was done with ties: `drop`, `davidson` or `rao-kupper`.
    pub ties: String,
    /// The convention of Davidson's model with an order effect, 0 or 0.5; null without one.
    pub davidson_order: Option<f64>,
    /// Whether an order effect was estimated.
    pub order_effect: bool,
    /// The frame of the standard errors: `centred` (sum to zero), `absolute` or `sirt`.
    pub se: String,
    /// Whether each judge has an order effect of their own.
    pub by_judge: bool,
    /// The file of anchors, as it was named.
    pub anchors: Option<String>,
}
