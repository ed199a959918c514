//! The default rule.

use super::dense::Dense;
use super::sparse::Sparse;
use crate::pairing::board::Board;
use crate::pairing::dice::Dice;
use crate::pairing::greedy::{opening, rounds};
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
        let planned = opening(request, board, dice);
        let Some(estimate) = request.estimate.filter(|_| planned.len() < request.slots()) else { return planned };
        match estimate.covariance() {
            Some(covariance) if request.items <= MOST_DENSE => {
                let mut search = Dense::new(estimate.mean(), covariance);
                rounds(request, board, planned, |board, busy, want, last| {
                    search.round(request, board, busy, want, last)
                })
            }
            _ => {
                let mut search = Sparse::new(estimate);
                rounds(request, board, planned, |board, busy, want, _| search.round(request, board, busy, want))
            }
        }
    }
}

/// Above this a full search costs more than it wins over near neighbours.
const MOST_DENSE: usize = 300;
