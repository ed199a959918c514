//! Answers of judges.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::change::{DecisionRecord, DecisionRole, EvidenceTotals, Winner};
use crate::event::ErrorCode;
use crate::id::JudgeId;

/// The answers of a batch, by what became of them.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct AnswerCounts {
    /// Verdicts that count.
    pub counted: u32,
    /// Answers without a verdict, which ended their attempt.
    pub failed: u32,
    /// Those that came after the batch had ended.
    pub late: u32,
    /// Those that contradict the one that counted.
    pub conflicts: u32,
}

impl From<&EvidenceTotals> for AnswerCounts {
    fn from(totals: &EvidenceTotals) -> Self {
        let EvidenceTotals { counted, failed, late, conflicts, .. } = *totals;
        Self { counted, failed, late, conflicts }
    }
}

/// One answer of a judge.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct AnswerDetails {
    /// Its place among the answers to its comparison, from 0.
    pub ordinal: u32,
    /// What became of it: `counted`, `late` or `conflict`.
    pub role: DecisionRole,
    /// Its place among the counted verdicts of the batch, from 1.
    pub counted: Option<u32>,
    /// Its verdict: `a` or `b`, by the place shown in, or `tie`; absent where the judge failed.
    pub verdict: Option<Winner>,
    /// Why there is none.
    pub error_code: Option<ErrorCode>,
    /// What the provider said.
    pub error_message: Option<String>,
    /// Who judged.
    pub judge_id: Option<JudgeId>,
    /// Whose model.
    pub provider: Option<String>,
    /// Which model.
    pub model: Option<String>,
    /// How sure the judge is, from 1 to 5.
    pub confidence: Option<f64>,
    /// Why the judge decided so.
    pub justification: Option<String>,
    /// Tokens read.
    pub prompt_tokens: Option<u32>,
    /// Tokens written.
    pub completion_tokens: Option<u32>,
    /// What it cost, in US dollars.
    pub cost_usd: Option<f64>,
    /// How long it took, in milliseconds.
    pub latency_ms: Option<u32>,
    /// When it came.
    pub received_at: DateTime<Utc>,
}

impl From<&DecisionRecord> for AnswerDetails {
    fn from(row: &DecisionRecord) -> Self {
        let evidence = &row.evidence;
        Self {
            ordinal: row.ordinal,
            role: row.role,
            counted: row.counted,
            verdict: row.verdict,
            error_code: row.error_code.clone(),
            error_message: row.error_message.clone(),
            judge_id: evidence.judge_id.clone(),
            provider: evidence.provider.clone(),
            model: evidence.model.clone(),
            confidence: evidence.confidence,
            justification: evidence.justification.clone(),
            prompt_tokens: evidence.prompt_tokens,
            completion_tokens: evidence.completion_tokens,
            cost_usd: evidence.cost,
            latency_ms: evidence.latency_ms,
            received_at: row.received_at,
        }
    }
}
