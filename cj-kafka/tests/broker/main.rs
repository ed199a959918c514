//! What holds on a real broker. `KAFKA_BOOTSTRAP` names one; without it the tests start one of their own.

#[path = "../support/mod.rs"]
mod support;

mod crash;
mod engine;
mod poison;
mod publishing;
mod redelivery;
