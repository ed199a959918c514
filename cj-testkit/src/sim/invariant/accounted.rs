//! No answer is lost.

use cj_core::change::Outcome;

use super::{Ended, Invariant};

/// Every verdict whose delivery was acknowledged is stored: counted, late or in conflict; or it is a dead letter.
pub(super) struct NothingLost;

impl Invariant for NothingLost {
    fn name(&self) -> &'static str {
        "no verdict is lost"
    }

    fn at_the_end(&self, ended: &Ended<'_>) -> Result<(), String> {
        for answer in ended.delivered {
            let Outcome::Decided(winner) = answer.verdict.outcome else { continue };
            let id = answer.verdict.comparison_id;
            let mut stored = ended.snapshots.values().flat_map(|batch| &batch.decisions);
            let is_stored = stored.any(|row| row.comparison_id == id && row.verdict == Some(winner));
            let is_dead = ended.dead.iter().any(|letter| letter.event_id == answer.message_id);
            let is_known = ended.snapshots.values().any(|batch| batch.comparisons.iter().any(|row| row.id == id));
            if is_known != is_stored || is_known == is_dead {
                return Err(format!(
                    "verdict {winner:?} on {id}: comparison known {is_known}, stored {is_stored}, dead letter {is_dead}"
                ));
            }
        }
        Ok(())
    }
}
