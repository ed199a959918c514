//! What several contracts are made of.
mod course;
mod error_detail;
mod essay_ref;
mod spellcheck_metrics;
mod status;
mod storage;
mod system_metadata;

pub use course::CourseCode;
pub use error_detail::ErrorDetail;
pub use essay_ref::EssayProcessingInputRefV1;
pub use spellcheck_metrics::SpellcheckMetricsV1;
pub use status::{BatchStatus, EssayStatus, PhaseName, ProcessingStage};
pub use storage::{ContentType, StorageReferenceMetadata, StoredContent};
pub use system_metadata::SystemProcessingMetadata;
