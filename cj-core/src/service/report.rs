//! What happened is told, after the commit.

use super::Service;
use crate::change::Occurrence;

impl Service {
    /// Tells of what was committed.
    pub(super) fn report(&self, occurrences: &[Occurrence]) {
        for occurrence in occurrences {
            trace(occurrence);
        }
        if !occurrences.is_empty() {
            self.observer.observe(occurrences);
        }
    }

    /// Tells of answers that had had their effect before.
    pub(super) fn report_repeated(&self, answers: u32) {
        if answers > 0 {
            self.report(&[Occurrence::Repeated { answers }]);
        }
    }
}

fn trace(occurrence: &Occurrence) {
    if let Occurrence::Transition { batch_id, from, to, after } = occurrence {
        let (from, reason) = (from.map_or("", |phase| phase.name()), to.reason().unwrap_or_default());
        let seconds = after.as_seconds_f64();
        if to.is_terminal() {
            tracing::info!(batch = %batch_id, from, to = to.name(), reason, seconds, "a batch ended");
        } else {
            tracing::debug!(batch = %batch_id, from, to = to.name(), reason, seconds, "a batch went on");
        }
    }
}
