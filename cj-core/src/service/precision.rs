//! How finely the honest reliability is drawn.

use crate::scoring::Sampling;

/// How finely the honest reliability of a batch is drawn: Monte-Carlo errors of its reported quantiles.
///
/// The default is fine enough to grade by. A rough one makes each scoring some tens of times cheaper; it is for tests and
/// simulations of the workflow, where what is drawn matters less than that it is drawn again alike.
#[derive(Clone, Copy, Debug, PartialEq)]
#[must_use]
pub struct Precision {
    look: f64,
    between: f64,
    least: usize,
}

impl Precision {
    /// .005 where the batch may end on the figure, or ends anyway; .02 between two looks.
    pub const FINE: Self = Self { look: 0.005, between: 0.02, least: 1_000 };

    /// A hundred draws and a Monte-Carlo error of up to one half.
    pub const ROUGH: Self = Self { look: 0.5, between: 0.5, least: 100 };

    pub(super) fn sampling(self, seed: u64, looks: bool) -> Sampling {
        let error = if looks { self.look } else { self.between };
        Sampling::seeded(seed).until_error(error).draws(self.least, 20_000)
    }
}

impl Default for Precision {
    fn default() -> Self {
        Self::FINE
    }
}
