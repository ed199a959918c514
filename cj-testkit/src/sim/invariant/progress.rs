//! Time goes forward.

use chrono::{DateTime, Utc};
use cj_core::change::Phase;

use super::Invariant;
use crate::sim::Snapshot;

/// Versions and counts only grow, phases follow each other as they may, and a counted verdict stays what it is.
pub(super) struct Progress;

impl Invariant for Progress {
    fn name(&self) -> &'static str {
        "nothing goes back"
    }

    fn on_change(&mut self, before: Option<&Snapshot>, after: &Snapshot, _now: DateTime<Utc>) -> Result<(), String> {
        let Some(before) = before else { return Ok(()) };
        let (old, new) = (&before.record.state, &after.record.state);
        if new.version < old.version || (new.version == old.version && new != old) {
            return Err(format!("version {} was overwritten by version {}", old.version, new.version));
        }
        let (was, is) = (&old.counters, &new.counters);
        if is.decided < was.decided || is.planned < was.planned || is.asked < was.asked || is.budget != was.budget {
            return Err(format!("counters went back: {was:?} became {is:?}"));
        }
        if !may_follow(old.phase, new.phase) && new.version == old.version + 1 {
            return Err(format!("{} cannot follow {}", new.phase, old.phase));
        }
        for row in before.comparisons.iter().filter(|row| row.verdict.is_some()) {
            let now = after.comparisons.iter().find(|other| other.id == row.id);
            if now.map(|now| now.verdict) != Some(row.verdict) {
                return Err(format!("the verdict of comparison {} changed", row.id));
            }
        }
        if !after.decisions.iter().take(before.decisions.len()).eq(before.decisions.iter()) && lost(before, after) {
            return Err("a stored answer is gone".to_owned());
        }
        Ok(())
    }
}

fn lost(before: &Snapshot, after: &Snapshot) -> bool {
    !before.decisions.iter().all(|answer| after.decisions.contains(answer))
}

/// The table of workflow phases, one input at a time.
fn may_follow(from: Phase, to: Phase) -> bool {
    if from.is_terminal() {
        return from == to;
    }
    match (from, to) {
        (_, Phase::Cancelled | Phase::Failed(_))
        | (Phase::Preparing, Phase::Preparing | Phase::Pairing | Phase::Completed(_))
        | (Phase::Pairing, Phase::Pairing | Phase::Waiting(_) | Phase::Scoring(_))
        | (Phase::Scoring(_), Phase::Pairing | Phase::Waiting(_) | Phase::Scoring(_) | Phase::Completed(_)) => true,
        (Phase::Waiting(before), Phase::Waiting(after)) => before == after,
        (Phase::Waiting(_), to) => matches!(to, Phase::Scoring(_)),
        _ => false,
    }
}
