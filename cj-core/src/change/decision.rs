//! The verdict as a row.

use chrono::{DateTime, Utc};

use super::{Evidence, UnknownCode, Winner};
use crate::event::ErrorCode;
use crate::id::{BatchId, ComparisonId};

/// One stored answer, counted or not.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "a store must carry every field")]
pub struct DecisionRecord {
    /// The comparison it answers.
    pub comparison_id: ComparisonId,
    /// Its place among the answers to it, from 0.
    pub ordinal: u32,
    /// The batch.
    pub batch_id: BatchId,
    /// What became of it.
    pub role: DecisionRole,
    /// Its place among the counted verdicts of the batch, from 1: a wave's watermark names one.
    pub counted: Option<u32>,
    /// The verdict, or none where the judge failed.
    pub verdict: Option<Winner>,
    /// Why there is none.
    pub error_code: Option<ErrorCode>,
    /// What the provider said.
    pub error_message: Option<String>,
    /// What came with it.
    pub evidence: Evidence,
    /// When it came.
    pub received_at: DateTime<Utc>,
}

/// What became of an answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "whoever audits answers must decide about every one")]
pub enum DecisionRole {
    /// It settled its comparison.
    Counted,
    /// It came after the batch had ended.
    Late,
    /// It contradicts the one that counted.
    Conflict,
}

impl DecisionRole {
    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Counted => "counted",
            Self::Late => "late",
            Self::Conflict => "conflict",
        }
    }

    /// Reads a stored code.
    ///
    /// # Errors
    /// A code that this version does not know.
    pub fn parse(code: &str) -> Result<Self, UnknownCode> {
        match code {
            "counted" => Ok(Self::Counted),
            "late" => Ok(Self::Late),
            "conflict" => Ok(Self::Conflict),
            _ => Err(UnknownCode::new("decision role", code)),
        }
    }
}
