//! An assessment failed.
use super::FailureInfo;
use crate::event::check::At;
use crate::event::contract::sealed::Sealed;
use crate::event::{
    BatchStatus, Contract, ContractError, EventName, ProcessingStage, SystemProcessingMetadata, Timestamp, Topic,
};
use serde::{Deserialize, Serialize};

/// An assessment failed. The reason is in `system_metadata.error_info`.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct CjAssessmentFailedV1 {
    /// Always `cj_assessment.failed`.
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("const" = event_name())))]
    #[serde(default = "event_name")]
    pub event_name: EventName,
    /// The caller's batch id.
    pub entity_id: Option<String>,
    /// `batch`.
    pub entity_type: Option<String>,
    /// What the batch belongs to.
    pub parent_id: Option<String>,
    /// When it failed.
    pub timestamp: Timestamp,
    /// `failed_critically`.
    pub status: BatchStatus,
    /// The batch, once more, and what went wrong.
    pub system_metadata: SystemProcessingMetadata,
    /// This engine's batch id.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 255)))]
    pub cj_assessment_job_id: String,
}

impl CjAssessmentFailedV1 {
    /// A failed assessment.
    ///
    /// # Errors
    /// A reason that is out of bounds.
    pub fn new(
        mut system_metadata: SystemProcessingMetadata,
        cj_assessment_job_id: &str,
        failure: &FailureInfo,
    ) -> Result<Self, ContractError> {
        system_metadata.processing_stage = Some(ProcessingStage::Failed);
        system_metadata.error_info = failure.to_map()?;
        Ok(Self {
            event_name: event_name(),
            entity_id: Some(system_metadata.entity_id.clone()),
            entity_type: Some(system_metadata.entity_type.clone()),
            parent_id: system_metadata.parent_id.clone(),
            timestamp: system_metadata.timestamp,
            status: BatchStatus::FailedCritically,
            system_metadata,
            cj_assessment_job_id: cj_assessment_job_id.to_owned(),
        })
    }

    /// What went wrong, typed; what other senders wrote is found in `system_metadata.error_info`.
    ///
    /// # Errors
    /// The key that is missing or not of the type that this engine gives it.
    pub fn failure(&self) -> Result<FailureInfo, ContractError> {
        self.system_metadata.error_info.read(Self::NAME)
    }
}

impl Sealed for CjAssessmentFailedV1 {}

impl Contract for CjAssessmentFailedV1 {
    const NAME: &'static str = "CJAssessmentFailedV1";
    const TOPIC: Topic = Topic::CjAssessmentFailed;
    const EVENT_TYPE: &'static str = Topic::CjAssessmentFailed.as_str();

    fn check(&self) -> Result<(), ContractError> {
        let at = At::root(Self::NAME);
        at.field("event_name").equal(&self.event_name, &event_name())?;
        self.system_metadata.check(at.field("system_metadata"))?;
        at.field("cj_assessment_job_id").foreign_id(&self.cj_assessment_job_id)
    }
}

const fn event_name() -> EventName {
    EventName::CjAssessmentFailed
}
