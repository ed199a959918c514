//! Every pair once, then the same in reverse.

use super::board::Board;
use super::design::complete_schedule;
use super::dice::Dice;
use super::passes::next_in_passes;
use super::plan::Rule;
use super::{Pair, Request};

/// The complete design, pass after pass as far as repeats are allowed.
#[derive(Debug)]
pub(super) struct RoundRobin;

impl Rule for RoundRobin {
    fn next(&self, request: &Request<'_>, board: &mut Board, _dice: &mut Dice) -> Vec<Pair> {
        let schedule = complete_schedule(request.items, request.seed);
        next_in_passes(&schedule, request, board, request.slots())
    }
}
