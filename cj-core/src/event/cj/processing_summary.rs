//! How many essays came through.
use crate::event::{ContractError, OpenMap, check::At};
use serde::{Deserialize, Serialize};

/// How many essays of a batch came through, and which.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
#[serde(default)]
pub struct ProcessingSummary {
    /// Pupils' essays that were asked for.
    pub total_essays: u32,
    /// Those with a score.
    pub successful: u32,
    /// Those without.
    pub failed: u32,
    /// Ids of those with a score.
    pub successful_essay_ids: Vec<String>,
    /// Ids of those without.
    pub failed_essay_ids: Vec<String>,
    /// From request to completion, in seconds.
    pub processing_time_seconds: f64,
    /// Whether there was but one essay, and so nothing to compare.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub single_essay_batch: Option<bool>,
    /// Why the assessment stopped where it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completion_reason: Option<String>,
}

impl ProcessingSummary {
    /// Counts follow from the ids.
    pub fn new(successful: Vec<String>, failed: Vec<String>, processing_time_seconds: f64) -> Self {
        let count = |ids: &[String]| u32::try_from(ids.len()).unwrap_or(u32::MAX);
        Self {
            total_essays: count(&successful).saturating_add(count(&failed)),
            successful: count(&successful),
            failed: count(&failed),
            successful_essay_ids: successful,
            failed_essay_ids: failed,
            processing_time_seconds,
            single_essay_batch: None,
            completion_reason: None,
        }
    }

    pub(super) fn to_map(&self) -> Result<OpenMap, ContractError> {
        let at = At::root(NAME);
        at.field("processing_time_seconds").not_negative(self.processing_time_seconds)?;
        OpenMap::of(NAME, self)
    }
}

const NAME: &str = "CJAssessmentCompletedV1.processing_summary";
