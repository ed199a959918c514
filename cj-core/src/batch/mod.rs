//! The batch state machine: pure, without clock, randomness or I/O, and without ids of its own.
//!
//! [`Batch::handle`] folds one input into the state and returns what to write. [`decide()`] says what happens after a
//! scoring. [`Batch::next_deadline`] says when the batch wants to be woken.

mod asked;
mod context;
mod deadline;
mod deadlines;
mod decide;
mod ending;
mod held;
mod input;
mod machine;
mod plan;
mod policy;
mod publish;
mod rejection;
mod request;
mod scored;
mod sender;
mod settle;
#[cfg(test)]
mod tests;
mod verdict;

pub use context::{Context, EssayTexts};
pub use decide::{Decision, Facts, decide};
pub use input::{Input, PlannedPair, Scored, WavePlan};
pub use machine::{Batch, Loaded};
pub use policy::{NextWave, next_wave};
pub use rejection::Rejection;
pub use request::{BatchRequest, RequestedEssay};
pub use scored::looks_at_reliability;
pub(crate) use sender::Sender;
