use super::{Sampling, ScoringError};

/// What is assumed of the scores before any judgement.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
#[non_exhaustive]
pub enum Prior {
    /// Nothing: maximum likelihood, identified by a sum of zero. Does not exist for every set of judgements.
    #[default]
    None,
    /// Scores are drawn from N(0, sd²), independently: penalised maximum (MAP). Scores are on the scale of the prior, not re-centred.
    Normal {
        /// Standard deviation in logits, between 10⁻⁶ and 10⁶.
        sd: f64,
    },
    /// Every item also played this many virtual comparisons, half of them won, against an item at 0; Newman's prior is 2.
    Logistic {
        /// Number of virtual comparisons, between 10⁻⁹ and 10⁹.
        comparisons: f64,
    },
    /// Jeffreys' prior, ½ log det I (Firth 1993, *Biometrika* 80, 27–38): takes off the first-order bias and is finite
    /// whenever comparisons connect the items, also for perfect records. Scores sum to zero. Not with tie models.
    Firth,
    /// ε-adjusted joint maximum likelihood with ε = .3: what the R function `sirt::btm` prints, for comparison with
    /// published analyses. It reproduces the program, not an optimum. Scores sum to zero; judgements must connect the
    /// items, each with a weight above 2ε; no ties, no order effect, no anchors. Where weights differ by many orders of
    /// magnitude its steps do not settle, and standard errors may be infinite.
    Sirt,
    /// Scores are drawn from N(0, σ²) with unknown σ ~ half-N(2.5): posterior means, as [`Model::posterior`] draws them.
    /// No ties and no anchors.
    ///
    /// [`Model::posterior`]: super::Model::posterior
    Hierarchical(Sampling),
}

impl Prior {
    pub(crate) fn check(self) -> Result<(), ScoringError> {
        match self {
            Self::None | Self::Firth | Self::Sirt => Ok(()),
            Self::Hierarchical(sampling) => sampling.check(),
            Self::Normal { sd } => {
                within("sd of the normal prior", sd, 1e-6, 1e6, "a standard deviation between 1e-6 and 1e6")
            }
            Self::Logistic { comparisons } => within(
                "number of virtual comparisons of the logistic prior",
                comparisons,
                1e-9,
                1e9,
                "a number between 1e-9 and 1e9",
            ),
        }
    }
}

pub(crate) fn within(
    setting: &'static str,
    found: f64,
    low: f64,
    high: f64,
    expected: &'static str,
) -> Result<(), ScoringError> {
    if (low..=high).contains(&found) {
        return Ok(());
    }
    Err(ScoringError::Setting { setting, found: found.to_string(), expected })
}
