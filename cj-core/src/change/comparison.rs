//! The comparison as a row: one attempt of one question to one judge.

use chrono::{DateTime, Utc};

use super::{UnknownCode, Winner};
use crate::config::Strategy;
use crate::event::ErrorCode;
use crate::id::{BatchId, ComparisonId, EssayId, JudgeId};

/// One attempt of one question: an ordered pair, shown to one judge.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "a store must carry every field")]
pub struct ComparisonRecord {
    /// Its id, which is the correlation id on the wire.
    pub id: ComparisonId,
    /// Its batch.
    pub batch_id: BatchId,
    /// The wave it was planned in, from 1.
    pub wave: u32,
    /// Its place in the wave, from 0.
    pub ordinal: u32,
    /// Which try this is, from 1.
    pub attempt: u32,
    /// The attempt that failed before it.
    pub retry_of: Option<ComparisonId>,
    /// The essay shown first.
    pub essay_a: EssayId,
    /// The essay shown second.
    pub essay_b: EssayId,
    /// Who is asked, where pairs are dealt to judges.
    pub judge_id: Option<JudgeId>,
    /// What planned it.
    pub mode: Strategy,
    /// How far it is.
    pub state: ComparisonState,
    /// The counted verdict.
    pub verdict: Option<Winner>,
    /// What went wrong with it.
    pub error_code: Option<ErrorCode>,
    /// Verdicts of any role stored for it.
    pub decisions: u32,
    /// When it is, or was, to be asked.
    pub planned_at: DateTime<Utc>,
    /// When a judge had it.
    pub asked_at: Option<DateTime<Utc>>,
    /// When it expires.
    pub deadline: DateTime<Utc>,
}

/// Names a question: its attempts share it.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[expect(clippy::exhaustive_structs, reason = "a key has just these parts")]
pub struct QuestionKey {
    /// The wave.
    pub wave: u32,
    /// The place in it.
    pub ordinal: u32,
}

impl ComparisonRecord {
    /// The question that this is an attempt of.
    pub const fn question(&self) -> QuestionKey {
        QuestionKey { wave: self.wave, ordinal: self.ordinal }
    }
}

/// How far a comparison is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "whoever shows or stores a state must decide about every one")]
pub enum ComparisonState {
    /// To be asked.
    Planned,
    /// With the judge.
    Asked,
    /// Answered, and counted.
    Decided,
    /// Refused, or answered with an error.
    Failed,
    /// Not answered in time.
    Expired,
    /// Not wanted any more.
    Cancelled,
}

impl ComparisonState {
    /// Every state.
    pub const ALL: &[Self] = &[Self::Planned, Self::Asked, Self::Decided, Self::Failed, Self::Expired, Self::Cancelled];

    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Asked => "asked",
            Self::Decided => "decided",
            Self::Failed => "failed",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
        }
    }

    /// Reads a stored code.
    ///
    /// # Errors
    /// A code that this version does not know.
    pub fn parse(code: &str) -> Result<Self, UnknownCode> {
        let found = Self::ALL.iter().copied().find(|state| state.code() == code);
        found.ok_or_else(|| UnknownCode::new("comparison state", code))
    }

    /// Whether an answer is still waited for.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Planned | Self::Asked)
    }
}
