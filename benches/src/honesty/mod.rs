//! How far reported figures may be believed: simulated studies whose truth is known.
mod cell;
mod tally;

pub use cell::{Cell, DESIGNS};
pub use tally::{Repetition, Tally, squared_correlation};
