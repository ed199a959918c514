//! What is stored twice agrees.

use chrono::{DateTime, Utc};

use super::Invariant;
use crate::sim::Snapshot;

/// Counters, wave and matrix are what the rows say; a batch that goes on has a deadline.
pub(super) struct Agreement;

impl Invariant for Agreement {
    fn name(&self) -> &'static str {
        "what is stored agrees with itself"
    }

    fn on_change(&mut self, _before: Option<&Snapshot>, after: &Snapshot, _now: DateTime<Utc>) -> Result<(), String> {
        crate::audit::examine(&after.record, &after.comparisons, &after.decisions, &after.matrix)
    }
}
