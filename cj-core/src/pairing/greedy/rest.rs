//! Who sits out.

use crate::pairing::Request;
use crate::pairing::board::Board;
use crate::pairing::dice::mix;

/// Of an odd number of free items the one that sits out a round: of those with the most comparisons the one with the least
/// `need`. So nobody sits out twice before all others have.
pub(in crate::pairing) fn who_rests(
    request: &Request<'_>,
    board: &Board,
    free: &[u32],
    need: impl Fn(u32) -> u64,
) -> Option<u32> {
    let order = |&item: &u32| (u32::MAX - board.games(item), need(item), mix(request.seed, item, item));
    (free.len() % 2 == 1).then(|| free.iter().copied().min_by_key(order)).flatten()
}
