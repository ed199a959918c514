//! A promise that was broken.

use serde::{Deserialize, Serialize};

/// A promise that was broken in a simulated run.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, thiserror::Error)]
#[error("{invariant}: {detail} (after {seconds} s)")]
#[expect(clippy::exhaustive_structs, reason = "a log carries every field")]
pub struct Violation {
    /// Which promise.
    pub invariant: String,
    /// How it was broken.
    pub detail: String,
    /// When, in simulated seconds from the start.
    pub seconds: f64,
}
