//! A greedy round among near neighbours in score.

use super::exchange::exchange;
use super::rest::who_rests;
use super::supply::{Supply, class};
use crate::pairing::board::Board;
use crate::pairing::dice::mix;
use crate::pairing::{Pair, Request};

/// How pairs get their sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pairing) enum Sides {
    /// Only admissible pairs: |L − R| ≤ 1.
    Admissible,
    /// Only pairs that never met; who leans right goes left.
    Fresh,
    /// Any pair that the repeat policy allows; who leans right goes left.
    Any,
}

impl Sides {
    pub(in crate::pairing) fn pair(self, board: &Board, a: u32, b: u32) -> Option<Pair> {
        match self {
            Self::Admissible => board.admissible(a, b),
            Self::Fresh => board.is_new(a, b).then(|| board.levelled(a, b)).flatten(),
            Self::Any => board.levelled(a, b),
        }
    }
}

/// Greedy rounds in which every item considers its nearest free neighbours only: O(n log n) a round.
#[derive(Debug, Clone, Copy)]
pub(in crate::pairing) struct Neighbours<'a> {
    pub(in crate::pairing) request: &'a Request<'a>,
    /// Where each item stands.
    pub(in crate::pairing) score: &'a [f64],
    /// How many neighbours upwards an item considers.
    pub(in crate::pairing) reach: usize,
    pub(in crate::pairing) sides: Sides,
}

impl Neighbours<'_> {
    /// The items that play: all that are not `busy`, except the one with the least `need` where the number is odd; in order
    /// of their scores, ties in an order that the seed decides.
    pub(in crate::pairing) fn free(&self, board: &Board, busy: &[Pair], need: impl Fn(u32) -> u64) -> Vec<u32> {
        let mut plays = vec![true; self.score.len()];
        for item in busy.iter().flat_map(|pair| [pair.left, pair.right]) {
            plays[item as usize] = false;
        }
        let mut free: Vec<u32> = (0..self.score.len() as u32).filter(|&item| plays[item as usize]).collect();
        if let Some(rests) = who_rests(self.request, board, &free, need) {
            free.retain(|&item| item != rests);
        }
        let tie = |item: u32| mix(self.request.seed ^ u64::from(self.request.wave), item, item);
        let score = |item: u32| self.score[item as usize];
        free.sort_by(|&a, &b| score(a).total_cmp(&score(b)).then_with(|| tie(a).cmp(&tie(b))));
        free
    }

    /// At most `want` pairs of the free items, the one of highest `worth` first; they are no longer free.
    pub(in crate::pairing) fn round(
        &self,
        board: &Board,
        free: &mut Vec<u32>,
        want: usize,
        worth: impl Fn(Pair) -> u64,
    ) -> Vec<Pair> {
        let mut supply = Supply::new(board, free);
        let mut taken: Vec<Pair> = Vec::new();
        let mut left = vec![false; self.score.len()];
        let full = want.min(free.len() / 2);
        while taken.len() < full {
            let before = taken.len();
            for (_, _, pair) in self.candidates(board, free, &worth) {
                let (a, b) = (pair.left, pair.right);
                let strands =
                    self.sides == Sides::Admissible && !supply.harmless()[class(board.lean(a))][class(board.lean(b))];
                if taken.len() == full || left[a as usize] || left[b as usize] || strands || !board.reserve(pair) {
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
        self.complete(board, free, full, &mut taken, worth);
        taken
    }

    /// Exchanges partners until the round is full or no exchange helps.
    pub(in crate::pairing) fn complete(
        &self,
        board: &Board,
        free: &mut Vec<u32>,
        full: usize,
        taken: &mut Vec<Pair>,
        worth: impl Fn(Pair) -> u64,
    ) {
        let side = |a, b| self.sides.pair(board, a, b);
        // An exchange might break a quota.
        while taken.len() < full && !board.has_quotas() {
            let Some((at, pairs)) = exchange(taken, free, side, &worth) else { break };
            taken[at] = pairs[0];
            taken.push(pairs[1]);
            free.retain(|&item| pairs.iter().all(|pair| pair.left != item && pair.right != item));
        }
    }

    /// Pairs of near neighbours, best first.
    fn candidates(&self, board: &Board, sorted: &[u32], worth: impl Fn(Pair) -> u64) -> Vec<(u64, u64, Pair)> {
        let mut candidates = Vec::with_capacity(sorted.len() * self.reach.min(sorted.len()));
        for (at, &a) in sorted.iter().enumerate() {
            let neighbours = &sorted[at + 1..sorted.len().min((at + 1).saturating_add(self.reach))];
            for pair in neighbours.iter().filter_map(|&b| self.sides.pair(board, a, b)) {
                let tie = mix(self.request.seed, pair.left, pair.right);
                candidates.push((u64::MAX - worth(pair), tie, pair));
            }
        }
        candidates.sort_unstable();
        candidates
    }
}
