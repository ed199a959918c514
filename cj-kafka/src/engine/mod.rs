//! Everything that runs: consumers, relay, questions, monitor, work on batches.

mod bench;
mod figures;
mod judging;
mod monitor;
mod pulse;
mod questions;
mod relay;
mod run;
mod settings;
mod stage;
mod tally;

pub(crate) use bench::Hand;
pub use figures::BatchMetrics;
pub use judging::{InProcessJudge, Judging};
pub use pulse::Pulse;
pub use run::Engine;
pub use settings::EngineSettings;
pub use tally::Tally;
