//! Comparative judgement as a library: which pairs to ask, what the answers say, and the workflow of a batch in between.
//!
//! It does no I/O: time, seeds and stores are handed in.
//!
//! - [`batch`] is the state machine: one input in, a [`change::ChangeSet`] out. [`service`] is the shell that loads, folds,
//!   applies and commits, on any [`store::Store`].
//! - [`scoring`] and [`pairing`] turn judgements into scores, and scores into the next pairs; they need nothing else of it.
//! - [`event`] holds the messages of an assessment platform, and the question that a judge reads.
//! - [`read`] holds what may be asked about a batch: how far it is, what came of it, everything.
//! - [`store`] and [`port`] are what it asks of a database, a clock, a source of texts and a publisher.
//! - [`change`], [`config`], [`grading`] and [`id`] are rows, settings, grade scales and identifiers.
//!
//! Features, both off: `memory`, the store in memory; `schema`, a JSON Schema of every message.
pub mod batch;
pub mod change;
pub mod config;
pub mod event;
pub mod grading;
pub mod id;
pub mod pairing;
pub mod port;
pub mod read;
pub mod scoring;
pub mod service;
pub mod store;

/// The examples of the README, as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
