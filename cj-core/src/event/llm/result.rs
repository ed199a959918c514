//! A judge's answer.
use super::LlmProviderType;
use crate::event::check::At;
use crate::event::contract::sealed::Sealed;
use crate::event::text::wire_enum;
use crate::event::{Contract, ContractError, ErrorDetail, OpenMap, Timestamp, Topic, justification};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

wire_enum! {
    /// The better essay, by its position in the question.
    Winner {
        A = "Essay A",
        B = "Essay B",
    }
}

/// What a judge answered, or why there is no answer.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Outcome {
    /// One of the essays is better.
    Decided {
        /// The better one.
        winner: Winner,
        /// Why, up to 500 characters.
        justification: String,
        /// How sure the judge is, 1 to 5.
        confidence: f64,
    },
    /// There is no answer.
    Failed(ErrorDetail),
}

/// Tokens that an answer cost.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[expect(clippy::struct_field_names, reason = "they are the names on the wire")]
#[non_exhaustive]
#[serde(default)]
pub struct TokenUsage {
    /// Tokens of the question.
    pub prompt_tokens: u64,
    /// Tokens of the reply.
    pub completion_tokens: u64,
    /// Both.
    pub total_tokens: u64,
}

impl TokenUsage {
    /// Tokens of question and reply.
    pub const fn new(prompt_tokens: u64, completion_tokens: u64) -> Self {
        Self { prompt_tokens, completion_tokens, total_tokens: prompt_tokens.saturating_add(completion_tokens) }
    }
}

/// A judge's answer to one question.
///
/// It holds either a winner with justification and confidence, or an error; [`Self::outcome`] reads it as one of two.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(extend("oneOf" = either_form())))]
#[non_exhaustive]
pub struct LlmComparisonResultV1 {
    /// Id that the provider service gave the question.
    pub request_id: String,
    /// Id of the comparison.
    pub correlation_id: Uuid,
    /// The better essay.
    pub winner: Option<Winner>,
    /// Why, up to 500 characters.
    #[cfg_attr(feature = "schema", schemars(length(max = 500)))]
    pub justification: Option<String>,
    /// How sure the judge is, 1 to 5.
    #[cfg_attr(feature = "schema", schemars(range(min = 1.0, max = 5.0)))]
    pub confidence: Option<f64>,
    /// Why there is no answer.
    pub error_detail: Option<ErrorDetail>,
    /// Who ran the model.
    pub provider: LlmProviderType,
    /// The model; `unknown` where none was reached.
    pub model: String,
    /// Time that the model took, in milliseconds, without waiting in queues.
    pub response_time_ms: u64,
    /// Tokens that the answer cost.
    #[serde(default)]
    pub token_usage: TokenUsage,
    /// What it cost, in US dollars.
    #[cfg_attr(feature = "schema", schemars(range(min = 0.0)))]
    pub cost_estimate: f64,
    /// When the model was asked.
    pub requested_at: Timestamp,
    /// When it had answered.
    pub completed_at: Timestamp,
    /// Trace of the work.
    pub trace_id: Option<String>,
    /// Echo of the question's metadata, and what the provider service added.
    #[serde(default)]
    pub request_metadata: OpenMap,
}

impl LlmComparisonResultV1 {
    /// An answer that cost nothing and took from `requested_at` to `completed_at`.
    ///
    /// A justification that is too long is cut.
    pub fn new(
        request_id: &str,
        correlation_id: Uuid,
        outcome: Outcome,
        provider: LlmProviderType,
        model: &str,
        requested_at: Timestamp,
        completed_at: Timestamp,
    ) -> Self {
        let took = completed_at.to_utc().signed_duration_since(requested_at.to_utc());
        let mut result = Self {
            request_id: request_id.to_owned(),
            correlation_id,
            winner: None,
            justification: None,
            confidence: None,
            error_detail: None,
            provider,
            model: model.to_owned(),
            response_time_ms: u64::try_from(took.num_milliseconds()).unwrap_or(0),
            token_usage: TokenUsage::default(),
            cost_estimate: 0.0,
            requested_at,
            completed_at,
            trace_id: None,
            request_metadata: OpenMap::new(),
        };
        match outcome {
            Outcome::Decided { winner, justification, confidence } => {
                result.winner = Some(winner);
                result.justification = Some(justification::truncate(&justification).to_owned());
                result.confidence = Some(confidence);
            }
            Outcome::Failed(error) => result.error_detail = Some(error),
        }
        result
    }

    /// The answer as one of its two forms.
    ///
    /// # Errors
    /// Both forms at once, none of them, or half of one.
    pub fn outcome(&self) -> Result<Outcome, ContractError> {
        let at = At::root(Self::NAME);
        match (self.winner, &self.error_detail) {
            (Some(winner), None) => {
                let justification = self.justification.clone();
                Ok(Outcome::Decided {
                    winner,
                    justification: justification
                        .ok_or_else(|| at.field("justification").broken("one beside a winner", "nothing"))?,
                    confidence: self
                        .confidence
                        .ok_or_else(|| at.field("confidence").broken("one beside a winner", "nothing"))?,
                })
            }
            (None, Some(error)) => Ok(Outcome::Failed(error.clone())),
            (Some(_), Some(_)) => Err(at.field("winner").broken("a winner or an error", "both")),
            (None, None) => Err(at.field("winner").broken("a winner or an error", "neither")),
        }
    }
}

impl Sealed for LlmComparisonResultV1 {}

impl Contract for LlmComparisonResultV1 {
    const NAME: &'static str = "LLMComparisonResultV1";
    const TOPIC: Topic = Topic::LlmComparisonResult;
    const EVENT_TYPE: &'static str = Self::NAME;

    fn check(&self) -> Result<(), ContractError> {
        let at = At::root(Self::NAME);
        self.outcome()?;
        at.field("justification").some_chars(self.justification.as_deref(), 0..=justification::MAX_CHARS)?;
        if let Some(confidence) = self.confidence {
            at.field("confidence").within(confidence, CONFIDENCE)?;
        }
        at.field("cost_estimate").not_negative(self.cost_estimate)
    }
}

#[cfg(feature = "schema")]
fn either_form() -> serde_json::Value {
    serde_json::json!([
        { "properties": {
            "winner": { "type": "string" },
            "justification": { "type": "string" },
            "confidence": { "type": "number" },
            "error_detail": { "type": "null" },
        } },
        { "properties": { "winner": { "type": "null" }, "error_detail": { "type": "object" } } },
    ])
}

const CONFIDENCE: std::ops::RangeInclusive<f64> = 1.0..=5.0;
