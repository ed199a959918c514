//! An assessment is completed: the thin event.
use super::ProcessingSummary;
use crate::event::check::At;
use crate::event::contract::sealed::Sealed;
use crate::event::{
    BatchStatus, Contract, ContractError, EventName, OpenMap, SystemProcessingMetadata, Timestamp, Topic,
};
use serde::{Deserialize, Serialize};

/// An assessment is completed. What it found travels in `AssessmentResultV1`.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct CjAssessmentCompletedV1 {
    /// Always `cj_assessment.completed`.
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("const" = event_name())))]
    #[serde(default = "event_name")]
    pub event_name: EventName,
    /// The caller's batch id.
    pub entity_id: Option<String>,
    /// `batch`.
    pub entity_type: Option<String>,
    /// What the batch belongs to.
    pub parent_id: Option<String>,
    /// When it was completed.
    pub timestamp: Timestamp,
    /// `completed_successfully` when a pupil's essay has a score, else `failed_critically`.
    pub status: BatchStatus,
    /// The batch, once more.
    pub system_metadata: SystemProcessingMetadata,
    /// This engine's batch id.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 255)))]
    pub cj_assessment_job_id: String,
    /// How many essays came through; anchors are left out.
    #[serde(default)]
    pub processing_summary: OpenMap,
}

impl CjAssessmentCompletedV1 {
    /// A completed assessment.
    ///
    /// # Errors
    /// A summary that is out of bounds.
    pub fn new(
        system_metadata: SystemProcessingMetadata,
        status: BatchStatus,
        cj_assessment_job_id: &str,
        summary: &ProcessingSummary,
    ) -> Result<Self, ContractError> {
        Ok(Self {
            event_name: event_name(),
            entity_id: Some(system_metadata.entity_id.clone()),
            entity_type: Some(system_metadata.entity_type.clone()),
            parent_id: system_metadata.parent_id.clone(),
            timestamp: system_metadata.timestamp,
            status,
            system_metadata,
            cj_assessment_job_id: cj_assessment_job_id.to_owned(),
            processing_summary: summary.to_map()?,
        })
    }

    /// The summary, typed.
    ///
    /// # Errors
    /// The key that is not of the type that the platform gives it.
    pub fn summary(&self) -> Result<ProcessingSummary, ContractError> {
        self.processing_summary.read(Self::NAME)
    }
}

impl Sealed for CjAssessmentCompletedV1 {}

impl Contract for CjAssessmentCompletedV1 {
    const NAME: &'static str = "CJAssessmentCompletedV1";
    const TOPIC: Topic = Topic::CjAssessmentCompleted;
    const EVENT_TYPE: &'static str = Topic::CjAssessmentCompleted.as_str();

    fn check(&self) -> Result<(), ContractError> {
        let at = At::root(Self::NAME);
        at.field("event_name").equal(&self.event_name, &event_name())?;
        self.system_metadata.check(at.field("system_metadata"))?;
        at.field("cj_assessment_job_id").foreign_id(&self.cj_assessment_job_id)
    }
}

const fn event_name() -> EventName {
    EventName::CjAssessmentCompleted
}
