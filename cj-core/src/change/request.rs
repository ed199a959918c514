//! What judges are told.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::EssayId;

/// What judges are told and how, kept because later waves need it.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
#[expect(clippy::exhaustive_structs, reason = "callers construct it")]
pub struct RequestSnapshot {
    /// The assignment text that the pupils had.
    pub student_prompt: Option<String>,
    /// Criteria of assessment.
    pub instructions: Option<String>,
    /// What the judge is told about judging.
    pub judge_rubric: Option<String>,
    /// The topic that answers are expected on.
    pub callback_topic: Option<String>,
    /// The provider of the judge, for instance `anthropic`.
    pub provider: Option<String>,
    /// The model of the judge.
    pub model: Option<String>,
    /// Its temperature, from 0 to 2.
    pub temperature: Option<f64>,
    /// Its system prompt.
    pub system_prompt: Option<String>,
    /// The longest answer, in tokens.
    pub max_tokens: Option<u32>,
    /// How hard it thinks: `none`, `low`, `medium` or `high`.
    pub reasoning_effort: Option<String>,
    /// How much it says: `low`, `medium` or `high`.
    pub output_verbosity: Option<String>,
    /// The grade scale of the assignment.
    pub grade_scale: Option<String>,
    /// The comparisons to ask, in this order and with these sides, repeats included, instead of those that a strategy
    /// would choose; empty: the strategy chooses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub given: Vec<GivenPair>,
    /// What the caller wants to find again with the batch; nothing is decided by it, and judges do not see it.
    pub labels: BTreeMap<String, String>,
}

/// One comparison that the caller wants to be asked.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[expect(clippy::exhaustive_structs, reason = "callers construct it")]
pub struct GivenPair {
    /// The essay shown first.
    pub essay_a: EssayId,
    /// The essay shown second.
    pub essay_b: EssayId,
}
