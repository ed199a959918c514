//! The commands: one file each, with its options (`Args`) and what it does (`run`).
pub mod cancel;
#[cfg(feature = "kafka")]
pub mod content;
pub mod migrate;
pub mod pair;
pub mod report;
pub mod results;
pub mod run;
pub mod schema;
pub mod score;
#[cfg(feature = "kafka")]
pub mod serve;
pub mod simulate;
pub mod status;
