//! What came out of a batch.

use serde::{Deserialize, Serialize};

use super::ScoreSheet;
use crate::id::{BatchId, EssayId};

/// The result of a batch that completed.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[expect(clippy::exhaustive_structs, reason = "stores and reports carry every field")]
pub struct BatchResult {
    /// The last scale; none where fewer than two essays could be compared.
    pub sheet: Option<ScoreSheet>,
    /// Essays without a text.
    pub missing: Vec<EssayId>,
    /// What the judges cost, in US dollars, where they said.
    pub cost: Option<f64>,
    /// Tokens read.
    pub prompt_tokens: u64,
    /// Tokens written.
    pub completion_tokens: u64,
    /// The judge asked most often: provider and model.
    pub judge: Option<(String, String)>,
    /// Why there are no grades, where there are none.
    pub grades_unavailable: Option<String>,
    /// What a reader must know.
    pub warnings: Vec<String>,
}

/// The result of one essay of a batch that completed.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "a store must carry every field")]
pub struct EssayResult {
    /// The batch.
    pub batch_id: BatchId,
    /// The essay.
    pub essay_id: EssayId,
    /// Whether it is an anchor.
    pub is_anchor: bool,
    /// Its score, in logits.
    pub score: f64,
    /// The standard error of the score.
    pub se: f64,
    /// Its rank among all, 1 the best.
    pub rank: u32,
    /// The best rank of its 90 % interval.
    pub rank_low: u32,
    /// The worst rank of its 90 % interval.
    pub rank_high: u32,
    /// Counted verdicts that it took part in.
    pub comparisons: u32,
    /// Information-weighted mean square of its residuals.
    pub infit: Option<f64>,
    /// Unweighted mean square of its residuals.
    pub outfit: Option<f64>,
}
