//! Saving a round that a greedy choice left short.

use crate::pairing::Pair;

/// Finds partners for two free items that may not meet each other, by breaking up one pair of the round; `side` says how two
/// items may meet.
///
/// Returns the position of that pair and the two pairs that replace it, the most valuable exchange by `worth` first; `None`
/// where no exchange leaves one pair more.
pub(in crate::pairing) fn exchange(
    taken: &[Pair],
    free: &[u32],
    side: impl Fn(u32, u32) -> Option<Pair>,
    worth: impl Fn(Pair) -> u64,
) -> Option<(usize, [Pair; 2])> {
    let mut best: Option<(u64, usize, [Pair; 2])> = None;
    let free = &free[..free.len().min(MOST_FREE)];
    for (at, &u) in free.iter().enumerate() {
        for &v in &free[at + 1..] {
            for (position, pair) in taken.iter().enumerate() {
                for (a, b) in [(pair.left, pair.right), (pair.right, pair.left)] {
                    let (Some(first), Some(second)) = (side(u, a), side(v, b)) else {
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
