//! Judgements to fit and to plan from, drawn from a seed.

use cj_core::config::Strategy;
use cj_core::pairing::{Pair, PairingError, Request, plan};
use cj_core::scoring::PairCount;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// The true scores lie evenly between minus and plus this many logits.
const REACH: f64 = 1.0;

/// Items that were compared some rounds long.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "benchmarks read every field")]
pub struct Judged {
    /// The names, in order.
    pub names: Vec<String>,
    /// What was asked, in order.
    pub asked: Vec<Pair>,
    /// How it ended.
    pub counts: Vec<PairCount>,
}

/// Compares `items` items in `rounds` balanced rounds, each answered by a Bradley–Terry judge. The same seed gives the same.
///
/// # Errors
/// Never, for two items or more.
pub fn judged(items: usize, rounds: u32, seed: u64) -> Result<Judged, PairingError> {
    let mut request = Request::new(items);
    request.rounds = rounds;
    request.seed = seed;
    let asked = plan(Strategy::Balanced, &request)?;
    let score = |item: u32| REACH * (2.0 * f64::from(item) / (items as f64 - 1.0) - 1.0);
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let count = |pair: &Pair| {
        let draw = (dice.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
        let left_wins = draw < 1.0 / (1.0 + (score(pair.right) - score(pair.left)).exp());
        let (left, right) = (pair.left as usize, pair.right as usize);
        PairCount::new(left, right, f64::from(u8::from(left_wins)), f64::from(u8::from(!left_wins)))
    };
    let counts = asked.iter().map(count).collect();
    let names = (0..items).map(|item| format!("E{item:05}")).collect();
    Ok(Judged { names, asked, counts })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_is_compared_in_every_round() {
        let judged = judged(10, 4, 1).unwrap();
        assert_eq!(judged.asked.len(), 20);
        for item in 0..10 {
            let of = |count: &&PairCount| count.left == item || count.right == item;
            assert_eq!(judged.counts.iter().filter(of).count(), 4);
        }
    }
}
