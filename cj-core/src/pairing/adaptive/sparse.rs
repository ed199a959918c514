//! The same idea at bounded cost, for many items.

use super::gain::{information, trace_drop};
use crate::pairing::board::Board;
use crate::pairing::greedy::{Neighbours, Sides, rank};
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

    /// A round of at most `want` pairs without the `busy` items.
    pub(super) fn round(&mut self, request: &Request<'_>, board: &Board, busy: &[Pair], want: usize) -> Vec<Pair> {
        let (score, reach, sides) = (self.estimate.mean(), NEIGHBOURS, Sides::Admissible);
        let neighbours = Neighbours { request, score, reach, sides };
        let mut free = neighbours.free(board, busy, |item| rank(self.variance[item as usize]));
        let taken = neighbours.round(board, &mut free, want, |pair| rank(self.gain(pair)));
        for &pair in &taken {
            self.update(pair);
        }
        taken
    }

    fn gain(&self, pair: Pair) -> f64 {
        let [left, right] = self.own(pair);
        trace_drop(self.weight(pair), left * left + right * right, (left + right).max(0.0))
    }

    fn update(&mut self, pair: Pair) {
        let [left, right] = self.own(pair);
        let w = self.weight(pair);
        let c = w / (1.0 + w * (left + right).max(0.0));
        self.variance[pair.left as usize] -= c * left * left;
        self.variance[pair.right as usize] -= c * right * right;
    }

    /// dᵀΣ at the two items, up to sign.
    fn own(&self, pair: Pair) -> [f64; 2] {
        let (left, right) = (pair.left as usize, pair.right as usize);
        let shared =
            self.estimate.covariance().map_or(0.0, |covariance| covariance[left * self.variance.len() + right]);
        [self.variance[left] - shared, self.variance[right] - shared]
    }

    fn weight(&self, pair: Pair) -> f64 {
        let mean = self.estimate.mean();
        information(mean[pair.left as usize] - mean[pair.right as usize])
    }
}

const NEIGHBOURS: usize = 16;
