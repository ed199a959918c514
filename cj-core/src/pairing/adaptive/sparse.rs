//! The same idea at bounded cost, for many items.

use super::exchange::exchange;
use super::gain::{information, rank, trace_drop};
use super::supply::{Supply, class};
use crate::pairing::board::Board;
use crate::pairing::dice::mix;
use crate::pairing::{Estimate, Pair, Request};

/// Greedy rounds among near neighbours in score: O(n log n) a round.
///
/// Only the two items of a pair are thought to learn from it, so ‖Σd‖² ≈ (Σₗₗ − Σₗᵣ)² + (Σᵣᵣ − Σₗᵣ)², with Σₗᵣ = 0 where
/// the covariance is not known. Gains of other pairs of the round then stay what they were, and one sort decides a round.
#[derive(Debug, Clone)]
pub(super) struct Sparse<'a> {
    estimate: Estimate<'a>,
    variance: Vec<f64>,
}

impl<'a> Sparse<'a> {
    pub(super) fn new(estimate: Estimate<'a>) -> Self {
        let variance = (0..estimate.mean().len()).map(|item| estimate.variance(item)).collect();
        Self { estimate, variance }
    }

    /// A round of at most `want` pairs without the `busy` items, recorded on the board.
    pub(super) fn round(&mut self, request: &Request<'_>, board: &mut Board, busy: &[Pair], want: usize) -> Vec<Pair> {
        let mean = self.estimate.mean();
        let mut left = vec![false; mean.len()];
        for item in busy.iter().flat_map(|pair| [pair.left, pair.right]) {
            left[item as usize] = true;
        }
        let mut free: Vec<u32> = (0..mean.len() as u32).filter(|&item| !left[item as usize]).collect();
        if free.len() % 2 == 1 {
            let rests = self.who_rests(request, board, &free);
            free.retain(|&item| item != rests);
        }
        let tie = |item: u32| mix(request.seed, item, item);
        free.sort_by(|&a, &b| mean[a as usize].total_cmp(&mean[b as usize]).then_with(|| tie(a).cmp(&tie(b))));
        let mut supply = Supply::new(board, &free);
        let mut taken: Vec<Pair> = Vec::new();
        let full = want.min(free.len() / 2);
        while taken.len() < full {
            let before = taken.len();
            for (_, _, pair) in self.candidates(request, board, &free) {
                let (a, b) = (pair.left, pair.right);
                let harmless = supply.harmless()[class(board.lean(a))][class(board.lean(b))];
                if taken.len() == full || left[a as usize] || left[b as usize] || !harmless {
                    continue;
                }
                supply.take(board.lean(a), board.lean(b));
                (left[a as usize], left[b as usize]) = (true, true);
                taken.push(pair);
            }
            if taken.len() == before {
                break;
            }
            free.retain(|&item| !left[item as usize]);
        }
        let worth = |pair: Pair| rank(self.gain(pair.left as usize, pair.right as usize));
        while let Some((at, pairs)) = exchange(board, &taken, &free, worth).filter(|_| taken.len() < full) {
            taken[at] = pairs[0];
            taken.push(pairs[1]);
            free.retain(|&item| pairs.iter().all(|pair| pair.left != item && pair.right != item));
        }
        for &pair in &taken {
            self.update(pair.left as usize, pair.right as usize);
            board.record(pair);
        }
        taken
    }

    /// Admissible pairs of near neighbours, best first.
    fn candidates(&self, request: &Request<'_>, board: &Board, sorted: &[u32]) -> Vec<(u64, u64, Pair)> {
        let mut candidates = Vec::with_capacity(sorted.len() * NEIGHBOURS);
        for (at, &a) in sorted.iter().enumerate() {
            let neighbours = &sorted[at + 1..sorted.len().min(at + 1 + NEIGHBOURS)];
            for pair in neighbours.iter().filter_map(|&b| board.admissible(a, b)) {
                let gain = self.gain(pair.left as usize, pair.right as usize);
                candidates.push((u64::MAX - rank(gain), mix(request.seed, pair.left, pair.right), pair));
            }
        }
        candidates.sort_unstable();
        candidates
    }

    fn who_rests(&self, request: &Request<'_>, board: &Board, free: &[u32]) -> u32 {
        let known = |item: u32| rank(self.variance[item as usize]);
        let order = |item: &u32| (u32::MAX - board.games(*item), known(*item), mix(request.seed, *item, *item));
        free.iter().copied().min_by_key(order).expect("an odd number is not 0")
    }

    fn gain(&self, i: usize, j: usize) -> f64 {
        let (own_i, own_j) = self.own(i, j);
        trace_drop(self.weight(i, j), own_i * own_i + own_j * own_j, (own_i + own_j).max(0.0))
    }

    fn update(&mut self, i: usize, j: usize) {
        let (own_i, own_j) = self.own(i, j);
        let w = self.weight(i, j);
        let c = w / (1.0 + w * (own_i + own_j).max(0.0));
        self.variance[i] -= c * own_i * own_i;
        self.variance[j] -= c * own_j * own_j;
    }

    /// dᵀΣ at the two items, up to sign.
    fn own(&self, i: usize, j: usize) -> (f64, f64) {
        let shared = self.estimate.covariance().map_or(0.0, |covariance| covariance[i * self.variance.len() + j]);
        (self.variance[i] - shared, self.variance[j] - shared)
    }

    fn weight(&self, i: usize, j: usize) -> f64 {
        information(self.estimate.mean()[i] - self.estimate.mean()[j])
    }
}

const NEIGHBOURS: usize = 16;
