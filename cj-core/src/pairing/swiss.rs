//! Neighbours in the standing meet.

use super::board::Board;
use super::dice::Dice;
use super::greedy::{Neighbours, Sides, rank, rounds};
use super::plan::Rule;
use super::{Pair, Request};

/// The Swiss system (as in Pollitt 2012): from the top, each item meets the next one down that it has not met. Items stand by
/// what they have won; among those who won as often, chance decides. Who has met all that are left meets the nearest of them
/// again: nobody is paired anew for that.
///
/// A baseline. Sides level L − R but do not bind the choice, so |L − R| may reach a few. The first round is random.
#[derive(Debug)]
pub(super) struct Swiss;

impl Rule for Swiss {
    fn next(&self, request: &Request<'_>, board: &mut Board, _dice: &mut Dice) -> Vec<Pair> {
        let level = vec![0.0; request.items];
        let score = request.standing().unwrap_or(&level);
        rounds(request, board, Vec::new(), |board, _, want, _| swiss_round(request, score, board, want))
    }
}

/// One Swiss round.
pub(super) fn swiss_round(request: &Request<'_>, score: &[f64], board: &Board, want: usize) -> Vec<Pair> {
    let fresh = Neighbours { request, score, reach: REPEAT_REACH, sides: Sides::Fresh };
    let mut free = fresh.free(board, &[], |_| 0);
    free.reverse();
    let full = want.min(free.len() / 2);
    let mut taken = Vec::new();
    let mut at = 0;
    while taken.len() < full && at < free.len() {
        let next =
            (at + 1..free.len()).find_map(|other| Some((other, Sides::Fresh.pair(board, free[at], free[other])?)));
        if let Some((other, pair)) = next.filter(|&(_, pair)| board.reserve(pair)) {
            taken.push(pair);
            free.remove(other);
            free.remove(at);
        } else {
            at += 1;
        }
    }
    let closeness = |pair: Pair| closeness(score, pair);
    // Who has met all that are left meets one of them again.
    let any = Neighbours { sides: Sides::Any, ..fresh };
    let want = full - taken.len();
    taken.extend(any.round(board, &mut free, want, closeness));
    taken
}

/// Larger for items nearer each other in score.
pub(super) fn closeness(score: &[f64], pair: Pair) -> u64 {
    rank(1.0 / (1.0 + (score[pair.left as usize] - score[pair.right as usize]).abs()))
}

const REPEAT_REACH: usize = 16;
