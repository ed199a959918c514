//! What is known of the items so far.

use super::PairingError;

/// The current fit: posterior means and, as far as known, their covariance, by item index and in logits.
#[derive(Debug, Clone, Copy)]
pub struct Estimate<'a> {
    mean: &'a [f64],
    spread: Spread<'a>,
}

#[derive(Debug, Clone, Copy)]
enum Spread<'a> {
    Covariance(&'a [f64]),
    Variance(&'a [f64]),
}

impl<'a> Estimate<'a> {
    /// An estimate with its full posterior covariance, n × n, row by row.
    ///
    /// # Errors
    /// When the lengths do not fit, a number is not finite or a variance is negative.
    pub fn new(mean: &'a [f64], covariance: &'a [f64]) -> Result<Self, PairingError> {
        let items = mean.len();
        check_length("covariance", covariance, items.saturating_mul(items))?;
        check_numbers("mean", mean, true)?;
        check_numbers("covariance", covariance, true)?;
        let diagonal = (0..items).map(|i| (i * items + i, covariance[i * items + i]));
        for (position, found) in diagonal {
            if found < 0.0 {
                return Err(PairingError::Number { what: "covariance", position, found, signed: false });
            }
        }
        Ok(Self { mean, spread: Spread::Covariance(covariance) })
    }

    /// An estimate of many items, for which only the posterior variances are known.
    ///
    /// # Errors
    /// When the lengths do not fit, a number is not finite or a variance is negative.
    pub fn with_variances(mean: &'a [f64], variance: &'a [f64]) -> Result<Self, PairingError> {
        check_length("variance", variance, mean.len())?;
        check_numbers("mean", mean, true)?;
        check_numbers("variance", variance, false)?;
        Ok(Self { mean, spread: Spread::Variance(variance) })
    }

    /// The same for all items: what is known before anything was asked.
    pub(super) fn flat(mean: &'a [f64], variance: &'a [f64]) -> Self {
        Self { mean, spread: Spread::Variance(variance) }
    }

    /// Posterior means.
    pub fn mean(&self) -> &'a [f64] {
        self.mean
    }

    /// The full covariance, row by row, where it is known.
    pub fn covariance(&self) -> Option<&'a [f64]> {
        match self.spread {
            Spread::Covariance(covariance) => Some(covariance),
            Spread::Variance(_) => None,
        }
    }

    /// Posterior variance of one item.
    ///
    /// # Panics
    /// When there is no such item.
    pub fn variance(&self, item: usize) -> f64 {
        match self.spread {
            Spread::Covariance(covariance) => covariance[item * self.mean.len() + item],
            Spread::Variance(variance) => variance[item],
        }
    }
}

fn check_length(what: &'static str, slice: &[f64], expected: usize) -> Result<(), PairingError> {
    if slice.len() == expected { Ok(()) } else { Err(PairingError::Shape { what, expected, found: slice.len() }) }
}

fn check_numbers(what: &'static str, slice: &[f64], signed: bool) -> Result<(), PairingError> {
    let wrong = slice.iter().position(|x| !x.is_finite() || (!signed && *x < 0.0));
    match wrong {
        None => Ok(()),
        Some(position) => Err(PairingError::Number { what, position, found: slice[position], signed }),
    }
}
