//! An essay by reference.
use super::SpellcheckMetricsV1;
use crate::event::{ContractError, check::At};
use serde::{Deserialize, Serialize};

/// An essay and where its text is stored.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct EssayProcessingInputRefV1 {
    /// 1 to 36 characters.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 36)))]
    pub essay_id: String,
    /// 32 lower-case hexadecimal digits.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = r"^[0-9a-f]{32}$")))]
    pub text_storage_id: String,
    /// What the spell check counted, where there was one.
    pub spellcheck_metrics: Option<SpellcheckMetricsV1>,
}

impl EssayProcessingInputRefV1 {
    /// An essay that was not spell checked.
    pub fn new(essay_id: &str, text_storage_id: &str) -> Self {
        Self { essay_id: essay_id.to_owned(), text_storage_id: text_storage_id.to_owned(), spellcheck_metrics: None }
    }

    pub(crate) fn check(&self, at: At<'_>) -> Result<(), ContractError> {
        at.field("essay_id").essay_id(&self.essay_id)?;
        at.field("text_storage_id").storage_id(&self.text_storage_id)?;
        match &self.spellcheck_metrics {
            Some(metrics) => metrics.check(at.field("spellcheck_metrics")),
            None => Ok(()),
        }
    }
}
