//! How an assessment was made.
use crate::event::text::wire_enum;
use crate::event::{ContractError, OpenMap, check::At};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

wire_enum! {
    /// Where the boundaries of the grades come from.
    CalibrationMethod {
        /// From anchors of known grade.
        Anchor = "anchor",
        /// There were no anchors, and so no grades.
        Default = "default",
    }
}

/// How an assessment was made: what this engine writes into `assessment_metadata`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
#[serde(default)]
pub struct AssessmentMetadata {
    /// Anchors among the essays.
    pub anchor_essays_used: u32,
    /// Where the boundaries of the grades come from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calibration_method: Option<CalibrationMethod>,
    /// Anchors of each grade.
    pub anchor_grade_distribution: BTreeMap<String, u32>,
    /// Verdicts that the scores rest on: those that were given, not those that are possible.
    pub comparison_count: u32,
    /// From request to completion, in seconds.
    pub processing_duration_seconds: Option<f64>,
    /// Temperature that the judge was asked to work at.
    pub llm_temperature: Option<f64>,
    /// Assignment, as in the event itself.
    pub assignment_id: Option<String>,
    /// Course, as in the request.
    pub course_code: Option<String>,
}

impl AssessmentMetadata {
    /// The same as the open map that travels.
    ///
    /// # Errors
    /// A number that is none.
    pub fn to_map(&self) -> Result<OpenMap, ContractError> {
        let at = At::root(NAME);
        if let Some(seconds) = self.processing_duration_seconds {
            at.field("processing_duration_seconds").not_negative(seconds)?;
        }
        if let Some(temperature) = self.llm_temperature {
            at.field("llm_temperature").not_negative(temperature)?;
        }
        OpenMap::of(NAME, self)
    }
}

pub(super) const NAME: &str = "AssessmentResultV1.assessment_metadata";
