//! The whole pipeline ended for a batch.
use crate::event::check::At;
use crate::event::contract::sealed::Sealed;
use crate::event::{BatchStatus, Contract, ContractError, EventName, SystemProcessingMetadata, Topic};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The whole pipeline ended for a batch.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct BatchPipelineCompletedV1 {
    /// Always `batch.pipeline.completed`.
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("const" = event_name())))]
    #[serde(default = "event_name")]
    pub event: EventName,
    /// The batch.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 255)))]
    pub batch_id: String,
    /// Phases that were run, as free texts.
    pub completed_phases: Vec<String>,
    /// How it ended.
    pub final_status: BatchStatus,
    /// Time that the pipeline took, in seconds.
    #[cfg_attr(feature = "schema", schemars(range(min = 0.0)))]
    pub processing_duration_seconds: f64,
    /// Essays that came through.
    pub successful_essay_count: u32,
    /// Essays that did not.
    pub failed_essay_count: u32,
    /// What ties it to the pipeline.
    pub correlation_id: Uuid,
    /// The batch, once more.
    pub metadata: SystemProcessingMetadata,
}

impl BatchPipelineCompletedV1 {
    /// The end of a pipeline; essays are counted as none.
    pub fn new(
        metadata: SystemProcessingMetadata,
        completed_phases: Vec<String>,
        final_status: BatchStatus,
        processing_duration_seconds: f64,
        correlation_id: Uuid,
    ) -> Self {
        Self {
            event: event_name(),
            batch_id: metadata.entity_id.clone(),
            completed_phases,
            final_status,
            processing_duration_seconds,
            successful_essay_count: 0,
            failed_essay_count: 0,
            correlation_id,
            metadata,
        }
    }
}

impl Sealed for BatchPipelineCompletedV1 {}

impl Contract for BatchPipelineCompletedV1 {
    const NAME: &'static str = "BatchPipelineCompletedV1";
    const TOPIC: Topic = Topic::BatchPipelineCompleted;
    const EVENT_TYPE: &'static str = Topic::BatchPipelineCompleted.as_str();

    fn check(&self) -> Result<(), ContractError> {
        let at = At::root(Self::NAME);
        at.field("event").equal(&self.event, &event_name())?;
        at.field("batch_id").foreign_id(&self.batch_id)?;
        at.field("processing_duration_seconds").not_negative(self.processing_duration_seconds)?;
        self.metadata.check(at.field("metadata"))
    }
}

const fn event_name() -> EventName {
    EventName::BatchPipelineCompleted
}
