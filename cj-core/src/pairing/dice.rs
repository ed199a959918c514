//! Seeded randomness with a fixed algorithm.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// What random numbers are for: uses of the same seed must not share them.
#[derive(Debug, Clone, Copy)]
pub(super) enum Purpose {
    Wave,
    Schedule,
    Doubles,
    Judges,
    Forecast,
}

/// A seeded source of random numbers whose sequence is part of the contract: a batch replays its waves from the seed.
#[derive(Debug, Clone)]
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    /// One of the many independent streams of a seed.
    pub(super) fn new(seed: u64, purpose: Purpose, number: u32) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(((purpose as u64) << 32) | u64::from(number));
        Self(rng)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A uniform number below `bound`, which is not 0 (Lemire 2019, without the modulo bias).
    pub(super) fn below(&mut self, bound: usize) -> usize {
        let bound = bound as u64;
        loop {
            let wide = u128::from(self.next()) * u128::from(bound);
            if (wide as u64) >= bound.wrapping_neg() % bound {
                return (wide >> 64) as usize;
            }
        }
    }

    /// Puts the slice in random order (Fisher–Yates).
    pub(super) fn shuffle<T>(&mut self, slice: &mut [T]) {
        for i in (1..slice.len()).rev() {
            let j = self.below(i + 1);
            slice.swap(i, j);
        }
    }
}

/// A random-looking number that depends on the seed and the two items only, in either order (splitmix64 finaliser).
pub(super) fn mix(seed: u64, a: u32, b: u32) -> u64 {
    let key = (u64::from(a.min(b)) << 32) | u64::from(a.max(b));
    let mut z = seed.wrapping_add(0x9E37_79B9_7F4A_7C15).wrapping_mul(0xD6E8_FEB8_6659_FD93) ^ key;
    for _ in 0..2 {
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^= z >> 31;
    }
    z
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_of_a_seed_never_changes() {
        let mut dice = Dice::new(1, Purpose::Wave, 2);
        let drawn: Vec<usize> = (0..8).map(|_| dice.below(1000)).collect();
        let mut again = Dice::new(1, Purpose::Wave, 2);
        assert_eq!(drawn, (0..8).map(|_| again.below(1000)).collect::<Vec<_>>());
        let mut other = Dice::new(1, Purpose::Wave, 3);
        assert_ne!(drawn, (0..8).map(|_| other.below(1000)).collect::<Vec<_>>());
    }

    #[test]
    fn numbers_below_a_bound_are_uniform() {
        let mut dice = Dice::new(5, Purpose::Schedule, 0);
        let mut counts = [0_i32; 7];
        (0..70_000).for_each(|_| counts[dice.below(7)] += 1);
        // Five standard deviations of a count are about 463.
        assert!(counts.iter().all(|count| (count - 10_000).abs() < 463), "{counts:?}");
    }

    #[test]
    fn the_mix_of_two_items_ignores_their_order_and_not_their_names() {
        assert_eq!(mix(3, 1, 2), mix(3, 2, 1));
        assert_ne!(mix(3, 1, 2), mix(3, 1, 3));
        assert_ne!(mix(3, 1, 2), mix(4, 1, 2));
    }
}
