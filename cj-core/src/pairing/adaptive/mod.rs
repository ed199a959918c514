//! A-optimal waves: ask what shrinks the summed posterior variance most.

mod dense;
mod exchange;
mod gain;
mod matrices;
mod rule;
mod sparse;
mod supply;

pub(super) use rule::Adaptive;
