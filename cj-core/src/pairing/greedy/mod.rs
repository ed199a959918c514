//! What the rules that choose as they go have in common.

mod exchange;
mod neighbours;
mod opening;
mod rank;
mod rest;
mod rounds;
mod supply;

pub(super) use exchange::exchange;
pub(super) use neighbours::{Neighbours, Sides};
pub(super) use opening::opening;
pub(super) use rank::rank;
pub(super) use rest::who_rests;
pub(super) use rounds::rounds;
pub(super) use supply::{Supply, class};
