use super::{Frame, Judgements, Model, Prior, ScoringError};

/// How well unshrunk scores separate the items: the classical figures of Rasch measurement.
///
/// `RMSE² = mean SE²`, `SD_obs²` = variance of the scores (divisor n − 1), `SD_true² = SD_obs² − RMSE²`,
/// `G = SD_true/RMSE`, strata `H = (4G + 1)/3`, `SSR = 1 − RMSE²/SD_obs²`. Only unshrunk estimates enter: on shrunken scores the formulas count
/// the shrinkage twice. They presume that what was compared did not depend on the answers: under adaptive pairing all of
/// them flatter (Bramley 2015, *Investigating the reliability of adaptive comparative judgment*).
/// Wright & Masters (1982), *Rating Scale Analysis*, p. 92.
///
/// ```
/// use cj_core::scoring::{Judgements, Model, PairCount};
/// // Weights of 90 g to 110 g, each pair lifted 50 times (a part of the table).
/// let counts = [
///     PairCount::new(0, 1, 14.0, 36.0), PairCount::new(0, 2, 6.0, 44.0), PairCount::new(1, 2, 14.0, 36.0),
/// ];
/// let judgements = Judgements::from_counts(&["90 g", "95 g", "100 g"], &counts)?;
/// let separation = Model::builder().build()?.separation(&judgements)?;
/// assert!(separation.ssr > 0.95 && separation.ssr < separation.ssr_alternative);
/// # Ok::<(), cj_core::scoring::ScoringError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Separation {
    /// Which unshrunk estimate the figures come from.
    pub basis: SeparationBasis,
    /// Root mean square of the standard errors.
    pub rmse: f64,
    /// Standard deviation of the scores.
    pub sd_observed: f64,
    /// Standard deviation with the error variance taken off; 0 where nothing is left.
    pub sd_true: f64,
    /// Separation G.
    pub g: f64,
    /// Number of strata that can be told apart, H.
    pub strata: f64,
    /// Scale separation reliability, `1 − RMSE²/SD_obs²`; negative where the errors outweigh the differences.
    pub ssr: f64,
    /// The other printed form, `SD_obs²/(SD_obs² + RMSE²)`.
    pub ssr_alternative: f64,
}

/// Which unshrunk estimate separation figures come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SeparationBasis {
    /// Maximum likelihood.
    MaximumLikelihood,
    /// The ε-adjusted estimate of `Prior::Sirt`: where maximum likelihood does not exist, or where it was asked for.
    Sirt,
}

impl Model {
    /// Separation figures of the judgements under this model's ties and order effect, without its prior and anchors.
    ///
    /// They come from maximum likelihood, or where scores would run to infinity (perfect records) from the ε-adjusted
    /// estimate of [`Prior::Sirt`], which then leaves ties and order effect out; [`Separation::basis`] says which.
    /// Standard errors are those of the whole information, centred.
    ///
    /// # Errors
    /// Where there is no unshrunk estimate there is no figure: [`ScoringError::Disconnected`] and what else stops both
    /// estimates; [`ScoringError::NoSpread`] for fewer than two items and for scores that are all equal.
    pub fn separation(&self, judgements: &Judgements) -> Result<Separation, ScoringError> {
        self.separation_in(judgements, Frame::Centred)
    }

    /// The same with the standard errors of another frame: [`Frame::Known`] is what studies based on `sirt` publish.
    ///
    /// # Errors
    /// As [`Self::separation`].
    pub fn separation_in(&self, judgements: &Judgements, frame: Frame) -> Result<Separation, ScoringError> {
        let plain = || Model::builder().prior(Prior::Sirt).build().and_then(|model| model.fit(judgements));
        let (basis, fit) = if self.prior() == Prior::Sirt {
            (SeparationBasis::Sirt, plain()?)
        } else {
            match self.unshrunk().fit(judgements) {
                Ok(fit) => (SeparationBasis::MaximumLikelihood, fit),
                Err(ScoringError::Separated { .. } | ScoringError::NoFiniteParameter { .. }) => {
                    (SeparationBasis::Sirt, plain()?)
                }
                Err(error) => return Err(error),
            }
        };
        Separation::from_estimates(basis, fit.scores(), &fit.standard_errors_in(frame)?)
    }
}

impl Separation {
    /// The figures, where they are fit to be shown: a share of the variance that is below zero says nothing about items.
    ///
    /// # Errors
    /// [`ScoringError::Drowned`] where the errors outweigh the differences.
    pub fn shown(self) -> Result<Self, ScoringError> {
        if self.ssr < 0.0 {
            return Err(ScoringError::Drowned { rmse: self.rmse, spread: self.sd_observed });
        }
        Ok(self)
    }

    pub(crate) fn from_estimates(basis: SeparationBasis, scores: &[f64], errors: &[f64]) -> Result<Self, ScoringError> {
        let n = scores.len();
        if n < 2 {
            return Err(ScoringError::NoSpread { items: n });
        }
        let mean = scores.iter().sum::<f64>() / n as f64;
        let variance = scores.iter().map(|score| (score - mean) * (score - mean)).sum::<f64>() / (n - 1) as f64;
        let error = errors.iter().map(|error| error * error).sum::<f64>() / n as f64;
        let spread = scores.iter().fold(0.0, |most: f64, score| most.max((score - mean).abs()));
        if spread <= NO_SPREAD || !error.is_finite() {
            return Err(ScoringError::NoSpread { items: n });
        }
        let sd_true = (variance - error).max(0.0).sqrt();
        let rmse = error.sqrt();
        let g = sd_true / rmse;
        Ok(Self {
            basis,
            rmse,
            sd_observed: variance.sqrt(),
            sd_true,
            g,
            strata: (4.0 * g + 1.0) / 3.0,
            ssr: 1.0 - error / variance,
            ssr_alternative: variance / (variance + error),
        })
    }
}

/// Scores closer than the accuracy of an estimate are equal.
const NO_SPREAD: f64 = 1e-9;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_below_zero_is_not_shown() {
        let of =
            |error: f64| Separation::from_estimates(SeparationBasis::Sirt, &[-1.0, 0.0, 1.0], &[error; 3]).unwrap();
        assert!(of(0.9).shown().is_ok());
        assert_eq!(of(2.0).shown(), Err(ScoringError::Drowned { rmse: 2.0, spread: 1.0 }));
    }
}
