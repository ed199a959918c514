//! From a strategy's name to its rule.

use super::acj::Acj;
use super::adaptive::Adaptive;
use super::anchored::Anchored;
use super::balanced::Balanced;
use super::board::Board;
use super::dice::{Dice, Purpose};
use super::eig::Eig;
use super::given::Given;
use super::optimal_graph::OptimalGraph;
use super::random::Random;
use super::round_robin::RoundRobin;
use super::swiss::Swiss;
use super::{Pair, PairingError, Request};
use crate::config::Strategy;

/// The comparisons to ask next, in order; none when no admissible pair is left.
///
/// At most [`Request::slots`] pairs (a given list: at most `limit`; anchored: a pair for each student and round), none of them refused, none against the repeat policy.
///
/// # Errors
/// When the request contradicts itself: a pair names an item that does not exist or sets an item against itself, or the
/// estimate is of another number of items.
pub fn plan(strategy: Strategy, request: &Request<'_>) -> Result<Vec<Pair>, PairingError> {
    request.check()?;
    if request.items < 2 || request.slots() == 0 {
        return Ok(Vec::new());
    }
    let rule: &dyn Rule = match strategy {
        Strategy::RoundRobin => &RoundRobin,
        Strategy::Balanced => &Balanced,
        Strategy::Random => &Random,
        Strategy::Swiss => &Swiss,
        Strategy::Acj => &Acj,
        Strategy::Adaptive => &Adaptive,
        Strategy::Eig => &Eig,
        Strategy::OptimalGraph => &OptimalGraph,
        Strategy::Anchored => &Anchored,
        Strategy::Given => &Given,
    };
    let wave = if strategy == Strategy::Anchored { request.most() } else { request.slots() };
    let mut board = Board::new(request, wave);
    let mut dice = Dice::new(request.seed, Purpose::Wave, request.wave);
    Ok(rule.next(request, &mut board, &mut dice))
}

/// One way of choosing the next comparisons.
pub(super) trait Rule {
    /// At most `request.slots()` pairs, each recorded on the board. The request is valid and has at least two items.
    fn next(&self, request: &Request<'_>, board: &mut Board, dice: &mut Dice) -> Vec<Pair>;
}
