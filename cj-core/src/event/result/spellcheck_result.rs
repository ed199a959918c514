//! An essay was spell checked.
use crate::event::check::At;
use crate::event::contract::sealed::Sealed;
use crate::event::{
    Contract, ContractError, EssayStatus, EventName, SpellcheckMetricsV1, SystemProcessingMetadata, Timestamp, Topic,
};
use serde::{Deserialize, Serialize};

/// What the spell check of one essay found.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct SpellcheckResultV1 {
    /// Always `spellcheck.results`.
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("const" = event_name())))]
    pub event_name: EventName,
    /// The essay.
    pub entity_id: Option<String>,
    /// `essay`.
    pub entity_type: Option<String>,
    /// The batch.
    pub parent_id: Option<String>,
    /// When it was checked.
    pub timestamp: Timestamp,
    /// `spellchecked_success` or `spellcheck_failed`.
    pub status: EssayStatus,
    /// The essay, once more, and what went wrong.
    pub system_metadata: SystemProcessingMetadata,
    /// The batch.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 255)))]
    pub batch_id: String,
    /// What ties it to its request.
    pub correlation_id: String,
    /// Who owns the batch.
    pub user_id: Option<String>,
    /// Corrections in all.
    pub corrections_made: u32,
    /// The same by source, and per 100 words.
    pub correction_metrics: SpellcheckMetricsV1,
    /// The text as it was: 32 lower-case hexadecimal digits.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = r"^[0-9a-f]{32}$")))]
    pub original_text_storage_id: String,
    /// The corrected text, where there is one.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = r"^[0-9a-f]{32}$")))]
    pub corrected_text_storage_id: Option<String>,
    /// Time that the check took, in milliseconds.
    pub processing_duration_ms: u64,
    /// The checker and its version.
    #[serde(default = "processor_version")]
    pub processor_version: String,
}

impl SpellcheckResultV1 {
    /// A check that took no time and left no corrected text.
    pub fn new(
        system_metadata: SystemProcessingMetadata,
        status: EssayStatus,
        batch_id: &str,
        correlation_id: &str,
        correction_metrics: SpellcheckMetricsV1,
        original_text_storage_id: &str,
    ) -> Self {
        Self {
            event_name: event_name(),
            entity_id: Some(system_metadata.entity_id.clone()),
            entity_type: Some(system_metadata.entity_type.clone()),
            parent_id: Some(batch_id.to_owned()),
            timestamp: system_metadata.timestamp,
            status,
            system_metadata,
            batch_id: batch_id.to_owned(),
            correlation_id: correlation_id.to_owned(),
            user_id: None,
            corrections_made: correction_metrics.total_corrections,
            correction_metrics,
            original_text_storage_id: original_text_storage_id.to_owned(),
            corrected_text_storage_id: None,
            processing_duration_ms: 0,
            processor_version: processor_version(),
        }
    }

    /// The essay, from wherever the sender put it.
    pub fn essay_id(&self) -> &str {
        self.entity_id.as_deref().unwrap_or(&self.system_metadata.entity_id)
    }
}

impl Sealed for SpellcheckResultV1 {}

impl Contract for SpellcheckResultV1 {
    const NAME: &'static str = "SpellcheckResultV1";
    const TOPIC: Topic = Topic::SpellcheckResult;
    const EVENT_TYPE: &'static str = Topic::SpellcheckResult.as_str();

    fn check(&self) -> Result<(), ContractError> {
        let at = At::root(Self::NAME);
        at.field("event_name").equal(&self.event_name, &event_name())?;
        at.field("entity_id").essay_id(self.essay_id())?;
        self.system_metadata.check(at.field("system_metadata"))?;
        at.field("batch_id").foreign_id(&self.batch_id)?;
        self.correction_metrics.check(at.field("correction_metrics"))?;
        at.field("original_text_storage_id").storage_id(&self.original_text_storage_id)?;
        match &self.corrected_text_storage_id {
            Some(storage_id) => at.field("corrected_text_storage_id").storage_id(storage_id),
            None => Ok(()),
        }
    }
}

const fn event_name() -> EventName {
    EventName::SpellcheckResults
}

fn processor_version() -> String {
    "pyspellchecker_1.0_L2_swedish".to_owned()
}
