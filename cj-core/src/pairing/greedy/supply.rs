//! Who is still free in a round, by the side each needs.

use crate::pairing::board::Board;

/// Free items of a round, counted by lean: a greedy choice must not strand items that all need the same side.
#[derive(Debug, Clone)]
pub(in crate::pairing) struct Supply {
    counts: [usize; 3],
}

impl Supply {
    pub(in crate::pairing) fn new(board: &Board, free: &[u32]) -> Self {
        let mut counts = [0; 3];
        for &item in free {
            counts[class(board.lean(item))] += 1;
        }
        Self { counts }
    }

    pub(in crate::pairing) fn take(&mut self, lean_a: i32, lean_b: i32) {
        self.counts[class(lean_a)] -= 1;
        self.counts[class(lean_b)] -= 1;
    }

    /// For every two classes of lean: whether a pair of them leaves as many pairs possible as there were, less one.
    pub(in crate::pairing) fn harmless(&self) -> [[bool; 3]; 3] {
        let mut table = [[false; 3]; 3];
        let before = most_pairs(self.counts);
        for a in 0..3 {
            for b in 0..3 {
                let mut counts = self.counts;
                counts[a] = counts[a].saturating_sub(1);
                counts[b] = counts[b].saturating_sub(1);
                table[a][b] = most_pairs(counts) + 1 >= before;
            }
        }
        table
    }
}

/// 0, 1, 2 for an item that needs the left, either side, the right.
pub(in crate::pairing) fn class(lean: i32) -> usize {
    (lean.signum() + 1) as usize
}

/// Items that need opposite sides pair with each other, those that need none with anyone.
fn most_pairs([left, any, right]: [usize; 3]) -> usize {
    let opposite = left.min(right);
    let rest = left.max(right) - opposite;
    let mixed = rest.min(any);
    opposite + mixed + (any - mixed) / 2
}
