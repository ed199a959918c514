//! A wave is a number of rounds.

use crate::pairing::board::Board;
use crate::pairing::{Pair, Request};

/// Fills a wave round by round, after the pairs that it has already.
///
/// `round` gets the board, the pairs with which the round has begun (only the first can have), how many pairs it may add and
/// whether it is the last. What it returns is recorded. A round that falls short is not made up for.
pub(in crate::pairing) fn rounds(
    request: &Request<'_>,
    board: &mut Board,
    mut planned: Vec<Pair>,
    mut round: impl FnMut(&Board, &[Pair], usize, bool) -> Vec<Pair>,
) -> Vec<Pair> {
    let (slots, half) = (request.slots(), request.items / 2);
    let whole = planned.len() / half;
    for number in whole..request.rounds as usize {
        let begun = if number == whole { &planned[whole * half..] } else { &[] };
        let rest = slots.saturating_sub(planned.len());
        let want = rest.min(half - begun.len());
        let last = number + 1 == request.rounds as usize || rest <= want;
        let next = if want == 0 { Vec::new() } else { round(board, begun, want, last) };
        if next.is_empty() {
            break;
        }
        board.record_round(&next);
        planned.extend(next);
    }
    planned
}
