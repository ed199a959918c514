use serde::{Deserialize, Serialize};

use super::score::{Diagnostics, ItemScore, JudgeFit, OrderEffect, Reliability, ScoringSettings, TieParameter};

/// The result of a batch: what `cj run` and `cj results --format json` print (`run.v1`).
///
/// The fields of `score.v1`, and those of the batch. Every field is always there. A figure that could not be computed
/// is null, and `warnings` says why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RunOutput {
    /// Whether the judgements were made up from known qualities: such a result says nothing about the essays.
    pub simulated: bool,
    /// The batch and how far it came.
    pub batch: BatchSummary,
    /// The essays, best first; equal scores in the order of their ids.
    pub items: Vec<ItemScore>,
    /// The judges, in the order of their ids.
    pub judges: Vec<JudgeFit>,
    /// How far the scale can be trusted.
    pub reliability: Reliability,
    /// The grades, in the order of `items`; empty where none can be projected.
    pub grades: Vec<GradeProjection>,
    /// The advantage of the left side; null where it was not estimated.
    pub order_effect: Option<OrderEffect>,
    /// The tie parameter; null where ties were not modelled.
    pub tie_parameter: Option<TieParameter>,
    /// How the last fit went.
    pub diagnostics: Diagnostics,
    /// What the judging used up; null where nobody counts it.
    pub cost: Option<Cost>,
    /// What the figures depend on.
    pub settings: RunSettings,
    /// What a reader of the figures must know, one sentence each.
    pub warnings: Vec<String>,
}

/// A batch and how far it came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BatchSummary {
    /// The batch's id.
    pub id: String,
    /// `INITIALIZING`, `GENERATING_PAIRS`, `WAITING_CALLBACKS`, `SCORING`, `COMPLETED`, `FAILED` or `CANCELLED`.
    pub phase: String,
    /// Why it ended; null while it has not.
    pub reason: Option<String>,
    /// Questions asked, repeated attempts included.
    pub asked: u64,
    /// Questions answered with a verdict.
    pub decided: u64,
    /// Questions that failed for good.
    pub failed: u64,
    /// How many questions may be asked in all.
    pub budget: u64,
    /// Waves planned.
    pub waves: u64,
    /// What was erased of it: `texts`, or `texts_and_scores`; null while everything is kept.
    pub erased: Option<String>,
}

/// One essay's grade, as a distribution over the grades of the scale.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GradeProjection {
    /// The essay.
    pub id: String,
    /// The most probable grade.
    pub grade: String,
    /// The grade with a half step, where the scale has those.
    pub fine_grade: Option<String>,
    /// Probability of `grade`.
    pub probability: f64,
    /// Probability of `grade` or one of its neighbours.
    pub within_one_step: f64,
    /// `HIGH`, `MID` or `LOW`, from `probability`.
    pub label: String,
    /// Distance of the score to the nearest threshold, in standard errors.
    pub threshold_distance: Option<f64>,
    /// The grade's place on the scale from 0 (lowest) to 1 (highest).
    pub normalized_score: Option<f64>,
    /// The probability of every grade of the scale, lowest first; the sum is 1.
    pub probabilities: Vec<GradeProbability>,
}

/// The probability of one grade.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GradeProbability {
    /// The grade.
    pub grade: String,
    /// Its probability.
    pub probability: f64,
}

/// What the judging used up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Cost {
    /// Questions sent to judges.
    pub questions: u64,
    /// Tokens read by the model.
    pub input_tokens: Option<u64>,
    /// Tokens written by the model.
    pub output_tokens: Option<u64>,
    /// Money spent, in US dollars.
    pub usd: Option<f64>,
}

/// What the figures of a batch depend on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RunSettings {
    /// The folder, manifest or recording that the essays came from, as it was named.
    pub essays: String,
    /// Who judged, in the notation of `--judge`.
    pub judge: String,
    /// The pairing strategy.
    pub strategy: String,
    /// The grade scale; null without grades.
    pub scale: Option<String>,
    /// The file of anchors, as it was named.
    pub anchors: Option<String>,
    /// The lower bound of the reliability at which the batch stops.
    pub target_reliability: Option<f64>,
    /// How many essays were drawn from the manifest; null for all.
    pub sample: Option<u64>,
    /// SHA-256 of the prompt, in lower-case hexadecimal digits; null without one.
    pub prompt_sha256: Option<String>,
    /// SHA-256 of the rubric, in lower-case hexadecimal digits; null without one.
    pub rubric_sha256: Option<String>,
    /// The seed of everything drawn at random.
    pub seed: u64,
    /// The model and how it was estimated.
    pub scoring: ScoringSettings,
}
