//! `cj serve`: a worker that takes requests and answers from Kafka, and sends questions and events there.

mod args;
mod content;
mod figures;
mod judge;
mod pace;
mod run;

pub use args::Args;
pub use run::run;
