//! A question to a judge.
use super::{LlmConfigOverridesHttp, PromptBlock, sha256_hex};
use crate::event::check::At;
use crate::event::contract::sealed::Sealed;
use crate::event::{Contract, ContractError, OpenMap, Topic};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A question to a judge: the body of a provider service's `POST /comparison`, and the `data` on its topic.
///
/// Built by [`prompt::Question`](crate::event::prompt::Question), which keeps it blind.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct LlmComparisonRequestV1 {
    /// The blocks joined by blank lines, for providers that take no blocks.
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    pub user_prompt: String,
    /// The prompt in pieces, constant ones first.
    pub prompt_blocks: Option<Vec<PromptBlock>>,
    /// Where the answer is to be sent.
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    pub callback_topic: String,
    /// Which model is to judge, and how.
    pub llm_config_overrides: Option<LlmConfigOverridesHttp>,
    /// Id of the comparison; the answer repeats it.
    pub correlation_id: Option<Uuid>,
    /// Who pays.
    pub user_id: Option<String>,
    /// Echoed by the answer; not shown to the judge.
    #[serde(default)]
    pub metadata: OpenMap,
}

impl LlmComparisonRequestV1 {
    /// A question in blocks, to be answered on `callback_topic` under `correlation_id`.
    pub fn new(prompt_blocks: Vec<PromptBlock>, callback_topic: &str, correlation_id: Uuid, metadata: OpenMap) -> Self {
        let contents = prompt_blocks.iter().map(|block| block.content.as_str()).collect::<Vec<_>>();
        Self {
            user_prompt: contents.join(BETWEEN_BLOCKS),
            prompt_blocks: Some(prompt_blocks),
            callback_topic: callback_topic.to_owned(),
            llm_config_overrides: None,
            correlation_id: Some(correlation_id),
            user_id: None,
            metadata,
        }
    }

    /// SHA-256 of what the judge is shown. Providers that add to the prompt report another one.
    pub fn prompt_sha256(&self) -> String {
        sha256_hex(&self.user_prompt)
    }
}

impl Sealed for LlmComparisonRequestV1 {}

impl Contract for LlmComparisonRequestV1 {
    const NAME: &'static str = "LLMComparisonRequestV1";
    const TOPIC: Topic = Topic::LlmComparisonRequest;
    const EVENT_TYPE: &'static str = Topic::LlmComparisonRequest.as_str();

    fn check(&self) -> Result<(), ContractError> {
        let at = At::root(Self::NAME);
        at.field("user_prompt").not_blank(&self.user_prompt)?;
        let blocks = at.field("prompt_blocks");
        for (index, block) in self.prompt_blocks.iter().flatten().enumerate() {
            block.check(blocks.index(index))?;
        }
        at.field("callback_topic").not_blank(&self.callback_topic)?;
        match &self.llm_config_overrides {
            Some(overrides) => overrides.check(at.field("llm_config_overrides")),
            None => Ok(()),
        }
    }
}

const BETWEEN_BLOCKS: &str = "\n\n";
