//! "Adaptive comparative judgement" as it was first published.

use super::board::Board;
use super::dice::Dice;
use super::greedy::{Neighbours, Sides, rounds};
use super::plan::Rule;
use super::swiss::{closeness, swiss_round};
use super::{Pair, Request};

/// Swiss rounds, then the pairs that are nearest in estimated score (Pollitt 2012).
///
/// A baseline: kept to be compared with. Items that drew luckily then meet only their like, which spreads the estimates and
/// inflates the scale separation reliability, even with judges who toss coins (Bramley 2015): with this rule trust no
/// reliability but the honest one.
#[derive(Debug)]
pub(super) struct Acj;

impl Rule for Acj {
    fn next(&self, request: &Request<'_>, board: &mut Board, _dice: &mut Dice) -> Vec<Pair> {
        let level = vec![0.0; request.items];
        let standing = request.standing().unwrap_or(&level);
        let score = request.estimate.map_or(&level[..], |estimate| estimate.mean());
        rounds(request, board, Vec::new(), |board, _, want, _| {
            if board.asked() < SWISS_ROUNDS * (request.items / 2) || request.estimate.is_none() {
                return swiss_round(request, standing, board, want);
            }
            let nearest = Neighbours { request, score, reach: NEIGHBOURS, sides: Sides::Fresh };
            let mut free = nearest.free(board, &[], |_| 0);
            let mut taken = nearest.round(board, &mut free, want, |pair| closeness(score, pair));
            let any = Neighbours { sides: Sides::Any, ..nearest };
            let rest = want.saturating_sub(taken.len());
            taken.extend(any.round(board, &mut free, rest, |pair| closeness(score, pair)));
            taken
        })
    }
}

/// The first of them is random.
const SWISS_ROUNDS: usize = 4;
const NEIGHBOURS: usize = 16;
