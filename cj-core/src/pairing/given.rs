//! The caller's own list.

use std::collections::BTreeMap;

use super::board::Board;
use super::dice::Dice;
use super::plan::Rule;
use super::{Pair, Request};

/// The pairs that the caller handed in, in that order and with those sides, repeats included; refused pairs are passed over.
#[derive(Debug)]
pub(super) struct Given;

impl Rule for Given {
    fn next(&self, request: &Request<'_>, board: &mut Board, _dice: &mut Dice) -> Vec<Pair> {
        let mut asked: BTreeMap<Pair, u32> = BTreeMap::new();
        for &pair in request.asked {
            *asked.entry(pair).or_default() += 1;
        }
        let mut is_done = |pair: &Pair| match asked.get_mut(pair) {
            Some(times) if *times > 0 => {
                *times -= 1;
                true
            }
            _ => false,
        };
        let left = request.given.iter().filter(|pair| !is_done(pair) && !board.meeting(pair.left, pair.right).refused);
        left.take(request.limit).copied().collect()
    }
}
