//! Simulated worlds: workers, a judge, a broker and a store, all of them unreliable, in virtual time and from a seed.
//!
//! A [`Scenario`] says how big a world is and how often what goes wrong in it; [`simulate`] runs it until every batch has
//! ended and checks every promise of the workflow whenever something is committed. The same scenario is the same run, to
//! the last step, so that a run that broke a promise can be had again: [`Run::log`] saves it, and [`shrink`] finds the
//! simplest world that still breaks the same promise.
//!
//! ```
//! use cj_testkit::sim::{Scenario, simulate};
//! let run = simulate(&Scenario::of_seed(7));
//! assert_eq!(run.violation, None);
//! ```

mod action;
mod dice;
mod invariant;
mod judge;
mod post;
mod request;
mod run;
mod scenario;
mod shared;
mod shrink;
mod snapshot;
mod store;
mod unit;
mod violation;
mod world;

use chrono::{DateTime, Utc};

pub use run::{Run, Step, simulate};
pub use scenario::Scenario;
pub use shrink::shrink;
pub use violation::Violation;

pub(crate) use snapshot::Snapshot;

/// When every simulated world begins.
const START: DateTime<Utc> = DateTime::from_timestamp(1_728_000_000, 0).expect("it is in range");
