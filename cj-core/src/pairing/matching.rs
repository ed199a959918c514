//! Maximum-weight matching; the only file that names the library.

use integer_blossom::max_weight_matching;

/// The heaviest of the largest matchings of a graph (Edmonds 1965), as pairs (i, j) with i < j in order of i.
///
/// `weight(i, j)`, asked for i < j, is `None` where the two may not be matched, else a weight of at least 0 and at most
/// [`MOST_WEIGHT`]. Time grows with the cube of `nodes`.
pub(super) fn heaviest_matching(nodes: usize, weight: impl Fn(usize, usize) -> Option<u32>) -> Vec<(usize, usize)> {
    // One pair more outweighs everything that weights can add up to.
    let per_pair = i64::from(nodes as u32 / 2 + 1) * i64::from(MOST_WEIGHT + 1);
    let mut matrix = vec![0_i64; nodes * nodes];
    for i in 0..nodes {
        for j in i + 1..nodes {
            if let Some(weight) = weight(i, j) {
                let value = per_pair + i64::from(weight.min(MOST_WEIGHT));
                matrix[i * nodes + j] = value;
                matrix[j * nodes + i] = value;
            }
        }
    }
    let mates = max_weight_matching(&matrix, nodes);
    let pairs = mates.into_iter().enumerate().filter_map(|(i, mate)| Some((i, mate?)));
    pairs.filter(|(i, j)| i < j).collect()
}

/// Leaves room for sums over thousands of nodes, doubled inside the library.
pub(super) const MOST_WEIGHT: u32 = 1 << 30;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Weights = Vec<Vec<Option<u32>>>;

    /// (pairs, weight) of the best matching of the nodes not in `used`, by trying all.
    fn best_by_force(weights: &Weights, used: u32) -> (usize, u64) {
        let nodes = weights.len();
        let Some(i) = (0..nodes).find(|i| used & (1 << i) == 0) else { return (0, 0) };
        let used = used | (1 << i);
        let mut best = best_by_force(weights, used);
        for j in i + 1..nodes {
            if let (Some(weight), 0) = (weights[i][j], used & (1 << j)) {
                let (pairs, rest) = best_by_force(weights, used | (1 << j));
                best = best.max((pairs + 1, rest + u64::from(weight)));
            }
        }
        best
    }

    proptest! {
        #[test]
        fn the_matching_is_as_large_and_heavy_as_any(
            nodes in 0_usize..=9,
            cells in prop::collection::vec(prop::option::weighted(0.6, 0_u32..=MOST_WEIGHT), 81),
        ) {
            let weights: Weights = (0..nodes).map(|i| cells[i * 9..][..nodes].to_vec()).collect();
            let pairs = heaviest_matching(nodes, |i, j| weights[i][j]);
            let mut seen = vec![false; nodes];
            let mut total = 0;
            for &(i, j) in &pairs {
                prop_assert!(!std::mem::replace(&mut seen[i], true) && !std::mem::replace(&mut seen[j], true));
                total += u64::from(weights[i][j].expect("only allowed pairs are matched"));
            }
            prop_assert_eq!((pairs.len(), total), best_by_force(&weights, 0));
        }
    }
}
