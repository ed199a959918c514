//! Who has what, and how far each judge's sides lean.

use std::collections::BTreeMap;

use super::task::Task;
use crate::pairing::Pair;

/// Questions in judges' hands, the earlier ones included, with what must be watched: nobody sees two items together twice,
/// and for each judge and item L − R stays small.
#[derive(Debug, Clone, Default)]
pub(super) struct Roster {
    together: BTreeMap<(u32, u32, u32), u32>,
    lean: BTreeMap<(u32, u32), i32>,
}

impl Roster {
    pub(super) fn add(&mut self, task: Task) {
        self.change(task, 1);
        *self.together.entry(key(task)).or_default() += 1;
    }

    pub(super) fn remove(&mut self, task: Task) {
        self.change(task, -1);
        if let Some(times) = self.together.get_mut(&key(task)) {
            *times -= 1;
        }
    }

    /// How often the judge has these two items together.
    pub(super) fn times(&self, task: Task) -> u32 {
        self.together.get(&key(task)).copied().unwrap_or(0)
    }

    /// How far the judge's L − R of the two items of a pair is beyond 1, in all.
    pub(super) fn excess(&self, judge: u32, pair: Pair) -> u32 {
        [pair.left, pair.right].into_iter().map(|item| self.lean(judge, item).unsigned_abs().saturating_sub(1)).sum()
    }

    fn lean(&self, judge: u32, item: u32) -> i32 {
        self.lean.get(&(judge, item)).copied().unwrap_or(0)
    }

    fn change(&mut self, task: Task, times: i32) {
        *self.lean.entry((task.judge, task.pair.left)).or_default() += times;
        *self.lean.entry((task.judge, task.pair.right)).or_default() -= times;
    }
}

fn key(task: Task) -> (u32, u32, u32) {
    let (low, high) = task.pair.unordered();
    (task.judge, low, high)
}
