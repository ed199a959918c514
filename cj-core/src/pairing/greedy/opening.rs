//! The balanced rounds before there is anything to go by.

use crate::pairing::balanced::balanced;
use crate::pairing::board::Board;
use crate::pairing::dice::Dice;
use crate::pairing::{Pair, Request};

/// The part of a wave that belongs to the three balanced rounds at the start of a batch; all of it without an estimate.
pub(in crate::pairing) fn opening(request: &Request<'_>, board: &mut Board, dice: &mut Dice) -> Vec<Pair> {
    let rest = (OPENING_ROUNDS * (request.items / 2)).saturating_sub(board.asked());
    let want = if request.estimate.is_some() { rest.min(request.slots()) } else { request.slots() };
    balanced(request, board, dice, want)
}

/// Enough that the comparisons connect all items and every item met strangers on either side.
const OPENING_ROUNDS: usize = 3;
