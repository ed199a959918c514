//! How far a batch is.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::change::{BatchRecord, Phase};
use crate::id::BatchId;
use crate::store::{BatchQuery, Repositories, StoreError};

/// How far a batch is: what its own row says, so that it may be asked for often.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct BatchProgress {
    /// The id.
    pub id: BatchId,
    /// The caller's own name for it.
    pub bos_batch_id: String,
    /// Where it is, by the name that is stored: `WAITING_CALLBACKS`.
    pub phase: Phase,
    /// What it waits for, why it is scored, or why it ended: a code such as `wave` or `target_reliability`; absent where the
    /// phase has none.
    pub reason: Option<&'static str>,
    /// Whether it has ended: nothing of its result changes any more.
    pub has_ended: bool,
    /// Counts the inputs that changed it: of two answers to the same query, the higher is the later.
    pub version: u64,
    /// Questions that may be asked, retries included.
    pub budget: BudgetUse,
    /// Its questions, whatever number of attempts each has.
    pub questions: QuestionCounts,
    /// Attempts of its questions.
    pub attempts: AttemptCounts,
    /// The wave planned last.
    pub wave: WaveCounts,
    /// Whether a wave was scored before its stragglers came.
    pub partial_scoring_triggered: bool,
    /// When it was requested.
    pub created_at: DateTime<Utc>,
    /// Since when it has been in its phase.
    pub phase_since: DateTime<Utc>,
    /// When something happened last.
    pub last_activity_at: DateTime<Utc>,
    /// When it will be looked at again at the latest; absent once it has ended.
    pub next_deadline: Option<DateTime<Utc>>,
    /// When it ended.
    pub completed_at: Option<DateTime<Utc>>,
}

/// Questions that may be asked in all, retries included.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct BudgetUse {
    /// In all.
    pub limit: u32,
    /// Used.
    pub spent: u32,
    /// Left.
    pub left: u32,
}

/// Questions by how far they are: planned = decided + open + failed.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct QuestionCounts {
    /// All of them.
    pub planned: u32,
    /// With a counted verdict.
    pub decided: u32,
    /// Without an end: an answer is due, or, in a batch that ended, was given up.
    pub open: u32,
    /// Failed in the end.
    pub failed: u32,
}

/// Attempts of questions.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct AttemptCounts {
    /// All of them.
    pub planned: u32,
    /// Those that reached a judge.
    pub asked: u32,
    /// Those with a counted verdict.
    pub decided: u32,
    /// Those made because an earlier one failed.
    pub retried: u32,
    /// Those withdrawn before they were asked.
    pub withdrawn: u32,
}

/// The wave planned last.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct WaveCounts {
    /// Its number, from 1; 0 before the first.
    pub number: u32,
    /// Its questions.
    pub questions: u32,
    /// Those decided.
    pub decided: u32,
    /// Those without an end.
    pub open: u32,
    /// Those that failed in the end.
    pub failed: u32,
}

impl BatchProgress {
    /// How far the batch of a row is.
    pub fn of(record: &BatchRecord) -> Self {
        let (header, state) = (&record.header, &record.state);
        let (counters, wave) = (&state.counters, &state.wave);
        Self {
            id: header.id,
            bos_batch_id: header.bos_batch_id.clone(),
            phase: state.phase,
            reason: state.phase.reason(),
            has_ended: state.phase.is_terminal(),
            version: state.version,
            budget: BudgetUse { limit: counters.budget, spent: counters.spent(), left: counters.left() },
            questions: QuestionCounts {
                planned: counters.questions,
                decided: counters.questions_decided(),
                open: counters.open(),
                failed: counters.failed,
            },
            attempts: AttemptCounts {
                planned: counters.planned,
                asked: counters.asked,
                decided: counters.decided,
                retried: counters.retried,
                withdrawn: counters.withdrawn,
            },
            wave: WaveCounts {
                number: wave.number,
                questions: wave.questions,
                decided: wave.decided,
                open: wave.open(),
                failed: wave.failed,
            },
            partial_scoring_triggered: state.partial_scoring_triggered,
            created_at: header.created_at,
            phase_since: state.phase_since,
            last_activity_at: state.last_activity_at,
            next_deadline: state.next_deadline,
            completed_at: state.completed_at,
        }
    }

    /// How far a batch is; none where there is no such batch.
    ///
    /// # Errors
    /// The store fails.
    pub async fn read(view: &mut dyn Repositories, id: BatchId) -> Result<Option<Self>, StoreError> {
        Ok(view.find(&BatchQuery::Id(id)).await?.first().map(Self::of))
    }

    /// How far the newest batches are, newest first, at most so many.
    ///
    /// # Errors
    /// The store fails.
    pub async fn newest(view: &mut dyn Repositories, limit: u32) -> Result<Vec<Self>, StoreError> {
        Ok(view.find(&BatchQuery::Newest { limit }).await?.iter().map(Self::of).collect())
    }
}
