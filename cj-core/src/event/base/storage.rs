//! References to stored texts.
use crate::event::text::wire_enum;
use crate::event::{ContractError, check::At};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

wire_enum! {
    /// What a stored content is.
    ContentType {
        OriginalEssay = "original_essay",
        CorrectedText = "corrected_text",
        ProcessingLog = "processing_log",
        NlpMetricsJson = "nlp_metrics_json",
        StudentFacingAiFeedbackText = "student_facing_ai_feedback_text",
        AiEditorRevisionText = "ai_editor_revision_text",
        AiDetailedAnalysisJson = "ai_detailed_analysis_json",
        GrammarAnalysisJson = "grammar_analysis_json",
        CjResultsJson = "cj_results_json",
        RawUploadBlob = "raw_upload_blob",
        ExtractedPlaintext = "extracted_plaintext",
        StudentPromptText = "student_prompt_text",
    }
}

/// Where the contents that belong to a message are stored.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct StorageReferenceMetadata {
    /// One content of each kind.
    #[serde(default)]
    pub references: BTreeMap<ContentType, StoredContent>,
}

impl StorageReferenceMetadata {
    /// A reference to one content.
    pub fn one(kind: ContentType, storage_id: &str) -> Self {
        Self { references: BTreeMap::from([(kind, StoredContent::new(storage_id))]) }
    }

    /// Storage id of the assignment as the pupils saw it.
    pub fn student_prompt(&self) -> Option<&str> {
        self.references.get(&ContentType::StudentPromptText).map(|content| content.storage_id.as_str())
    }

    pub(crate) fn check(&self, at: At<'_>) -> Result<(), ContractError> {
        let references = at.field("references");
        for (kind, content) in &self.references {
            references.key(kind.as_str()).field("storage_id").storage_id(&content.storage_id)?;
        }
        Ok(())
    }
}

/// One stored content.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct StoredContent {
    /// 32 lower-case hexadecimal digits.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = r"^[0-9a-f]{32}$")))]
    pub storage_id: String,
    /// A hint where it lies; empty without one.
    #[serde(default)]
    pub path: String,
}

impl StoredContent {
    /// A content without a hint where it lies.
    pub fn new(storage_id: &str) -> Self {
        Self { storage_id: storage_id.to_owned(), path: String::new() }
    }
}
