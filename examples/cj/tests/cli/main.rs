//! The commands, on the real binary: what they print, and how they end.
#![expect(clippy::unwrap_used, reason = "what is not there fails the test")]

mod bad_input;
mod batches;
mod crash;
mod delete;
mod events;
mod gold;
mod outbox;
mod pair;
mod postgres;
mod replay;
mod run;
mod schema;
mod score;
mod simulate;
mod simulated_world;
mod support;
