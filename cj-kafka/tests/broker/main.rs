//! What holds on a real broker. `KAFKA_BOOTSTRAP` names one; without it the tests start one of their own.
#![expect(clippy::unwrap_used, reason = "what is not there fails the test")]

#[path = "../support/mod.rs"]
mod support;

mod crash;
mod engine;
mod poison;
mod publishing;
mod redelivery;
mod secured;
