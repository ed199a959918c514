//! Names of pairing strategies.
use serde::{Deserialize, Serialize};

/// Which comparisons to ask next.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Strategy {
    /// A-optimal batches.
    #[default]
    Adaptive,
}
