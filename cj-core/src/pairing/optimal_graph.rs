//! The predecessor's rule: few comparisons first, then close scores.

use super::board::Board;
use super::dice::{Dice, mix};
use super::greedy::{Neighbours, Sides, rounds, who_rests};
use super::matching::{MOST_WEIGHT, heaviest_matching};
use super::plan::Rule;
use super::{Pair, Request};

/// Rounds that are maximum-weight matchings on 1/(1 + cᵢ) + 1/(1 + cⱼ) + ½ e^{−|Δ|} [|Δ| < 2], c the number of comparisons
/// and Δ the difference in score, without repeats.
///
/// A baseline. Up to [`MOST_MATCHED`] items the matching is exact; above that it is greedy among neighbours in score.
#[derive(Debug)]
pub(super) struct OptimalGraph;

impl Rule for OptimalGraph {
    fn next(&self, request: &Request<'_>, board: &mut Board, _dice: &mut Dice) -> Vec<Pair> {
        let level = vec![0.0; request.items];
        let score = request.estimate.map_or(&level[..], |estimate| estimate.mean());
        rounds(request, board, Vec::new(), |board, _, want, _| {
            if request.items <= MOST_MATCHED {
                exact_round(request, score, board, want)
            } else {
                let neighbours = Neighbours { request, score, reach: NEIGHBOURS, sides: Sides::Fresh };
                let mut free = neighbours.free(board, &[], |_| 0);
                neighbours.round(board, &mut free, want, |pair| weight(request, score, board, pair).into())
            }
        })
    }
}

fn exact_round(request: &Request<'_>, score: &[f64], board: &Board, want: usize) -> Vec<Pair> {
    let mut free: Vec<u32> = (0..request.items as u32).collect();
    if let Some(rests) = who_rests(request, board, &free, |_| 0) {
        free.retain(|&item| item != rests);
    }
    let pair = |i: usize, j: usize| Sides::Fresh.pair(board, free[i], free[j]);
    let matching = heaviest_matching(free.len(), |i, j| Some(weight(request, score, board, pair(i, j)?)));
    let mut matched: Vec<Pair> = matching.into_iter().filter_map(|(i, j)| pair(i, j)).collect();
    matched.sort_by_key(|&pair| u32::MAX - weight(request, score, board, pair));
    matched.retain(|&pair| board.reserve(pair));
    matched.truncate(want);
    matched
}

/// The weight of a pair, scaled to an integer, with up to 0.001 of seeded noise: all are equal in the first round.
fn weight(request: &Request<'_>, score: &[f64], board: &Board, pair: Pair) -> u32 {
    let rare = |item: u32| 1.0 / (1.0 + f64::from(board.games(item)));
    let apart = (score[pair.left as usize] - score[pair.right as usize]).abs();
    let near = if apart < 2.0 { 0.5 * (-apart).exp() } else { 0.0 };
    let seed = request.seed ^ (u64::from(request.wave) << 32);
    let noise = 0.001 * (mix(seed, pair.left, pair.right) >> 11) as f64 / (1_u64 << 53) as f64;
    ((rare(pair.left) + rare(pair.right) + near + noise) / HEAVIEST * f64::from(MOST_WEIGHT)) as u32
}

/// 1 + 1 + ½ + 0.001.
const HEAVIEST: f64 = 2.501;

/// An exact matching of 500 items takes about 0.1 s.
const MOST_MATCHED: usize = 500;
const NEIGHBOURS: usize = 64;
