//! What tests a store of the comparative-judgement engine: one suite for every store, and a store that fails on purpose.
//!
//! - [`conformance!`] makes one test of every clause of the contract in [`cj_core::store`].
//! - [`FaultStore`] wraps a store and fails, hangs or loses an answer at the operation that a test names.
//! - `postgres` (feature `postgres`) gives each test a database of its own, on a server that it starts where none is named.
//! - [`sim`] runs whole worlds of unreliable workers, judges and brokers from a seed, and checks every promise.
//! - `kafka` (feature `kafka`) starts a broker, kills it and starts it again.
//! - [`fixture`] builds one record of each kind; [`strategy`] draws them at random for property tests.
//!
//! A store's whole test file:
//!
//! ```
//! mod store {
//!     use std::sync::Arc;
//!
//!     use cj_core::store::Store;
//!     use cj_core::store::memory::MemoryStore;
//!
//!     cj_testkit::conformance!(async { Arc::new(MemoryStore::new()) as Arc<dyn Store> });
//! }
//! ```

mod audit;
pub mod conformance;
mod fault;
pub mod fixture;
#[cfg(feature = "kafka")]
pub mod kafka;
mod macros;
#[cfg(feature = "postgres")]
pub mod postgres;
mod setup;
pub mod sim;
pub mod strategy;
mod watch;
mod words;

pub use audit::audit;
pub use fault::{Fault, FaultStore};
pub use setup::{Setup, run};
pub use words::{WORDS, batch_full_of_words};

/// The examples of the README, as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
