//! All results of a batch are in.
use crate::event::check::At;
use crate::event::contract::sealed::Sealed;
use crate::event::{BatchStatus, Contract, ContractError, EventName, SystemProcessingMetadata, Timestamp, Topic};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Every expected phase of a batch has an outcome. What they found is fetched, not sent.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct BatchResultsReadyV1 {
    /// Always `batch.results.ready`.
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("const" = event_name())))]
    #[serde(default = "event_name")]
    pub event_name: EventName,
    /// The batch; older senders leave it null.
    pub entity_id: Option<String>,
    /// `batch`; older senders leave it null.
    pub entity_type: Option<String>,
    /// What the batch belongs to.
    pub parent_id: Option<String>,
    /// When the last outcome was in.
    pub timestamp: Timestamp,
    /// The same as `overall_status`.
    pub status: BatchStatus,
    /// The batch, once more.
    pub system_metadata: SystemProcessingMetadata,
    /// The batch.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 255)))]
    pub batch_id: String,
    /// Who owns it.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 255)))]
    pub user_id: String,
    /// Essays of the batch.
    pub total_essays: u32,
    /// Essays that came through.
    pub completed_essays: u32,
    /// How each phase ended.
    pub phase_results: BTreeMap<String, PhaseResultSummary>,
    /// How the batch ended.
    pub overall_status: BatchStatus,
    /// Time that it took, in seconds.
    #[cfg_attr(feature = "schema", schemars(range(min = 0.0)))]
    pub processing_duration_seconds: f64,
}

/// How a phase ended for a batch.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct PhaseResultSummary {
    /// The phase, as in the key.
    pub phase_name: String,
    /// `completed`, `completed_with_failures`, …
    pub status: String,
    /// Essays that came through.
    pub completed_count: u32,
    /// Essays that did not.
    pub failed_count: u32,
    /// Time that the phase took, in seconds, where known.
    #[cfg_attr(feature = "schema", schemars(range(min = 0.0)))]
    pub processing_time_seconds: Option<f64>,
}

impl PhaseResultSummary {
    /// A phase of unknown duration.
    pub fn new(phase_name: &str, status: &str, completed_count: u32, failed_count: u32) -> Self {
        Self {
            phase_name: phase_name.to_owned(),
            status: status.to_owned(),
            completed_count,
            failed_count,
            processing_time_seconds: None,
        }
    }
}

impl BatchResultsReadyV1 {
    /// A batch of which every essay came through each phase that counted it as such.
    pub fn new(
        mut system_metadata: SystemProcessingMetadata,
        user_id: &str,
        overall_status: BatchStatus,
        total_essays: u32,
        completed_essays: u32,
        phase_results: BTreeMap<String, PhaseResultSummary>,
        processing_duration_seconds: f64,
    ) -> Self {
        system_metadata.event = Some(LABEL.to_owned());
        Self {
            event_name: event_name(),
            entity_id: Some(system_metadata.entity_id.clone()),
            entity_type: Some(system_metadata.entity_type.clone()),
            parent_id: system_metadata.parent_id.clone(),
            timestamp: system_metadata.timestamp,
            status: overall_status,
            batch_id: system_metadata.entity_id.clone(),
            system_metadata,
            user_id: user_id.to_owned(),
            total_essays,
            completed_essays,
            phase_results,
            overall_status,
            processing_duration_seconds,
        }
    }
}

impl Sealed for BatchResultsReadyV1 {}

impl Contract for BatchResultsReadyV1 {
    const NAME: &'static str = "BatchResultsReadyV1";
    const TOPIC: Topic = Topic::BatchResultsReady;
    const EVENT_TYPE: &'static str = Topic::BatchResultsReady.as_str();

    fn check(&self) -> Result<(), ContractError> {
        let at = At::root(Self::NAME);
        at.field("event_name").equal(&self.event_name, &event_name())?;
        self.system_metadata.check(at.field("system_metadata"))?;
        at.field("batch_id").foreign_id(&self.batch_id)?;
        at.field("user_id").foreign_id(&self.user_id)?;
        let phases = at.field("phase_results");
        for (name, phase) in &self.phase_results {
            if let Some(seconds) = phase.processing_time_seconds {
                phases.key(name).field("processing_time_seconds").not_negative(seconds)?;
            }
        }
        at.field("processing_duration_seconds").not_negative(self.processing_duration_seconds)
    }
}

const fn event_name() -> EventName {
    EventName::BatchResultsReady
}

const LABEL: &str = "results_ready";
