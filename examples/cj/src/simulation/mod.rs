//! Batches played many times with known truth: how many comparisons a design needs, and whether what it reports is true.
//!
//! A [`Design`] is played by [`Simulated::play`]: a pure function of the design, whatever the number of threads. It stands here and
//! not in the core because nobody who runs batches needs it; planners inside a service have
//! [`comparisons_needed`](cj_core::pairing::comparisons_needed), which is quicker and rougher.
mod analyst;
mod batch;
mod design;
mod dice;
mod figure;
mod measure;
mod recording;
mod simulated;
mod stop;
mod table;
mod workers;
mod world;

pub use design::{Design, Looks, Subject};
pub use figure::Figure;
pub use recording::Recording;
pub use simulated::{Point, Simulated};
pub use stop::Stops;
pub use table::{TABLE_DESIGNS, TableCell, table};
pub use world::Judges;
