//! A real broker under load, and beside it what a bare client reaches on the same broker in the same run.

mod answers;
mod bare;
mod outbox;
mod stage;

pub use answers::{Answers, Consumed};
pub use bare::bare;
pub use outbox::{TOPICS, drain, events, fill, late};
pub use stage::Stage;

/// What goes wrong in a benchmark.
type Failure = Box<dyn std::error::Error + Send + Sync>;
