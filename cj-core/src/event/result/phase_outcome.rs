//! A phase of the pipeline ended for a batch.
use crate::event::check::At;
use crate::event::contract::sealed::Sealed;
use crate::event::{BatchStatus, Contract, ContractError, EssayProcessingInputRefV1, PhaseName, Topic};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A phase of the pipeline ended for a batch: which essays came through, and which did not.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ElsBatchPhaseOutcomeV1 {
    /// The batch.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 255)))]
    pub batch_id: String,
    /// The phase.
    pub phase_name: PhaseName,
    /// `completed_successfully`, `completed_with_failures` or `failed_critically`.
    pub phase_status: BatchStatus,
    /// Essays that came through, with what the phase made of them.
    pub processed_essays: Vec<EssayProcessingInputRefV1>,
    /// Essays that did not.
    pub failed_essay_ids: Vec<String>,
    /// What ties it to the pipeline.
    pub correlation_id: Uuid,
}

impl ElsBatchPhaseOutcomeV1 {
    /// The end of a phase.
    pub fn new(
        batch_id: &str,
        phase_name: PhaseName,
        phase_status: BatchStatus,
        processed_essays: Vec<EssayProcessingInputRefV1>,
        failed_essay_ids: Vec<String>,
        correlation_id: Uuid,
    ) -> Self {
        Self {
            batch_id: batch_id.to_owned(),
            phase_name,
            phase_status,
            processed_essays,
            failed_essay_ids,
            correlation_id,
        }
    }
}

impl Sealed for ElsBatchPhaseOutcomeV1 {}

impl Contract for ElsBatchPhaseOutcomeV1 {
    const NAME: &'static str = "ELSBatchPhaseOutcomeV1";
    const TOPIC: Topic = Topic::PhaseOutcome;
    const EVENT_TYPE: &'static str = Topic::PhaseOutcome.as_str();

    fn check(&self) -> Result<(), ContractError> {
        let at = At::root(Self::NAME);
        at.field("batch_id").foreign_id(&self.batch_id)?;
        let essays = at.field("processed_essays");
        for (index, essay) in self.processed_essays.iter().enumerate() {
            essay.check(essays.index(index))?;
        }
        let failed = at.field("failed_essay_ids");
        for (index, essay_id) in self.failed_essay_ids.iter().enumerate() {
            failed.index(index).essay_id(essay_id)?;
        }
        Ok(())
    }
}
