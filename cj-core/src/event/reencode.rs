//! Reading a message by its topic and writing it again.
use super::{
    AssessmentResultV1, BatchAssessmentCompletedV1, BatchEssaysRegisteredV1, BatchPipelineCompletedV1,
    BatchResultsReadyV1, CjAssessmentCompletedV1, CjAssessmentFailedV1, Contract, ContractError,
    ElsBatchPhaseOutcomeV1, ElsCjAssessmentRequestV1, Envelope, EssaySlotAssignedV1, LlmComparisonRequestV1,
    LlmComparisonResultV1, Payload, ResourceConsumptionV1, SpellcheckResultV1, TeacherNotificationRequestedV1, Topic,
};

/// Writes a message again as its contract's reader read it: what a consumer of its topic would make of it.
///
/// # Errors
/// The place in the payload that is not of the contract's shape or out of bounds.
pub fn reencode(topic: Topic, message: &Envelope<Payload>) -> Result<Vec<u8>, ContractError> {
    contract_of(topic).1(message)
}

impl Topic {
    /// The name of the contract whose messages travel here.
    pub fn contract(self) -> &'static str {
        contract_of(self).0
    }
}

type Again = fn(&Envelope<Payload>) -> Result<Vec<u8>, ContractError>;

fn contract_of(topic: Topic) -> (&'static str, Again) {
    match topic {
        Topic::AssessmentResult => of::<AssessmentResultV1>(),
        Topic::BatchAssessmentCompleted => of::<BatchAssessmentCompletedV1>(),
        Topic::BatchEssaysRegistered => of::<BatchEssaysRegisteredV1>(),
        Topic::BatchPipelineCompleted => of::<BatchPipelineCompletedV1>(),
        Topic::BatchResultsReady => of::<BatchResultsReadyV1>(),
        Topic::CjAssessmentCompleted => of::<CjAssessmentCompletedV1>(),
        Topic::CjAssessmentFailed => of::<CjAssessmentFailedV1>(),
        Topic::CjAssessmentRequested => of::<ElsCjAssessmentRequestV1>(),
        Topic::EssaySlotAssigned => of::<EssaySlotAssignedV1>(),
        Topic::LlmComparisonRequest => of::<LlmComparisonRequestV1>(),
        Topic::LlmComparisonResult => of::<LlmComparisonResultV1>(),
        Topic::PhaseOutcome => of::<ElsBatchPhaseOutcomeV1>(),
        Topic::ResourceConsumption => of::<ResourceConsumptionV1>(),
        Topic::SpellcheckResult => of::<SpellcheckResultV1>(),
        Topic::TeacherNotification => of::<TeacherNotificationRequestedV1>(),
    }
}

fn of<C: Contract>() -> (&'static str, Again) {
    (C::NAME, |message| message.typed::<C>()?.encode())
}
