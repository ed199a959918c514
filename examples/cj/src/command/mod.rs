//! The commands: one file each, with its options (`Args`) and what it does (`run`).
pub mod cancel;
pub mod dead_letters;
pub mod delete;
pub mod events;
pub mod migrate;
pub mod outbox;
pub mod pair;
pub mod replay;
pub mod report;
pub mod results;
pub mod run;
pub mod schema;
pub mod score;
pub mod simulate;
pub mod status;
