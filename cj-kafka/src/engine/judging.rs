//! Who judges.

use std::sync::Arc;

use async_trait::async_trait;
use cj_core::change::{OutboxMessage, Verdict};

/// A judge in this process.
#[async_trait]
pub trait InProcessJudge: Send + Sync + 'static {
    /// Answers questions, in any order; the bytes of a question are a `LlmComparisonRequestV1`. One that it leaves out is put
    /// to it again when its lease ends.
    async fn judge(&self, questions: &[OutboxMessage]) -> Vec<Verdict>;
}

/// Who judges.
#[derive(Clone)]
#[expect(clippy::exhaustive_enums, reason = "there is a judge here, or elsewhere")]
pub enum Judging {
    /// Questions go to the topic `huleedu.llm_provider.comparison_request.v1`; answers come back on the topic of answers.
    Topic,
    /// A judge in this process.
    InProcess(Arc<dyn InProcessJudge>),
}
