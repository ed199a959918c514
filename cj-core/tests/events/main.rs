//! The contracts from outside: real messages, generated ones, and broken ones.
#![expect(clippy::unwrap_used, reason = "helpers of tests may panic like tests")]

mod bounds;
mod golden;
mod leniency;
mod properties;
#[cfg(feature = "schema")]
mod schema;
mod strategy;
mod strategy_result;
mod support;
