//! What a spell check counted.
use crate::event::{ContractError, check::At};
use serde::{Deserialize, Serialize};

/// What the spell check of one essay counted.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct SpellcheckMetricsV1 {
    /// Corrections in all.
    pub total_corrections: u32,
    /// Corrections out of the dictionary of learners' errors.
    pub l2_dictionary_corrections: u32,
    /// Corrections by the spell checker proper.
    pub spellchecker_corrections: u32,
    /// Words in the essay.
    pub word_count: u32,
    /// Corrections per 100 words.
    pub correction_density: f64,
}

impl SpellcheckMetricsV1 {
    /// Counts of both sources of corrections, and what follows from them.
    pub fn new(l2_dictionary_corrections: u32, spellchecker_corrections: u32, word_count: u32) -> Self {
        let total = l2_dictionary_corrections.saturating_add(spellchecker_corrections);
        let density = if word_count == 0 { 0.0 } else { f64::from(total) * 100.0 / f64::from(word_count) };
        Self {
            total_corrections: total,
            l2_dictionary_corrections,
            spellchecker_corrections,
            word_count,
            correction_density: density,
        }
    }

    pub(crate) fn check(&self, at: At<'_>) -> Result<(), ContractError> {
        at.field("correction_density").finite(self.correction_density)
    }
}
