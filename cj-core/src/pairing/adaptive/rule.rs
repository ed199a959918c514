//! The default rule.

use super::dense::Dense;
use super::sparse::Sparse;
use crate::pairing::balanced::balanced;
use crate::pairing::board::Board;
use crate::pairing::dice::Dice;
use crate::pairing::plan::Rule;
use crate::pairing::{Pair, Request};

/// Three balanced rounds, then greedy A-optimal rounds (Graßhoff & Schwabe 2008; Atkinson & Donev 1992).
///
/// A pair d = eₗ − eᵣ with information w = p(1 − p) lowers the trace of the posterior covariance Σ by w ‖Σd‖² / (1 + w dᵀΣd).
/// The best admissible pair is taken, Σ is brought up to date, and so on; an item plays at most once a round. A repeat is
/// taken, swapped, where it is worth more than a new pair. Without an estimate the balanced rounds go on.
#[derive(Debug)]
pub(in crate::pairing) struct Adaptive;

impl Rule for Adaptive {
    fn next(&self, request: &Request<'_>, board: &mut Board, dice: &mut Dice) -> Vec<Pair> {
        let Some(estimate) = request.estimate else {
            return balanced(request, board, dice, request.slots());
        };
        let (slots, half) = (request.slots(), request.items / 2);
        let opening = (OPENING_ROUNDS * half).saturating_sub(board.asked()).min(slots);
        let mut planned = balanced(request, board, dice, opening);
        if planned.len() == slots {
            return planned;
        }
        let mut search = match estimate.covariance() {
            Some(covariance) if request.items <= MOST_DENSE => Search::Dense(Dense::new(estimate.mean(), covariance)),
            _ => Search::Sparse(Sparse::new(estimate)),
        };
        // The first of these rounds may have begun with pairs of the opening; a round that falls short is not made up for.
        let whole = planned.len() / half;
        for round in whole..request.rounds as usize {
            let begun = if round == whole { &planned[whole * half..] } else { &[] };
            let want = (slots - planned.len()).min(half - begun.len());
            let last = round + 1 == request.rounds as usize || slots - planned.len() <= want;
            let next = match &mut search {
                Search::Dense(dense) => dense.round(request, board, begun, want, last),
                Search::Sparse(sparse) => sparse.round(request, board, begun, want),
            };
            if next.is_empty() {
                break;
            }
            planned.extend(next);
        }
        planned
    }
}

/// Every pair where that is affordable, else near neighbours.
#[derive(Debug)]
enum Search<'a> {
    Dense(Dense),
    Sparse(Sparse<'a>),
}

/// Enough that the comparisons connect all items and every item met a stranger of either side.
const OPENING_ROUNDS: usize = 3;

/// Above this a full search costs more than it wins over near neighbours.
const MOST_DENSE: usize = 300;
