//! Sides for a schedule that is known beforehand.

use super::Pair;
use super::dice::mix;

/// Gives every pair of a schedule its sides so that |L − R| ≤ 1 for every item after every comparison.
///
/// `lean` is L − R before the first pair. An item's next two comparisons go to opposite sides, then the two after them, and
/// so on (an item that leans already goes to the other side first). Read as a walk that enters an item on one comparison and
/// leaves it on the next, these demands join the pairs into paths and cycles, and a walk has a direction all along: so they
/// never contradict each other. A free path takes the side that the seed gives to its first pair, so that what remains of a
/// schedule is oriented as it was when the whole was. Demands from `lean` at both ends of one path may clash when the past
/// did not follow the schedule; the earlier one is then kept.
pub(super) fn orient(schedule: &[(u32, u32)], lean: &[i32], seed: u64) -> Vec<Pair> {
    let links = links(schedule, lean);
    let mut first_left: Vec<Option<bool>> = vec![None; schedule.len()];
    let forced = (0..schedule.len()).filter_map(|edge| Some((edge, links[edge].iter().find_map(Link::demand)?)));
    let free = (0..schedule.len()).map(|edge| (edge, mix(seed, schedule[edge].0, schedule[edge].1) & 1 == 0));
    let mut open = Vec::new();
    for (edge, side) in forced.chain(free) {
        if first_left[edge].is_some() {
            continue;
        }
        first_left[edge] = Some(side);
        open.push((edge, side));
        while let Some((edge, first_is_left)) = open.pop() {
            for (end, link) in links[edge].iter().enumerate() {
                let &Link::Edge { edge: next, end: next_end } = link else { continue };
                if first_left[next].is_none() {
                    let item_is_left = first_is_left == (end == 0);
                    let next_first_left = item_is_left != (next_end == 0);
                    first_left[next] = Some(next_first_left);
                    open.push((next, next_first_left));
                }
            }
        }
    }
    let sided = schedule.iter().zip(first_left);
    sided.map(|(&(a, b), left)| if left == Some(true) { Pair::new(a, b) } else { Pair::new(b, a) }).collect()
}

/// What one end of a pair demands.
#[derive(Debug, Clone, Copy)]
enum Link {
    Free,
    /// The item at this end must be on the side opposite to the one it has in another pair.
    Edge {
        edge: usize,
        end: usize,
    },
    /// The past decides whether the first of the two is on the left.
    Past {
        first_left: bool,
    },
}

impl Link {
    fn demand(&self) -> Option<bool> {
        match *self {
            Self::Past { first_left } => Some(first_left),
            Self::Free | Self::Edge { .. } => None,
        }
    }
}

fn links(schedule: &[(u32, u32)], lean: &[i32]) -> Vec<[Link; 2]> {
    let mut links = vec![[Link::Free; 2]; schedule.len()];
    let mut lean = lean.to_vec();
    let mut waiting: Vec<Option<(usize, usize)>> = vec![None; lean.len()];
    for (edge, &(a, b)) in schedule.iter().enumerate() {
        for (end, item) in [a as usize, b as usize].into_iter().enumerate() {
            if lean[item] != 0 {
                let item_left = lean[item] < 0;
                links[edge][end] = Link::Past { first_left: item_left == (end == 0) };
                lean[item] -= lean[item].signum();
            } else if let Some((other, other_end)) = waiting[item].take() {
                links[edge][end] = Link::Edge { edge: other, end: other_end };
                links[other][other_end] = Link::Edge { edge, end };
            } else {
                waiting[item] = Some((edge, end));
            }
        }
    }
    links
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn worst_lean(pairs: &[Pair], items: usize) -> i32 {
        let mut lean = vec![0_i32; items];
        let mut worst = 0;
        for pair in pairs {
            lean[pair.left as usize] += 1;
            lean[pair.right as usize] -= 1;
            worst = worst.max(lean[pair.left as usize].abs()).max(lean[pair.right as usize].abs());
        }
        worst
    }

    proptest! {
        #[test]
        fn any_schedule_stays_balanced_and_may_be_cut_anywhere(
            raw in prop::collection::vec((0_u32..12, 0_u32..12), 0..120),
            cut in 0_usize..120,
            seed: u64,
        ) {
            let schedule: Vec<_> = raw.into_iter().filter(|(a, b)| a != b).collect();
            let whole = orient(&schedule, &[0; 12], seed);
            prop_assert!(worst_lean(&whole, 12) <= 1);
            for (pair, &(a, b)) in whole.iter().zip(&schedule) {
                prop_assert_eq!(pair.unordered(), (a.min(b), a.max(b)));
            }
            let cut = cut.min(schedule.len());
            let mut lean = vec![0; 12];
            for pair in &whole[..cut] {
                lean[pair.left as usize] += 1;
                lean[pair.right as usize] -= 1;
            }
            // The rest of a schedule is also balanced when it is oriented later, from where it stands.
            let rest = orient(&schedule[cut..], &lean, seed);
            let both: Vec<Pair> = whole[..cut].iter().chain(&rest).copied().collect();
            prop_assert!(worst_lean(&both, 12) <= 1);
        }
    }
}
