//! Chance alone: the baseline that every other rule must beat.

use std::cmp::Reverse;

use super::board::Board;
use super::dice::{Dice, Purpose};
use super::passes::next_in_passes;
use super::plan::Rule;
use super::{Pair, Repeats, Request};

/// Uniform pairs, dealt in rounds like those of every other rule, so that no item falls behind by chance. A panel may meet a
/// pair again; one judge gets all pairs in random order.
#[derive(Debug)]
pub(super) struct Random;

impl Rule for Random {
    fn next(&self, request: &Request<'_>, board: &mut Board, dice: &mut Dice) -> Vec<Pair> {
        if request.repeats != Repeats::Panel && request.items <= MOST_LISTED {
            let mut schedule: Vec<(u32, u32)> =
                (0..request.items as u32).flat_map(|b| (0..b).map(move |a| (a, b))).collect();
            Dice::new(request.seed, Purpose::Schedule, 0).shuffle(&mut schedule);
            return next_in_passes(&schedule, request, board, request.slots());
        }
        let mut planned = Vec::new();
        while planned.len() < request.slots() {
            let mut round = full_round(board, dice);
            round.truncate(request.slots() - planned.len());
            if round.is_empty() {
                break;
            }
            board.record_round(&round);
            planned.extend(round);
        }
        planned
    }
}

/// The fullest of a few rounds: sides may leave the last of a round with nobody to meet, which another deal mends.
fn full_round(board: &Board, dice: &mut Dice) -> Vec<Pair> {
    let mut fullest = Vec::new();
    for _ in 0..DEALS {
        let round = deal(board, dice);
        if round.len() > fullest.len() {
            fullest = round;
        }
        if fullest.len() == board.items() / 2 {
            break;
        }
    }
    fullest
}

/// One round: whoever has the fewest comparisons first, in random order, each with a random partner among those who are left
/// and whom it may meet.
fn deal(board: &Board, dice: &mut Dice) -> Vec<Pair> {
    let mut waiting: Vec<u32> = (0..board.items() as u32).collect();
    dice.shuffle(&mut waiting);
    // The last is dealt first.
    waiting.sort_by_key(|&item| Reverse(board.games(item)));
    let mut round = Vec::new();
    while let Some(item) = waiting.pop() {
        let partners = (0..waiting.len()).rev();
        let mut admissible = partners.filter_map(|at| board.admissible(item, waiting[at]).map(|pair| (at, pair)));
        let found = admissible.find(|&(_, pair)| board.reserve(pair));
        if let Some((at, pair)) = found {
            waiting.remove(at);
            round.push(pair);
        }
    }
    board.release();
    round
}

/// How often a round is dealt anew before it is taken as it is.
const DEALS: usize = 16;

/// Above this a list of all pairs takes longer than dealing them is worth; repeats are rare there.
const MOST_LISTED: usize = 1024;
