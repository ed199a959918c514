//! Who a message is about.
use super::ProcessingStage;
use crate::event::{ContractError, OpenMap, Timestamp, check::At};
use serde::{Deserialize, Serialize};

/// The entity that a message is about, and how far its processing is.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct SystemProcessingMetadata {
    /// Id of the entity.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 255)))]
    pub entity_id: String,
    /// `batch`, `essay` or `job`.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 255)))]
    pub entity_type: String,
    /// Id of the entity that this one belongs to.
    pub parent_id: Option<String>,
    /// When this was noted.
    pub timestamp: Timestamp,
    /// How far processing is.
    pub processing_stage: Option<ProcessingStage>,
    /// When processing began.
    pub started_at: Option<Timestamp>,
    /// When processing ended.
    pub completed_at: Option<Timestamp>,
    /// A free label.
    pub event: Option<String>,
    /// What went wrong; empty when nothing did. Its keys differ from sender to sender.
    #[serde(default)]
    pub error_info: OpenMap,
}

impl SystemProcessingMetadata {
    /// About a batch.
    pub fn batch(batch_id: &str, at: Timestamp) -> Self {
        Self::new(batch_id, "batch", at)
    }

    /// About an essay.
    pub fn essay(essay_id: &str, at: Timestamp) -> Self {
        Self::new(essay_id, "essay", at)
    }

    fn new(entity_id: &str, entity_type: &str, at: Timestamp) -> Self {
        Self {
            entity_id: entity_id.to_owned(),
            entity_type: entity_type.to_owned(),
            parent_id: None,
            timestamp: at,
            processing_stage: None,
            started_at: None,
            completed_at: None,
            event: None,
            error_info: OpenMap::new(),
        }
    }

    pub(crate) fn check(&self, at: At<'_>) -> Result<(), ContractError> {
        at.field("entity_id").foreign_id(&self.entity_id)?;
        at.field("entity_type").foreign_id(&self.entity_type)
    }
}
