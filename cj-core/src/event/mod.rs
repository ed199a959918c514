//! The messages that this engine exchanges with a platform.
//!
//! One struct per contract and version. Field names, values and bounds are those on the wire; see [`Contract`] for
//! what holds both ways, and [`Envelope`] for how a message is read and written. [`prompt`] builds the question that
//! a judge sees.
mod base;
mod check;
mod cj;
mod contract;
mod envelope;
mod error;
mod error_code;
mod event_name;
pub mod justification;
mod llm;
mod open_map;
mod payload;
pub mod prompt;
mod reencode;
mod result;
#[cfg(feature = "schema")]
pub mod schema;
mod text;
mod timestamp;
mod topic;

pub use base::{
    BatchStatus, ContentType, CourseCode, ErrorDetail, EssayProcessingInputRefV1, EssayStatus, PhaseName,
    ProcessingStage, SpellcheckMetricsV1, StorageReferenceMetadata, StoredContent, SystemProcessingMetadata,
};
pub use cj::{
    AssessmentMetadata, AssessmentResultV1, CalibrationMethod, CjAssessmentCompletedV1, CjAssessmentFailedV1,
    ConfidenceLabel, ElsCjAssessmentRequestV1, EssayResultV1, FailureInfo, ProcessingSummary, ReliabilityV1,
    RequestHints, ResourceConsumptionV1,
};
pub use contract::{Contract, decode, encode};
pub use envelope::Envelope;
pub use error::ContractError;
pub use error_code::ErrorCode;
pub use event_name::EventName;
pub use llm::{
    ComparisonMetadata, LlmBatchingMode, LlmComparisonRequestV1, LlmComparisonResultV1, LlmConfigOverrides,
    LlmConfigOverridesHttp, LlmProviderType, Outcome, OutputVerbosity, PromptBlock, PromptTarget, PromptTtl,
    ReasoningEffort, TokenUsage, Winner,
};
pub use open_map::OpenMap;
pub use payload::Payload;
pub use reencode::reencode;
pub use result::{
    BatchAssessmentCompletedV1, BatchEssaysRegisteredV1, BatchPipelineCompletedV1, BatchResultsReadyV1,
    ElsBatchPhaseOutcomeV1, EssaySlotAssignedV1, NotificationCategory, NotificationPriority, NotificationType,
    PhaseResultSummary, RankingEntry, SpellcheckResultV1, TeacherNotificationRequestedV1,
};
pub use timestamp::Timestamp;
pub use topic::Topic;

/// The name under which this engine sends.
pub const SOURCE_SERVICE: &str = "cj_assessment_service";
/// Longest essay id on the wire, in characters.
pub const ESSAY_ID_CHARS: usize = 36;
/// Longest assignment id on the wire, in characters.
pub const ASSIGNMENT_ID_CHARS: usize = 100;
