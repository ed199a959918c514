//! The topics of the platform.
use super::text::wire_enum;

wire_enum! {
    /// Where messages travel. A topic holds messages of one contract; consumers route by it.
    Topic {
        AssessmentResult = "huleedu.assessment.result.published.v1",
        BatchAssessmentCompleted = "huleedu.ras.batch.assessment.completed.v1",
        BatchEssaysRegistered = "huleedu.batch.essays.registered.v1",
        BatchPipelineCompleted = "huleedu.batch.pipeline.completed.v1",
        BatchResultsReady = "huleedu.ras.batch.results.ready.v1",
        CjAssessmentCompleted = "huleedu.cj_assessment.completed.v1",
        CjAssessmentFailed = "huleedu.cj_assessment.failed.v1",
        CjAssessmentRequested = "huleedu.els.cj_assessment.requested.v1",
        EssaySlotAssigned = "huleedu.els.essay.slot.assigned.v1",
        LlmComparisonRequest = "huleedu.llm_provider.comparison_request.v1",
        LlmComparisonResult = "huleedu.llm_provider.comparison_result.v1",
        PhaseOutcome = "huleedu.els.batch.phase.outcome.v1",
        ResourceConsumption = "huleedu.resource.consumption.v1",
        SpellcheckResult = "huleedu.essay.spellcheck.results.v1",
        TeacherNotification = "huleedu.notification.teacher.requested.v1",
    }
}
