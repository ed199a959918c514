//! Saving a round that a greedy choice left short.

use crate::pairing::Pair;
use crate::pairing::board::Board;

/// Finds partners for two free items that may not meet each other, by breaking up one pair of the round.
///
/// Returns the position of that pair and the two pairs that replace it, the most valuable exchange by `worth` first; `None`
/// where no exchange leaves one pair more.
pub(super) fn exchange(
    board: &Board,
    taken: &[Pair],
    free: &[u32],
    worth: impl Fn(Pair) -> u64,
) -> Option<(usize, [Pair; 2])> {
    let mut best: Option<(u64, usize, [Pair; 2])> = None;
    let free = &free[..free.len().min(MOST_FREE)];
    for (at, &u) in free.iter().enumerate() {
        for &v in &free[at + 1..] {
            for (position, pair) in taken.iter().enumerate() {
                for (a, b) in [(pair.left, pair.right), (pair.right, pair.left)] {
                    let (Some(first), Some(second)) = (board.admissible(u, a), board.admissible(v, b)) else {
                        continue;
                    };
                    let value = worth(first).saturating_add(worth(second));
                    if best.is_none_or(|(most, ..)| value > most) {
                        best = Some((value, position, [first, second]));
                    }
                }
            }
        }
    }
    best.map(|(_, position, pairs)| (position, pairs))
}

/// A greedy round leaves a handful of items at most; this only bounds the work.
const MOST_FREE: usize = 16;
