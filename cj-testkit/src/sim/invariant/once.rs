//! An answer has its effect once.

use std::collections::BTreeMap;

use cj_core::change::Outcome;
use cj_core::id::ComparisonId;

use super::{Ended, Invariant};

/// However often a message is delivered, it leaves at most one row.
pub(super) struct Once;

impl Invariant for Once {
    fn name(&self) -> &'static str {
        "a message has its effect once"
    }

    fn at_the_end(&self, ended: &Ended<'_>) -> Result<(), String> {
        let mut messages: BTreeMap<ComparisonId, BTreeMap<_, &Outcome>> = BTreeMap::new();
        for answer in ended.delivered {
            let of = messages.entry(answer.verdict.comparison_id).or_default();
            of.insert(answer.message_id, &answer.verdict.outcome);
        }
        for batch in ended.snapshots.values() {
            for row in &batch.comparisons {
                let sent = messages.get(&row.id).map_or(0, BTreeMap::len);
                if row.decisions as usize > sent {
                    return Err(format!("{sent} messages about comparison {} left {} answers", row.id, row.decisions));
                }
            }
        }
        Ok(())
    }
}
