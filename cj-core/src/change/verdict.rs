//! What a judge answers.

use super::UnknownCode;
use crate::event::ErrorCode;
use crate::id::{ComparisonId, JudgeId};

/// A judge's answer to one comparison.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "callers construct it")]
pub struct Verdict {
    /// The comparison it answers.
    pub comparison_id: ComparisonId,
    /// What it says.
    pub outcome: Outcome,
    /// What came with it.
    pub evidence: Evidence,
}

impl Verdict {
    /// A bare winner.
    pub fn decided(comparison_id: ComparisonId, winner: Winner) -> Self {
        Self { comparison_id, outcome: Outcome::Decided(winner), evidence: Evidence::default() }
    }

    /// A bare failure.
    pub fn failed(comparison_id: ComparisonId, code: ErrorCode) -> Self {
        let outcome = Outcome::Failed { code, message: None, retry_after_s: None };
        Self { comparison_id, outcome, evidence: Evidence::default() }
    }
}

/// What an answer says.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "an answer is one or the other")]
pub enum Outcome {
    /// Which essay is better.
    Decided(Winner),
    /// Why there is no answer.
    Failed {
        /// The code, which says whether another try is worth it.
        code: ErrorCode,
        /// What the provider said.
        message: Option<String>,
        /// How long it wants to be left alone, in seconds.
        retry_after_s: Option<u32>,
    },
}

/// The better essay, by the place it was shown in.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[expect(clippy::exhaustive_enums, reason = "there is no fourth answer")]
pub enum Winner {
    /// The essay shown first.
    A,
    /// The essay shown second.
    B,
    /// Neither; people only.
    Tie,
}

impl Winner {
    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::A => "a",
            Self::B => "b",
            Self::Tie => "tie",
        }
    }

    /// Reads a stored code.
    ///
    /// # Errors
    /// A code that this version does not know.
    pub fn parse(code: &str) -> Result<Self, UnknownCode> {
        match code {
            "a" => Ok(Self::A),
            "b" => Ok(Self::B),
            "tie" => Ok(Self::Tie),
            _ => Err(UnknownCode::new("verdict", code)),
        }
    }
}

/// What came with an answer.
#[derive(Clone, Debug, Default, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "callers construct it")]
pub struct Evidence {
    /// Who judged.
    pub judge_id: Option<JudgeId>,
    /// How sure, from 1 to 5.
    pub confidence: Option<f64>,
    /// Why, in at most 500 characters.
    pub justification: Option<String>,
    /// Whose model.
    pub provider: Option<String>,
    /// Which model.
    pub model: Option<String>,
    /// Tokens read.
    pub prompt_tokens: Option<u32>,
    /// Tokens written.
    pub completion_tokens: Option<u32>,
    /// What it cost, in US dollars.
    pub cost: Option<f64>,
    /// How long it took, in milliseconds.
    pub latency_ms: Option<u32>,
}
