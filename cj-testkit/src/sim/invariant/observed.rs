//! What is told of was committed.

use super::{Ended, Invariant};
use crate::watch::{Counts, stored, stored_letters};

/// Whoever counts what happens never counts more than the rows say: nothing that was not committed, and nothing twice. (Less, yes:
/// a worker that dies, or never learns that its commit held, tells nobody.)
pub(super) struct ToldOnce;

impl Invariant for ToldOnce {
    fn name(&self) -> &'static str {
        "what is counted is stored"
    }

    fn at_the_end(&self, ended: &Ended<'_>) -> Result<(), String> {
        let mut rows = stored_letters(ended.dead);
        for batch in ended.snapshots.values() {
            for (what, count) in stored(&batch.record, &batch.comparisons, &batch.decisions) {
                *rows.entry(what).or_default() += count;
            }
        }
        let told: &Counts = ended.told;
        for (what, count) in told {
            let most = rows.get(what).copied().unwrap_or(0);
            if *count > most {
                return Err(format!("{what}: counted {count}, the rows say {most}"));
            }
        }
        Ok(())
    }
}
