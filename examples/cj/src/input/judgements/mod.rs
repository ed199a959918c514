//! Recorded judgements, in the tables that this and other tools write.
mod shape;
mod table;
#[cfg(test)]
mod tests;

pub use table::{JudgementTable, Outcome, Record};
