//! Wishes about the judge, as a provider service takes them.
use super::overrides::check_numbers;
use super::{LlmConfigOverrides, LlmProviderType, OutputVerbosity, ReasoningEffort};
use crate::event::{ContractError, check::At};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// Which model a question goes to, and how that is to work.
///
/// Nulls are written, as everywhere; `provider_override` is what a provider service cannot do without.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct LlmConfigOverridesHttp {
    /// Provider to ask.
    pub provider_override: Option<LlmProviderType>,
    /// Model to ask.
    pub model_override: Option<String>,
    /// Temperature, 0 to 2.
    #[cfg_attr(feature = "schema", schemars(range(min = 0.0, max = 2.0)))]
    pub temperature_override: Option<f64>,
    /// System prompt.
    pub system_prompt_override: Option<String>,
    /// Longest reply, in tokens; at least 1.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub max_tokens_override: Option<u32>,
    /// How long the model is to think.
    pub reasoning_effort: Option<ReasoningEffort>,
    /// How much the model is to write.
    pub output_verbosity: Option<OutputVerbosity>,
}

impl LlmConfigOverridesHttp {
    pub(super) fn check(&self, at: At<'_>) -> Result<(), ContractError> {
        check_numbers(self.temperature_override, self.max_tokens_override, at)
    }
}

impl TryFrom<&LlmConfigOverrides> for LlmConfigOverridesHttp {
    type Error = ContractError;

    /// Leaves the rubric out, which goes into the prompt.
    ///
    /// # Errors
    /// A provider, effort or verbosity that is none, or a number out of bounds.
    fn try_from(wishes: &LlmConfigOverrides) -> Result<Self, ContractError> {
        let at = At::root(NAME);
        wishes.check(at)?;
        Ok(Self {
            provider_override: read(wishes.provider_override.as_deref(), at.field("provider_override"))?,
            model_override: wishes.model_override.clone(),
            temperature_override: wishes.temperature_override,
            system_prompt_override: wishes.system_prompt_override.clone(),
            max_tokens_override: wishes.max_tokens_override,
            reasoning_effort: read(wishes.reasoning_effort.as_deref(), at.field("reasoning_effort"))?,
            output_verbosity: read(wishes.output_verbosity.as_deref(), at.field("output_verbosity"))?,
        })
    }
}

fn read<T: FromStr<Err = ContractError>>(text: Option<&str>, at: At<'_>) -> Result<Option<T>, ContractError> {
    let value = text.map(T::from_str).transpose();
    value.map_err(|error| at.broken(error.expected, error.found))
}

const NAME: &str = "LLMConfigOverrides";

#[cfg(test)]
mod tests {
    use super::{LlmConfigOverrides, LlmConfigOverridesHttp, LlmProviderType};

    #[test]
    fn wishes_become_typed() {
        let wishes = LlmConfigOverrides {
            provider_override: Some("openai".into()),
            judge_rubric_override: Some("prefer the clearer one".into()),
            ..LlmConfigOverrides::default()
        };
        let typed = LlmConfigOverridesHttp::try_from(&wishes).unwrap();
        assert_eq!(typed.provider_override, Some(LlmProviderType::OpenAi));
    }

    #[test]
    fn an_unknown_wish_is_named() {
        let wishes = LlmConfigOverrides { reasoning_effort: Some("extreme".into()), ..LlmConfigOverrides::default() };
        let error = LlmConfigOverridesHttp::try_from(&wishes).unwrap_err();
        assert_eq!(
            error.to_string(),
            "LLMConfigOverrides: reasoning_effort: expected one of none, low, medium, high, found extreme"
        );
    }
}
