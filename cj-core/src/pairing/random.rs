//! Uniform pairs: the baseline that every other rule must beat.

use super::board::Board;
use super::dice::{Dice, Purpose};
use super::passes::next_in_passes;
use super::plan::Rule;
use super::{Pair, Repeats, Request};

/// Uniform pairs. A panel draws with replacement among the admissible ones; one judge gets all pairs in random order.
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
            let Some(pair) = draw(board, dice).or_else(|| search(board, dice)) else { break };
            board.record(pair);
            planned.push(pair);
        }
        planned
    }
}

/// Rejection sampling: uniform over what is admissible, fast while much is.
fn draw(board: &Board, dice: &mut Dice) -> Option<Pair> {
    let items = board.items();
    (0..DRAWS).find_map(|_| {
        let a = dice.below(items);
        let b = dice.below(items - 1);
        let b = if b < a { b } else { b + 1 };
        board.admissible(a as u32, b as u32)
    })
}

/// The same distribution by looking at every pair: slow, and needed only when hardly any is admissible.
fn search(board: &Board, dice: &mut Dice) -> Option<Pair> {
    let items = board.items() as u32;
    let mut kept = None;
    let mut seen = 0;
    for a in 0..items {
        for b in a + 1..items {
            if let Some(pair) = board.admissible(a, b) {
                seen += 1;
                if dice.below(seen) == 0 {
                    kept = Some(pair);
                }
            }
        }
    }
    kept
}

const DRAWS: usize = 200;

/// Above this a list of all pairs takes longer than drawing from it is worth; draws hardly ever repeat there.
const MOST_LISTED: usize = 1024;
