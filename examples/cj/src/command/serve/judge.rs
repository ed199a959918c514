//! A judge who makes answers up.

use std::collections::BTreeMap;

use async_trait::async_trait;
use cj_core::change::{OutboxMessage, Verdict};
use cj_core::event::{LlmComparisonRequestV1, decode};
use cj_core::id::ComparisonId;
use cj_kafka::InProcessJudge;
use sha2::{Digest as _, Sha256};

use crate::judge::{Character, LocalJudge as _, Question, Simulated};

/// Answers by qualities that follow from the seed and the ids of essays.
pub(super) struct MadeUp {
    seed: u64,
}

impl MadeUp {
    pub(super) const fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// Between −2 and 2.
    fn quality(&self, essay: &str) -> f64 {
        let hash = Sha256::new().chain_update(self.seed.to_be_bytes()).chain_update(essay.as_bytes()).finalize();
        let part = hash.iter().take(4).fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte));
        f64::from(part) / f64::from(u32::MAX) * 4.0 - 2.0
    }

    fn verdict(&self, question: &OutboxMessage) -> Option<Verdict> {
        let body: LlmComparisonRequestV1 = decode(&question.payload).ok()?;
        let essay = |key| body.metadata.text(key).map(str::to_owned);
        let (a, b) = (essay("essay_a_id")?, essay("essay_b_id")?);
        let qualities = BTreeMap::from([(a.clone(), self.quality(&a)), (b.clone(), self.quality(&b))]);
        let question = Question::new(ComparisonId::new(question.id.as_uuid()), a, b);
        Some(Simulated::new(qualities, Character::default(), self.seed).answer(&question).verdict)
    }
}

#[async_trait]
impl InProcessJudge for MadeUp {
    async fn judge(&self, questions: &[OutboxMessage]) -> Vec<Verdict> {
        questions.iter().filter_map(|question| self.verdict(question)).collect()
    }
}
