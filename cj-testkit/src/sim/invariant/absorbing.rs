//! Terminal phases absorb.

use chrono::{DateTime, Utc};

use super::Invariant;
use crate::sim::Snapshot;

/// Nothing of a batch that ended changes any more, but for answers that are kept as late.
pub(super) struct Absorbing;

impl Invariant for Absorbing {
    fn name(&self) -> &'static str {
        "what has ended stays as it is"
    }

    fn on_change(&mut self, before: Option<&Snapshot>, after: &Snapshot, _now: DateTime<Utc>) -> Result<(), String> {
        let Some(before) = before.filter(|before| before.record.state.phase.is_terminal()) else { return Ok(()) };
        if before.record != after.record {
            let (from, to) = (&before.record.state, &after.record.state);
            return Err(format!("{} at version {} became {} at {}", from.phase, from.version, to.phase, to.version));
        }
        if before.results != after.results || before.matrix != after.matrix || before.essays != after.essays {
            return Err("results, matrix or essays of an ended batch changed".to_owned());
        }
        Ok(())
    }
}
