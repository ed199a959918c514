//! Chains of comparisons that balance themselves.

use std::collections::BTreeMap;

use crate::pairing::Pair;

/// Orders the positions of `pairs` so that, as far as possible, each comparison shows on the left what the one before it
/// showed on the right. Whoever gets a stretch of the order sees every item inside it as often left as right.
///
/// Each item's lefts and rights are joined one to one, which makes paths and cycles; `shuffle` puts those in order.
pub(super) fn in_trails(pairs: &[Pair], shuffle: impl FnOnce(&mut [Vec<usize>])) -> Vec<usize> {
    let mut open_rights: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (at, pair) in pairs.iter().enumerate().rev() {
        open_rights.entry(pair.right).or_default().push(at);
    }
    // `before[at]` shows on the right what `at` shows on the left.
    let mut before: Vec<Option<usize>> = vec![None; pairs.len()];
    let mut after: Vec<Option<usize>> = vec![None; pairs.len()];
    for (at, pair) in pairs.iter().enumerate() {
        if let Some(other) = open_rights.get_mut(&pair.left).and_then(Vec::pop) {
            before[at] = Some(other);
            after[other] = Some(at);
        }
    }
    let mut walked = vec![false; pairs.len()];
    let mut trails = Vec::new();
    let starts = (0..pairs.len()).filter(|&at| before[at].is_none()).chain(0..pairs.len());
    for start in starts {
        let mut trail = Vec::new();
        let mut next = Some(start);
        while let Some(at) = next.filter(|&at| !walked[at]) {
            walked[at] = true;
            trail.push(at);
            next = after[at];
        }
        if !trail.is_empty() {
            trails.push(trail);
        }
    }
    shuffle(&mut trails);
    trails.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_join_at_the_same_item() {
        let pairs = [(0, 1), (2, 0), (1, 2), (4, 3), (3, 5)].map(|(left, right)| Pair::new(left, right));
        let order = in_trails(&pairs, |_| ());
        let walk: Vec<Pair> = order.iter().map(|&at| pairs[at]).collect();
        // A path 4 → 3 → 5 and a cycle 0 → 1 → 2 → 0.
        assert_eq!(walk[..2], [pairs[3], pairs[4]]);
        assert!(walk[2..].windows(2).all(|two| two[0].right == two[1].left));
        let mut sorted = order;
        sorted.sort_unstable();
        assert_eq!(sorted, [0, 1, 2, 3, 4]);
    }
}
