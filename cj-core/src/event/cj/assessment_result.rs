//! What an assessment found: the rich event.
use super::{AssessmentMetadata, EssayResultV1, ReliabilityV1, assessment_metadata};
use crate::event::check::At;
use crate::event::contract::sealed::Sealed;
use crate::event::{ASSIGNMENT_ID_CHARS, Contract, ContractError, EventName, OpenMap, Timestamp, Topic};
use serde::{Deserialize, Serialize};

/// What an assessment found: score, rank and grade of every essay, anchors among them.
///
/// The fields after `assessed_at` are additions: left out when absent, and ignored by older readers.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct AssessmentResultV1 {
    /// Always `assessment.result.published`.
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("const" = event_name())))]
    #[serde(default = "event_name")]
    pub event_name: EventName,
    /// The caller's batch id.
    pub entity_id: Option<String>,
    /// `batch`.
    pub entity_type: Option<String>,
    /// What the batch belongs to.
    pub parent_id: Option<String>,
    /// When this was sent.
    pub timestamp: Timestamp,
    /// The caller's batch id.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 255)))]
    pub batch_id: String,
    /// This engine's batch id.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 255)))]
    pub cj_assessment_job_id: String,
    /// Assignment of the request, up to 100 characters.
    #[cfg_attr(feature = "schema", schemars(length(max = 100)))]
    pub assignment_id: Option<String>,
    /// `cj_assessment`.
    pub assessment_method: String,
    /// Model that judged, or the one that judged most.
    pub model_used: String,
    /// Its provider.
    pub model_provider: String,
    /// Its version, where known.
    pub model_version: Option<String>,
    /// Every essay with a score.
    pub essay_results: Vec<EssayResultV1>,
    /// How the assessment was made.
    #[serde(default)]
    pub assessment_metadata: OpenMap,
    /// When the assessment was completed.
    pub assessed_at: Timestamp,
    /// Why the assessment stopped where it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completion_reason: Option<String>,
    /// Essays without a score.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed_essay_ids: Option<Vec<String>>,
    /// The scale that the grades are on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade_scale: Option<String>,
    /// How well the scores would repeat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reliability: Option<ReliabilityV1>,
    /// Why there is no reliability.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reliability_unavailable_reason: Option<String>,
}

impl AssessmentResultV1 {
    /// The results of a batch, without the additions.
    ///
    /// # Errors
    /// Metadata that is out of bounds.
    pub fn new(
        batch_id: &str,
        cj_assessment_job_id: &str,
        model_provider: &str,
        model_used: &str,
        essay_results: Vec<EssayResultV1>,
        metadata: &AssessmentMetadata,
        assessed_at: Timestamp,
    ) -> Result<Self, ContractError> {
        Ok(Self {
            event_name: event_name(),
            entity_id: Some(batch_id.to_owned()),
            entity_type: Some("batch".to_owned()),
            parent_id: None,
            timestamp: assessed_at,
            batch_id: batch_id.to_owned(),
            cj_assessment_job_id: cj_assessment_job_id.to_owned(),
            assignment_id: metadata.assignment_id.clone(),
            assessment_method: METHOD.to_owned(),
            model_used: model_used.to_owned(),
            model_provider: model_provider.to_owned(),
            model_version: None,
            essay_results,
            assessment_metadata: metadata.to_map()?,
            assessed_at,
            completion_reason: None,
            failed_essay_ids: None,
            grade_scale: None,
            reliability: None,
            reliability_unavailable_reason: None,
        })
    }

    /// How the assessment was made, typed.
    ///
    /// # Errors
    /// The key that is not of the type that the platform gives it.
    pub fn metadata(&self) -> Result<AssessmentMetadata, ContractError> {
        self.assessment_metadata.read(assessment_metadata::NAME)
    }
}

impl Sealed for AssessmentResultV1 {}

impl Contract for AssessmentResultV1 {
    const NAME: &'static str = "AssessmentResultV1";
    const TOPIC: Topic = Topic::AssessmentResult;
    const EVENT_TYPE: &'static str = EventName::AssessmentResultPublished.as_str();

    fn check(&self) -> Result<(), ContractError> {
        let at = At::root(Self::NAME);
        at.field("event_name").equal(&self.event_name, &event_name())?;
        at.field("batch_id").foreign_id(&self.batch_id)?;
        at.field("cj_assessment_job_id").foreign_id(&self.cj_assessment_job_id)?;
        at.field("assignment_id").some_chars(self.assignment_id.as_deref(), 0..=ASSIGNMENT_ID_CHARS)?;
        let results = at.field("essay_results");
        for (index, result) in self.essay_results.iter().enumerate() {
            result.check(results.index(index))?;
        }
        let failed = at.field("failed_essay_ids");
        for (index, essay_id) in self.failed_essay_ids.iter().flatten().enumerate() {
            failed.index(index).essay_id(essay_id)?;
        }
        self.reliability.map_or(Ok(()), |reliability| reliability.check(at.field("reliability")))
    }
}

const fn event_name() -> EventName {
    EventName::AssessmentResultPublished
}

const METHOD: &str = "cj_assessment";
