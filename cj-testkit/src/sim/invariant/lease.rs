//! One worker at a time.

use chrono::{DateTime, Utc};

use super::Invariant;
use crate::sim::Snapshot;

/// A batch that a worker holds goes to no other in the same phase before the lease has ended.
pub(super) struct OneWorker;

impl Invariant for OneWorker {
    fn name(&self) -> &'static str {
        "one worker at a time"
    }

    fn on_change(&mut self, before: Option<&Snapshot>, after: &Snapshot, now: DateTime<Utc>) -> Result<(), String> {
        let Some(before) = before else { return Ok(()) };
        let (old, new) = (&before.record.state, &after.record.state);
        let same_work = old.phase == new.phase && old.wave.number == new.wave.number;
        if let (Some(held), Some(taken)) = (&old.lease, &new.lease)
            && same_work
            && held.owner != taken.owner
            && held.until > now
        {
            return Err(format!("{} took {} from {} before its lease ended", taken.owner, new.phase, held.owner));
        }
        Ok(())
    }
}
