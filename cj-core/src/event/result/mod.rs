//! What the aggregation of results reads and writes.
mod batch_assessment_completed;
mod batch_essays_registered;
mod batch_pipeline_completed;
mod batch_results_ready;
mod essay_slot_assigned;
mod notification_type;
mod phase_outcome;
mod spellcheck_result;
mod teacher_notification;

pub use batch_assessment_completed::{BatchAssessmentCompletedV1, RankingEntry};
pub use batch_essays_registered::BatchEssaysRegisteredV1;
pub use batch_pipeline_completed::BatchPipelineCompletedV1;
pub use batch_results_ready::{BatchResultsReadyV1, PhaseResultSummary};
pub use essay_slot_assigned::EssaySlotAssignedV1;
pub use notification_type::{NotificationCategory, NotificationPriority, NotificationType};
pub use phase_outcome::ElsBatchPhaseOutcomeV1;
pub use spellcheck_result::SpellcheckResultV1;
pub use teacher_notification::TeacherNotificationRequestedV1;
