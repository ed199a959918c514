//! An answer on the wire becomes a verdict.

use cj_core::change::{Evidence, Outcome, Verdict, Winner};
use cj_core::event::{LlmComparisonResultV1, Outcome as Said, Winner as Better};
use cj_core::id::{ComparisonId, JudgeId};

/// Reads an answer.
///
/// # Errors
/// It is neither a decision nor a failure.
pub(super) fn read(answer: &LlmComparisonResultV1) -> Result<Verdict, String> {
    let (outcome, justification, confidence) = match answer.outcome().map_err(|error| error.to_string())? {
        Said::Decided { winner, justification, confidence } => {
            let winner = match winner {
                Better::A => Winner::A,
                Better::B => Winner::B,
                other => return Err(format!("winner: expected one of two essays, found {other}")),
            };
            (Outcome::Decided(winner), Some(justification), Some(confidence))
        }
        Said::Failed(error) => {
            let pause = ["retry_after", "retry_after_seconds"].iter().find_map(|key| error.details.count(key));
            let retry_after_s = pause.map(|seconds| u32::try_from(seconds).unwrap_or(u32::MAX));
            (Outcome::Failed { code: error.error_code, message: Some(error.message), retry_after_s }, None, None)
        }
        other => return Err(format!("expected a decision or a failure, found {other:?}")),
    };
    let count = |tokens: u64| u32::try_from(tokens).unwrap_or(u32::MAX);
    let evidence = Evidence {
        judge_id: JudgeId::new(format!("{}/{}", answer.provider, answer.model)).ok(),
        confidence,
        justification,
        provider: Some(answer.provider.to_string()),
        model: Some(answer.model.clone()),
        prompt_tokens: Some(count(answer.token_usage.prompt_tokens)),
        completion_tokens: Some(count(answer.token_usage.completion_tokens)),
        cost: Some(answer.cost_estimate),
        latency_ms: Some(count(answer.response_time_ms)),
    };
    Ok(Verdict { comparison_id: ComparisonId::new(answer.correlation_id), outcome, evidence })
}
