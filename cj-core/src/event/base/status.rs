//! Where batches and essays stand on the platform.
use crate::event::text::wire_enum;

wire_enum! {
    /// How far a piece of work is.
    ProcessingStage {
        Pending = "pending",
        Initialized = "initialized",
        Processing = "processing",
        Completed = "completed",
        Failed = "failed",
        Cancelled = "cancelled",
    }
}

wire_enum! {
    /// Where a batch stands on the platform. Not a phase of this engine's own state machine.
    BatchStatus {
        AwaitingContentValidation = "awaiting_content_validation",
        ContentIngestionFailed = "content_ingestion_failed",
        AwaitingPipelineConfiguration = "awaiting_pipeline_configuration",
        ReadyForPipelineExecution = "ready_for_pipeline_execution",
        ProcessingPipelines = "processing_pipelines",
        AwaitingStudentValidation = "awaiting_student_validation",
        StudentValidationCompleted = "student_validation_completed",
        ValidationTimeoutProcessed = "validation_timeout_processed",
        CompletedSuccessfully = "completed_successfully",
        CompletedWithFailures = "completed_with_failures",
        FailedCritically = "failed_critically",
        Cancelled = "cancelled",
    }
}

wire_enum! {
    /// Where an essay stands on the platform.
    EssayStatus {
        Uploaded = "uploaded",
        TextExtracted = "text_extracted",
        ContentIngesting = "content_ingesting",
        ContentIngestionFailed = "content_ingestion_failed",
        ReadyForProcessing = "ready_for_processing",
        AwaitingSpellcheck = "awaiting_spellcheck",
        SpellcheckingInProgress = "spellchecking_in_progress",
        SpellcheckedSuccess = "spellchecked_success",
        SpellcheckFailed = "spellcheck_failed",
        AwaitingNlp = "awaiting_nlp",
        NlpInProgress = "nlp_processing_in_progress",
        NlpSuccess = "nlp_success",
        NlpFailed = "nlp_failed",
        AwaitingAiFeedback = "awaiting_ai_feedback",
        AiFeedbackInProgress = "ai_feedback_processing_in_progress",
        AiFeedbackSuccess = "ai_feedback_success",
        AiFeedbackFailed = "ai_feedback_failed",
        AwaitingEditorRevision = "awaiting_editor_revision",
        EditorRevisionInProgress = "editor_revision_processing_in_progress",
        EditorRevisionSuccess = "editor_revision_success",
        EditorRevisionFailed = "editor_revision_failed",
        AwaitingGrammarCheck = "awaiting_grammar_check",
        GrammarCheckInProgress = "grammar_check_processing_in_progress",
        GrammarCheckSuccess = "grammar_check_success",
        GrammarCheckFailed = "grammar_check_failed",
        AwaitingCjAssessment = "awaiting_cj_assessment",
        CjAssessmentInProgress = "cj_assessment_processing_in_progress",
        CjAssessmentSuccess = "cj_assessment_success",
        CjAssessmentFailed = "cj_assessment_failed",
        AllProcessingCompleted = "all_processing_completed",
        EssayCriticalFailure = "essay_critical_failure",
    }
}

wire_enum! {
    /// A phase of the platform's pipeline.
    PhaseName {
        Spellcheck = "spellcheck",
        AiFeedback = "ai_feedback",
        CjAssessment = "cj_assessment",
        Nlp = "nlp",
        StudentMatching = "student_matching",
    }
}
