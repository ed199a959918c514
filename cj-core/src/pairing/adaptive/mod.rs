//! A-optimal waves: ask what shrinks the summed posterior variance most.

mod dense;
mod gain;
mod matrices;
mod rule;
mod sparse;

pub(super) use gain::{information, trace_drop};
pub(super) use rule::Adaptive;
