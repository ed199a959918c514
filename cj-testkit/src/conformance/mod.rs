//! The clauses of the contract in [`cj_core::store`], one case each. [`crate::conformance!`] runs them all on a store.
//!
//! A case is given a fresh store, and panics where the store breaks the contract. It assumes nothing of an order in which
//! cases run, waits for no wall-clock time, and writes a batch and its essays before what refers to them.
#![expect(clippy::missing_panics_doc, reason = "every case panics where the store breaks the contract")]

pub mod answered;
pub mod atomicity;
pub mod batch;
pub mod comparison;
pub mod contention;
pub mod dead_letter;
pub mod decision;
pub mod erasure;
pub mod errors;
pub mod essay;
pub mod inbox;
pub mod outbox;
pub mod outbox_register;
pub mod random;
pub mod refusal;
pub mod relay;
pub mod result;
mod support;
pub mod wave;
pub mod workflow;
