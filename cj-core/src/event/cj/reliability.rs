//! How far a result would repeat.
use crate::event::{ContractError, check::At};
use serde::{Deserialize, Serialize};

/// How well the scores would repeat: an estimate between its bounds, 0 to 1 each.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ReliabilityV1 {
    /// Median of the posterior.
    #[cfg_attr(feature = "schema", schemars(range(min = 0.0, max = 1.0)))]
    pub estimate: f64,
    /// Its 10 % quantile.
    #[cfg_attr(feature = "schema", schemars(range(min = 0.0, max = 1.0)))]
    pub lower: f64,
    /// Its 90 % quantile.
    #[cfg_attr(feature = "schema", schemars(range(min = 0.0, max = 1.0)))]
    pub upper: f64,
}

impl ReliabilityV1 {
    /// An estimate with its 10 % and 90 % quantiles.
    pub const fn new(estimate: f64, lower: f64, upper: f64) -> Self {
        Self { estimate, lower, upper }
    }

    pub(super) fn check(&self, at: At<'_>) -> Result<(), ContractError> {
        at.field("estimate").within(self.estimate, 0.0..=1.0)?;
        at.field("lower").within(self.lower, 0.0..=self.estimate)?;
        at.field("upper").within(self.upper, self.estimate..=1.0)
    }
}
