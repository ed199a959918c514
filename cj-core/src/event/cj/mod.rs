//! Assessments: asked for, completed, failed, and what they found and used.
mod assessment_metadata;
mod assessment_result;
mod completed;
mod essay_result;
mod failed;
mod failure_info;
mod processing_summary;
mod reliability;
mod request;
mod request_hints;
mod resource_consumption;

pub use assessment_metadata::{AssessmentMetadata, CalibrationMethod};
pub use assessment_result::AssessmentResultV1;
pub use completed::CjAssessmentCompletedV1;
pub use essay_result::{ConfidenceLabel, EssayResultV1};
pub use failed::CjAssessmentFailedV1;
pub use failure_info::FailureInfo;
pub use processing_summary::ProcessingSummary;
pub use reliability::ReliabilityV1;
pub use request::ElsCjAssessmentRequestV1;
pub use request_hints::RequestHints;
pub use resource_consumption::ResourceConsumptionV1;
