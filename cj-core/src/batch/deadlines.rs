//! Which open comparison is due first.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use chrono::{DateTime, Utc};

use crate::change::ComparisonRecord;
use crate::id::ComparisonId;

/// The deadlines of the comparisons at hand, the earliest in front: each input asks for it, and a slice holds thousands.
///
/// What ended, or was given another deadline, is dropped when it comes to the front.
#[derive(Clone, Debug, Default)]
pub(super) struct Deadlines {
    earliest: BinaryHeap<Reverse<(DateTime<Utc>, ComparisonId)>>,
}

impl Deadlines {
    /// Notes the deadline of a comparison: of each open one, and again whenever it moves.
    pub(super) fn note(&mut self, comparison: &ComparisonRecord) {
        if comparison.state.is_open() {
            self.earliest.push(Reverse((comparison.deadline, comparison.id)));
        }
    }

    /// The earliest deadline of an open comparison.
    pub(super) fn earliest(&mut self, comparisons: &BTreeMap<ComparisonId, ComparisonRecord>) -> Option<DateTime<Utc>> {
        while let Some(Reverse((deadline, id))) = self.earliest.peek() {
            let holds = |c: &ComparisonRecord| c.state.is_open() && c.deadline == *deadline;
            if comparisons.get(id).is_some_and(holds) {
                return Some(*deadline);
            }
            self.earliest.pop();
        }
        None
    }
}
