//! A batch is registered.
use crate::event::check::At;
use crate::event::contract::sealed::Sealed;
use crate::event::{
    Contract, ContractError, CourseCode, EventName, PhaseName, StorageReferenceMetadata, SystemProcessingMetadata,
    Topic,
};
use serde::{Deserialize, Serialize};

/// A batch is registered: how many essays it will hold, and whose it is.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct BatchEssaysRegisteredV1 {
    /// Always `batch.essays.registered`.
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("const" = event_name())))]
    #[serde(default = "event_name")]
    pub event: EventName,
    /// The batch.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 255)))]
    pub entity_id: String,
    /// How many essays it will hold.
    pub expected_essay_count: u32,
    /// Their ids.
    pub essay_ids: Vec<String>,
    /// The batch, once more.
    pub metadata: SystemProcessingMetadata,
    /// Course that the essays were written in.
    pub course_code: CourseCode,
    /// The assignment as the pupils saw it.
    pub student_prompt_ref: Option<StorageReferenceMetadata>,
    /// Who owns the batch.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 255)))]
    pub user_id: String,
    /// The owner's organisation.
    pub org_id: Option<String>,
    /// The class; absent for a guest's batch.
    pub class_id: Option<String>,
    /// Phases that are to be run. An addition: left out when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested_pipelines: Option<Vec<PhaseName>>,
}

impl BatchEssaysRegisteredV1 {
    /// A batch that will hold these essays.
    pub fn new(
        metadata: SystemProcessingMetadata,
        essay_ids: Vec<String>,
        course_code: CourseCode,
        user_id: &str,
    ) -> Self {
        Self {
            event: event_name(),
            entity_id: metadata.entity_id.clone(),
            expected_essay_count: u32::try_from(essay_ids.len()).unwrap_or(u32::MAX),
            essay_ids,
            metadata,
            course_code,
            student_prompt_ref: None,
            user_id: user_id.to_owned(),
            org_id: None,
            class_id: None,
            requested_pipelines: None,
        }
    }
}

impl Sealed for BatchEssaysRegisteredV1 {}

impl Contract for BatchEssaysRegisteredV1 {
    const NAME: &'static str = "BatchEssaysRegistered";
    const TOPIC: Topic = Topic::BatchEssaysRegistered;
    const EVENT_TYPE: &'static str = Topic::BatchEssaysRegistered.as_str();

    fn check(&self) -> Result<(), ContractError> {
        let at = At::root(Self::NAME);
        at.field("event").equal(&self.event, &event_name())?;
        at.field("entity_id").foreign_id(&self.entity_id)?;
        let essay_ids = at.field("essay_ids");
        for (index, essay_id) in self.essay_ids.iter().enumerate() {
            essay_ids.index(index).essay_id(essay_id)?;
        }
        self.metadata.check(at.field("metadata"))?;
        if let Some(reference) = &self.student_prompt_ref {
            reference.check(at.field("student_prompt_ref"))?;
        }
        at.field("user_id").foreign_id(&self.user_id)
    }
}

const fn event_name() -> EventName {
    EventName::BatchEssaysRegistered
}
