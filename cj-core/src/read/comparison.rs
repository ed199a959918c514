//! Comparisons, and the matrix that follows from their answers.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::AnswerDetails;
use crate::change::{ComparisonRecord, ComparisonState, MatrixCell, MatrixKey, Winner};
use crate::event::ErrorCode;
use crate::id::{ComparisonId, EssayId, JudgeId};

/// One attempt of one question, with its answers.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ComparisonDetails {
    /// Its id, which is the correlation id on the wire.
    pub id: ComparisonId,
    /// The wave it was planned in, from 1.
    pub wave: u32,
    /// Its place in the wave, from 0: attempts of one question share wave and place.
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
    /// The strategy that planned it.
    pub strategy: &'static str,
    /// How far it is: `planned`, `asked`, `decided`, `failed`, `expired` or `cancelled`.
    pub state: ComparisonState,
    /// The counted verdict: `a`, `b` or `tie`.
    pub verdict: Option<Winner>,
    /// The essay that won by it; absent for a tie.
    pub winner: Option<EssayId>,
    /// What went wrong with it, even where an answer that came later counts.
    pub error_code: Option<ErrorCode>,
    /// When it is, or was, to be asked.
    pub planned_at: DateTime<Utc>,
    /// When a judge had it.
    pub asked_at: Option<DateTime<Utc>>,
    /// When it expires.
    pub deadline: DateTime<Utc>,
    /// Its answers, in the order they came.
    pub answers: Vec<AnswerDetails>,
}

impl ComparisonDetails {
    pub(super) fn of(row: &ComparisonRecord, answers: Vec<AnswerDetails>) -> Self {
        let winner = row.verdict.and_then(|verdict| match verdict {
            Winner::A => Some(&row.essay_a),
            Winner::B => Some(&row.essay_b),
            Winner::Tie => None,
        });
        Self {
            id: row.id,
            wave: row.wave,
            ordinal: row.ordinal,
            attempt: row.attempt,
            retry_of: row.retry_of,
            essay_a: row.essay_a.clone(),
            essay_b: row.essay_b.clone(),
            judge_id: row.judge_id.clone(),
            strategy: row.mode.as_str(),
            state: row.state,
            verdict: row.verdict,
            winner: winner.cloned(),
            error_code: row.error_code.clone(),
            planned_at: row.planned_at,
            asked_at: row.asked_at,
            deadline: row.deadline,
            answers,
        }
    }
}

/// What was said of two essays in one order: a cell of the comparison matrix.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PairDetails {
    /// The essay shown first.
    pub essay_a: EssayId,
    /// The essay shown second.
    pub essay_b: EssayId,
    /// Verdicts for the essay shown first.
    pub wins_a: u32,
    /// Verdicts for the essay shown second.
    pub wins_b: u32,
    /// Ties.
    pub ties: u32,
    /// Attempts that failed or expired.
    pub failures: u32,
}

impl From<&(MatrixKey, MatrixCell)> for PairDetails {
    fn from((key, cell): &(MatrixKey, MatrixCell)) -> Self {
        let MatrixCell { wins_a, wins_b, ties, failures } = *cell;
        Self { essay_a: key.essay_a.clone(), essay_b: key.essay_b.clone(), wins_a, wins_b, ties, failures }
    }
}
