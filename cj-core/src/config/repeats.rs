//! Whether a pair may be asked again.

use serde::{Deserialize, Serialize};

/// Whether two items that met may meet again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Repeats {
    /// Every unordered pair at most once.
    Never,
    /// One judge: an ordered pair at most once, so its swap may be asked.
    #[default]
    Swapped,
    /// Several judges: a pair any number of times, on alternating sides.
    Panel,
}
