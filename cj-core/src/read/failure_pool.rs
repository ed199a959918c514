//! What became of failures.

use serde::Serialize;

use crate::change::Counters;

/// What became of the failures of a batch.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct FailurePool {
    /// Attempts that failed or expired with a code worth another try.
    pub eligible: u32,
    /// Attempts made because an earlier one failed.
    pub retried: u32,
    /// Questions decided by an attempt after the first.
    pub rescued: u32,
    /// Questions that failed in the end.
    pub permanently_failed: u32,
}

impl FailurePool {
    /// The pool, from what a batch counts.
    pub const fn of(counters: &Counters) -> Self {
        Self {
            eligible: counters.retryable,
            retried: counters.retried,
            rescued: counters.rescued,
            permanently_failed: counters.failed,
        }
    }
}
