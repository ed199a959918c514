//! How often two items met, and on which sides.

use std::collections::BTreeMap;

use super::Pair;

/// What happened between two items so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Meeting {
    /// Questions with the smaller index on the left.
    pub(super) forward: u16,
    /// Questions with the smaller index on the right.
    pub(super) backward: u16,
    /// Whether the last question had the smaller index on the left.
    pub(super) last_forward: bool,
    /// Whether the pair can never be answered.
    pub(super) refused: bool,
}

impl Meeting {
    pub(super) fn times(self) -> u32 {
        u32::from(self.forward) + u32::from(self.backward)
    }
}

/// The meetings of all pairs: a table for few items, a tree for many.
#[derive(Debug, Clone)]
pub(super) enum Meetings {
    Table { items: usize, cells: Vec<Meeting> },
    Tree(BTreeMap<(u32, u32), Meeting>),
}

impl Meetings {
    pub(super) fn new(items: usize) -> Self {
        if items <= TABLE_ITEMS {
            Self::Table { items, cells: vec![Meeting::default(); items * items] }
        } else {
            Self::Tree(BTreeMap::new())
        }
    }

    pub(super) fn between(&self, a: u32, b: u32) -> Meeting {
        let key = (a.min(b), a.max(b));
        match self {
            Self::Table { items, cells } => cells[key.0 as usize * items + key.1 as usize],
            Self::Tree(tree) => tree.get(&key).copied().unwrap_or_default(),
        }
    }

    pub(super) fn record(&mut self, pair: Pair) {
        let forward = pair.left < pair.right;
        let meeting = self.entry(pair);
        meeting.last_forward = forward;
        let count = if forward { &mut meeting.forward } else { &mut meeting.backward };
        *count = count.saturating_add(1);
    }

    pub(super) fn refuse(&mut self, pair: Pair) {
        self.entry(pair).refused = true;
    }

    fn entry(&mut self, pair: Pair) -> &mut Meeting {
        let key = pair.unordered();
        match self {
            Self::Table { items, cells } => &mut cells[key.0 as usize * *items + key.1 as usize],
            Self::Tree(tree) => tree.entry(key).or_default(),
        }
    }
}

/// Up to here the table (8 bytes a pair) is small and much faster than the tree.
const TABLE_ITEMS: usize = 512;
