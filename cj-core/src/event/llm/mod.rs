//! Questions to judges, and their answers.
mod comparison_metadata;
mod overrides;
mod overrides_http;
mod prompt_block;
mod provider;
mod request;
mod result;

pub use comparison_metadata::ComparisonMetadata;
pub use overrides::LlmConfigOverrides;
pub use overrides_http::LlmConfigOverridesHttp;
pub(in crate::event) use prompt_block::sha256_hex;
pub use prompt_block::{PromptBlock, PromptTarget, PromptTtl};
pub use provider::{LlmBatchingMode, LlmProviderType, OutputVerbosity, ReasoningEffort};
pub use request::LlmComparisonRequestV1;
pub use result::{LlmComparisonResultV1, Outcome, TokenUsage, Winner};
