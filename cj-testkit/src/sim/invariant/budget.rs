//! The budget is never exceeded.

use chrono::{DateTime, Utc};

use super::Invariant;
use crate::sim::Snapshot;

/// No more is asked than the budget allows, retries included, and no question oftener than its attempts.
pub(super) struct Budget;

impl Invariant for Budget {
    fn name(&self) -> &'static str {
        "no more is asked than was allowed"
    }

    fn on_change(&mut self, _before: Option<&Snapshot>, after: &Snapshot, _now: DateTime<Utc>) -> Result<(), String> {
        let (counters, settings) = (&after.record.state.counters, &after.record.header.settings);
        if counters.asked > counters.budget || counters.spent() > counters.budget {
            return Err(format!("{counters:?} is over budget"));
        }
        for row in &after.comparisons {
            if row.attempt > settings.max_attempts() {
                return Err(format!("attempt {} of at most {}", row.attempt, settings.max_attempts()));
            }
            if row.essay_a == row.essay_b {
                return Err(format!("{} meets itself", row.essay_a));
            }
            let earlier = row.retry_of.and_then(|id| after.comparisons.iter().find(|other| other.id == id));
            let is_needed = match (row.attempt, earlier) {
                (1, None) => true,
                (attempt, Some(earlier)) => {
                    let retryable = earlier.error_code.as_ref().is_some_and(cj_core::event::ErrorCode::is_retryable);
                    attempt == earlier.attempt + 1 && retryable && row.planned_at > earlier.planned_at
                }
                _ => false,
            };
            if !is_needed {
                return Err(format!("attempt {} of comparison {} has no reason", row.attempt, row.id));
            }
        }
        Ok(())
    }
}
