//! An assessment is asked for.
use crate::event::check::At;
use crate::event::contract::sealed::Sealed;
use crate::event::{
    ASSIGNMENT_ID_CHARS, Contract, ContractError, CourseCode, EssayProcessingInputRefV1, EventName, LlmConfigOverrides,
    StorageReferenceMetadata, SystemProcessingMetadata, Timestamp, Topic,
};
use serde::{Deserialize, Serialize};

/// The platform asks for a comparative judgement of a batch of essays.
///
/// An empty list of essays is within the contract: the batch fails with a reason, instead of the message.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ElsCjAssessmentRequestV1 {
    /// Always `els.cj_assessment.requested`.
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("const" = event_name())))]
    #[serde(default = "event_name")]
    pub event_name: EventName,
    /// The caller's batch id.
    pub entity_id: Option<String>,
    /// `batch`.
    pub entity_type: Option<String>,
    /// What the batch belongs to.
    pub parent_id: Option<String>,
    /// When it was asked for.
    pub timestamp: Timestamp,
    /// The batch, once more.
    pub system_metadata: SystemProcessingMetadata,
    /// The essays to compare.
    pub essays_for_cj: Vec<EssayProcessingInputRefV1>,
    /// Language of the essays: `en`, `sv`.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 10)))]
    pub language: String,
    /// Course that the essays were written in.
    pub course_code: CourseCode,
    /// The assignment as the pupils saw it; absent when `assignment_id` leads to it.
    pub student_prompt_ref: Option<StorageReferenceMetadata>,
    /// Wishes about the judge.
    pub llm_config_overrides: Option<LlmConfigOverrides>,
    /// Assignment with prompt, rubric, scale and anchors of its own; absent for a run without.
    #[cfg_attr(feature = "schema", schemars(length(max = 100)))]
    pub assignment_id: Option<String>,
    /// Who owns the batch and pays for it.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 255)))]
    pub user_id: String,
    /// The owner's organisation.
    pub org_id: Option<String>,
}

impl ElsCjAssessmentRequestV1 {
    /// A request without assignment, prompt or wishes.
    pub fn new(
        system_metadata: SystemProcessingMetadata,
        essays_for_cj: Vec<EssayProcessingInputRefV1>,
        language: &str,
        course_code: CourseCode,
        user_id: &str,
    ) -> Self {
        Self {
            event_name: event_name(),
            entity_id: Some(system_metadata.entity_id.clone()),
            entity_type: Some(system_metadata.entity_type.clone()),
            parent_id: system_metadata.parent_id.clone(),
            timestamp: system_metadata.timestamp,
            system_metadata,
            essays_for_cj,
            language: language.to_owned(),
            course_code,
            student_prompt_ref: None,
            llm_config_overrides: None,
            assignment_id: None,
            user_id: user_id.to_owned(),
            org_id: None,
        }
    }

    /// The caller's batch id, from wherever the sender put it.
    pub fn bos_batch_id(&self) -> &str {
        self.entity_id.as_deref().unwrap_or(&self.system_metadata.entity_id)
    }
}

impl Sealed for ElsCjAssessmentRequestV1 {}

impl Contract for ElsCjAssessmentRequestV1 {
    const NAME: &'static str = "ELS_CJAssessmentRequestV1";
    const TOPIC: Topic = Topic::CjAssessmentRequested;
    const EVENT_TYPE: &'static str = Topic::CjAssessmentRequested.as_str();

    fn check(&self) -> Result<(), ContractError> {
        let at = At::root(Self::NAME);
        at.field("event_name").equal(&self.event_name, &event_name())?;
        at.field("entity_id").foreign_id(self.bos_batch_id())?;
        self.system_metadata.check(at.field("system_metadata"))?;
        let essays = at.field("essays_for_cj");
        for (index, essay) in self.essays_for_cj.iter().enumerate() {
            essay.check(essays.index(index))?;
        }
        at.field("language").chars(&self.language, 1..=LANGUAGE_CHARS)?;
        if let Some(reference) = &self.student_prompt_ref {
            reference.check(at.field("student_prompt_ref"))?;
        }
        if let Some(overrides) = &self.llm_config_overrides {
            overrides.check(at.field("llm_config_overrides"))?;
        }
        at.field("assignment_id").some_chars(self.assignment_id.as_deref(), 0..=ASSIGNMENT_ID_CHARS)?;
        at.field("user_id").foreign_id(&self.user_id)?;
        self.org_id.as_deref().map_or(Ok(()), |org_id| at.field("org_id").foreign_id(org_id))
    }
}

const fn event_name() -> EventName {
    EventName::CjAssessmentRequested
}

const LANGUAGE_CHARS: usize = 10;
