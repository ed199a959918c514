//! What a batch counts.

use chrono::{DateTime, Utc};

/// What a batch counts. Every figure equals what its comparison rows say.
///
/// A *question* is one (wave, ordinal); its *attempts* are the rows with attempt 1, 2, ….
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "a store must carry every counter")]
pub struct Counters {
    /// Questions that may be asked in all, retries included.
    pub budget: u32,
    /// Questions planned.
    pub questions: u32,
    /// Attempts planned: the rows.
    pub planned: u32,
    /// Attempts withdrawn before they were asked.
    pub withdrawn: u32,
    /// Attempts that reached a judge.
    pub asked: u32,
    /// Questions of which an attempt reached a judge.
    pub questions_asked: u32,
    /// Counted verdicts: attempts decided.
    pub decided: u32,
    /// Decided attempts beyond the first of their question.
    pub repeats: u32,
    /// Questions that failed in the end.
    pub failed: u32,
    /// Attempts that failed or expired with a code worth another try.
    pub retryable: u32,
    /// Attempts planned because an earlier one failed.
    pub retried: u32,
    /// Questions decided by an attempt after the first.
    pub rescued: u32,
}

impl Counters {
    /// Questions that still may be answered.
    pub const fn open(&self) -> u32 {
        (self.questions + self.repeats).saturating_sub(self.decided + self.failed)
    }

    /// Questions decided.
    pub const fn questions_decided(&self) -> u32 {
        self.decided.saturating_sub(self.repeats)
    }

    /// How much of the budget is used. A withdrawn attempt counts: it may have been on its way to a judge.
    pub const fn spent(&self) -> u32 {
        self.planned
    }

    /// How much of the budget is left.
    pub const fn left(&self) -> u32 {
        self.budget.saturating_sub(self.spent())
    }
}

/// How far the wave planned last has come.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "a store must carry every counter")]
pub struct WaveProgress {
    /// The number of the wave; 0 before the first.
    pub number: u32,
    /// Its questions.
    pub questions: u32,
    /// Its questions decided.
    pub decided: u32,
    /// Its questions that failed in the end.
    pub failed: u32,
    /// When enough of it was decided for stragglers to stop holding it up.
    pub threshold_reached_at: Option<DateTime<Utc>>,
}

impl WaveProgress {
    /// Its questions that still may be answered.
    pub const fn open(&self) -> u32 {
        self.questions.saturating_sub(self.decided + self.failed)
    }
}
