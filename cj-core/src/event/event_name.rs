//! The names that events give themselves.
use super::text::wire_enum;

wire_enum! {
    /// The `event_name` (of some contracts: `event`) inside a payload. Each contract has one.
    EventName {
        AssessmentResultPublished = "assessment.result.published",
        BatchAssessmentCompleted = "batch.assessment.completed",
        BatchEssaysRegistered = "batch.essays.registered",
        BatchPipelineCompleted = "batch.pipeline.completed",
        BatchResultsReady = "batch.results.ready",
        CjAssessmentCompleted = "cj_assessment.completed",
        CjAssessmentFailed = "cj_assessment.failed",
        CjAssessmentRequested = "els.cj_assessment.requested",
        EssaySlotAssigned = "essay.slot.assigned",
        ResourceConsumptionReported = "resource.consumption.reported",
        SpellcheckResults = "spellcheck.results",
    }
}
