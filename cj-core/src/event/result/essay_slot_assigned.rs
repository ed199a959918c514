//! An essay got its text.
use crate::event::check::At;
use crate::event::contract::sealed::Sealed;
use crate::event::{Contract, ContractError, EventName, Timestamp, Topic};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An uploaded file was assigned to an essay of a batch. It may arrive before the batch is registered.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct EssaySlotAssignedV1 {
    /// Always `essay.slot.assigned`.
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("const" = event_name())))]
    #[serde(default = "event_name")]
    pub event: EventName,
    /// The batch.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 255)))]
    pub batch_id: String,
    /// The essay, 1 to 36 characters.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 36)))]
    pub essay_id: String,
    /// The upload.
    pub file_upload_id: String,
    /// Where the text is stored: 32 lower-case hexadecimal digits.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = r"^[0-9a-f]{32}$")))]
    pub text_storage_id: String,
    /// Name of the file as it was uploaded, URL-encoded.
    pub original_file_name: String,
    /// What ties it to the upload.
    pub correlation_id: Uuid,
    /// When it was assigned.
    pub timestamp: Timestamp,
}

impl EssaySlotAssignedV1 {
    /// A file that became the text of an essay.
    pub fn new(
        batch_id: &str,
        essay_id: &str,
        file_upload_id: &str,
        text_storage_id: &str,
        original_file_name: &str,
        correlation_id: Uuid,
        at: Timestamp,
    ) -> Self {
        Self {
            event: event_name(),
            batch_id: batch_id.to_owned(),
            essay_id: essay_id.to_owned(),
            file_upload_id: file_upload_id.to_owned(),
            text_storage_id: text_storage_id.to_owned(),
            original_file_name: original_file_name.to_owned(),
            correlation_id,
            timestamp: at,
        }
    }
}

impl Sealed for EssaySlotAssignedV1 {}

impl Contract for EssaySlotAssignedV1 {
    const NAME: &'static str = "EssaySlotAssignedV1";
    const TOPIC: Topic = Topic::EssaySlotAssigned;
    const EVENT_TYPE: &'static str = Topic::EssaySlotAssigned.as_str();

    fn check(&self) -> Result<(), ContractError> {
        let at = At::root(Self::NAME);
        at.field("event").equal(&self.event, &event_name())?;
        at.field("batch_id").foreign_id(&self.batch_id)?;
        at.field("essay_id").essay_id(&self.essay_id)?;
        at.field("text_storage_id").storage_id(&self.text_storage_id)
    }
}

const fn event_name() -> EventName {
    EventName::EssaySlotAssigned
}
