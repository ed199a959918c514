//! The complete design: every pair once.

use super::Pair;
use super::dice::{Dice, Purpose};
use super::orient::orient;

/// Every pair of `items` items once, in rounds in which no item appears twice: (n − 1)·n/2 ordered pairs.
///
/// Rounds come from the circle method (Kirkman 1847) with random names and in random order, except that the second round is
/// chosen so that the first n − 1 comparisons connect all items. With an odd number of items each sits out once. Sides keep
/// |L − R| ≤ 1 for every item after every comparison. An odd `pass` is the even one in reverse order with every pair
/// swapped, so that two passes show each pair in both orders and leave L = R.
///
/// Time and memory grow with n².
///
/// ```
/// use cj_core::pairing::complete_design;
///
/// let once = complete_design(10, 0, 42);
/// assert_eq!(once.len(), 45);
/// let again = complete_design(10, 1, 42);
/// assert_eq!(again[0], once[44].swapped());
/// ```
pub fn complete_design(items: usize, pass: u32, seed: u64) -> Vec<Pair> {
    let mut pairs = orient(&complete_schedule(items, seed), &vec![0; items], seed);
    if pass % 2 == 1 {
        pairs.reverse();
        for pair in &mut pairs {
            *pair = pair.swapped();
        }
    }
    pairs
}

/// The pairs of the complete design in order, without sides.
pub(super) fn complete_schedule(items: usize, seed: u64) -> Vec<(u32, u32)> {
    if items < 2 {
        return Vec::new();
    }
    let mut dice = Dice::new(seed, Purpose::Schedule, 0);
    let mut names: Vec<u32> = (0..items as u32).collect();
    dice.shuffle(&mut names);
    // The pairs of round r are those with a + b ≡ r (mod m), m odd; an even design has one more item, which meets whoever
    // would sit out.
    let modulus = if items % 2 == 1 { items } else { items - 1 };
    let mut rounds: Vec<usize> = (0..modulus).collect();
    dice.shuffle(&mut rounds);
    let connecting = (1..modulus).find(|&at| gcd(rounds[at].abs_diff(rounds[0]), modulus) == 1);
    if let Some(at) = connecting {
        rounds.swap(1, at);
    }
    let mut schedule = Vec::with_capacity(items * (items - 1) / 2);
    for round in rounds {
        let start = schedule.len();
        let alone = round * modulus.div_ceil(2) % modulus;
        for step in 1..=modulus / 2 {
            let (a, b) = ((alone + step) % modulus, (alone + modulus - step) % modulus);
            schedule.push((names[a], names[b]));
        }
        if items.is_multiple_of(2) {
            schedule.push((names[alone], names[items - 1]));
        }
        dice.shuffle(&mut schedule[start..]);
    }
    schedule
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}
