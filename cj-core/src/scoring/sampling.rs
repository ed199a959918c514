use super::ScoringError;
use super::prior::within;

/// How long a posterior is drawn, and from which seed.
///
/// Draws come in blocks until the Monte-Carlo error of every reported quantile of the reliability is small enough, but
/// never fewer and never more than said. The seed and the judgements determine every draw.
#[derive(Debug, Clone, Copy, PartialEq)]
#[must_use]
pub struct Sampling {
    pub(crate) seed: u64,
    pub(crate) error: f64,
    pub(crate) least: usize,
    pub(crate) most: usize,
}

impl Sampling {
    /// 1,000 to 20,000 draws, until the Monte-Carlo errors are at most .005.
    pub fn seeded(seed: u64) -> Self {
        Self { seed, error: 0.005, least: 1_000, most: 20_000 }
    }

    /// Sets the Monte-Carlo error at which drawing ends.
    pub fn until_error(self, error: f64) -> Self {
        Self { error, ..self }
    }

    /// Sets the smallest and the largest number of draws.
    pub fn draws(self, least: usize, most: usize) -> Self {
        Self { least, most, ..self }
    }

    pub(crate) fn check(self) -> Result<(), ScoringError> {
        within("Monte-Carlo error of the sampling", self.error, 1e-6, 1.0, "a number between 1e-6 and 1")?;
        if self.least >= 100 && self.least <= self.most && self.most <= 10_000_000 {
            return Ok(());
        }
        let found = format!("{} to {}", self.least, self.most);
        let expected = "a range from at least 100 to at most 10,000,000";
        Err(ScoringError::Setting { setting: "number of draws", found, expected })
    }
}
