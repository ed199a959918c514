//! Wishes about the judge, as a request states them.
use crate::event::{ContractError, check::At};
use serde::{Deserialize, Serialize};

/// Wishes of a request about its judge. Texts are free here; they are read where the judge is set up.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct LlmConfigOverrides {
    /// Model to ask.
    pub model_override: Option<String>,
    /// Temperature, 0 to 2.
    #[cfg_attr(feature = "schema", schemars(range(min = 0.0, max = 2.0)))]
    pub temperature_override: Option<f64>,
    /// Longest reply, in tokens; at least 1.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub max_tokens_override: Option<u32>,
    /// Provider to ask.
    pub provider_override: Option<String>,
    /// System prompt in the place of the service's own.
    pub system_prompt_override: Option<String>,
    /// Instructions to the judge in the place of the assignment's own.
    pub judge_rubric_override: Option<String>,
    /// `none`, `low`, `medium` or `high`.
    pub reasoning_effort: Option<String>,
    /// `low`, `medium` or `high`.
    pub output_verbosity: Option<String>,
}

impl LlmConfigOverrides {
    pub(crate) fn check(&self, at: At<'_>) -> Result<(), ContractError> {
        check_numbers(self.temperature_override, self.max_tokens_override, at)
    }
}

pub(super) fn check_numbers(
    temperature: Option<f64>,
    max_tokens: Option<u32>,
    at: At<'_>,
) -> Result<(), ContractError> {
    if let Some(temperature) = temperature {
        at.field("temperature_override").within(temperature, 0.0..=MAX_TEMPERATURE)?;
    }
    match max_tokens {
        Some(0) => Err(at.field("max_tokens_override").broken("a whole number from 1", 0)),
        _ => Ok(()),
    }
}

const MAX_TEMPERATURE: f64 = 2.0;
