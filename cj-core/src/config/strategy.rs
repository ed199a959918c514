//! How the next comparisons are chosen, by name.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A rule for choosing the comparisons to ask next.
///
/// The rules themselves live in [`crate::pairing`]. Names are `snake_case` wherever they are written; reading also accepts
/// hyphens and any letter case.
///
/// ```
/// use cj_core::config::Strategy;
///
/// assert_eq!("round-robin".parse(), Ok(Strategy::RoundRobin));
/// assert_eq!(Strategy::default().to_string(), "adaptive");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Strategy {
    /// Every pair once, then the same pairs swapped in reverse order.
    RoundRobin,
    /// A random regular graph: equal counts, no repeats, connected.
    Balanced,
    /// Uniformly drawn pairs: a baseline.
    Random,
    /// From the top each item meets the next one down that it has not met: a baseline.
    Swiss,
    /// Swiss rounds, then the nearest scores: a baseline that inflates the scale separation reliability.
    Acj,
    /// Three balanced rounds, then the pairs that shrink the summed posterior variance most.
    #[default]
    Adaptive,
    /// The pairs whose answers are expected to tell most.
    Eig,
    /// The predecessor's matching of few comparisons and close scores: a baseline.
    OptimalGraph,
    /// New items meet items whose place on the scale is known, until their grades are settled.
    Anchored,
    /// The caller's own list.
    Given,
}

impl Strategy {
    /// Every strategy, in the order in which help texts list them.
    pub const ALL: &'static [Self] = &[
        Self::RoundRobin,
        Self::Balanced,
        Self::Random,
        Self::Swiss,
        Self::Acj,
        Self::Adaptive,
        Self::Eig,
        Self::OptimalGraph,
        Self::Anchored,
        Self::Given,
    ];

    /// The name as configuration files and outputs spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RoundRobin => "round_robin",
            Self::Balanced => "balanced",
            Self::Random => "random",
            Self::Swiss => "swiss",
            Self::Acj => "acj",
            Self::Adaptive => "adaptive",
            Self::Eig => "eig",
            Self::OptimalGraph => "optimal_graph",
            Self::Anchored => "anchored",
            Self::Given => "given",
        }
    }
}

impl fmt::Display for Strategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Strategy {
    type Err = UnknownStrategy;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let wanted = name.trim().to_ascii_lowercase().replace('-', "_");
        let found = Self::ALL.iter().find(|strategy| strategy.as_str() == wanted);
        found.copied().ok_or_else(|| UnknownStrategy { name: name.to_owned() })
    }
}

/// A strategy name that does not exist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown pairing strategy {name:?}: expected one of {}", names())]
#[non_exhaustive]
pub struct UnknownStrategy {
    /// The name as given.
    pub name: String,
}

fn names() -> String {
    Strategy::ALL.iter().map(|strategy| strategy.as_str()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_reads_back_in_both_spellings_and_as_json() {
        for &strategy in Strategy::ALL {
            assert_eq!(strategy.to_string().parse(), Ok(strategy));
            assert_eq!(strategy.to_string().replace('_', "-").to_uppercase().parse(), Ok(strategy));
            let json = serde_json::to_string(&strategy).unwrap();
            assert_eq!(json, format!("\"{strategy}\""));
            assert_eq!(serde_json::from_str::<Strategy>(&json).unwrap(), strategy);
        }
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_known_ones() {
        let error = "roundrobin".parse::<Strategy>().unwrap_err().to_string();
        assert!(error.contains("roundrobin") && error.contains("round_robin"), "{error}");
    }
}
