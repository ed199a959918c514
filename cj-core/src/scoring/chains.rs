use super::spread::Draws;
use super::{Reliability, Sampling, ScoringError};

/// Draws of the scores and of their spread, and the reliability that they give.
#[derive(Debug, Clone)]
pub(crate) struct Chains {
    pub(crate) draws: Draws,
    pub(crate) sigmas: Vec<f64>,
    pub(crate) reliability: Result<Reliability, ScoringError>,
}

impl Chains {
    /// Draws in blocks until the Monte-Carlo errors of the reliability are small enough, or the most allowed is reached.
    ///
    /// `next` makes one step of the chain, adds the scores to the draws and gives back σ.
    pub(crate) fn draw(
        sampling: Sampling,
        items: usize,
        is_judged: bool,
        mut next: impl FnMut(&mut Draws) -> Result<f64, ScoringError>,
    ) -> Result<Self, ScoringError> {
        let (mut draws, mut sigmas) = (Draws::new(items), Vec::new());
        let mut reliability = Err(ScoringError::NoSpread { items });
        while sigmas.len() < sampling.most {
            let block = if sigmas.is_empty() { sampling.least } else { sigmas.len() / 2 };
            for _ in 0..block.min(sampling.most - sigmas.len()) {
                sigmas.push(next(&mut draws)?);
            }
            reliability = Reliability::of(is_judged, &draws.means(), draws.iter());
            if reliability.as_ref().map_or(true, |found| found.largest_error() <= sampling.error) {
                break;
            }
        }
        Ok(Self { draws, sigmas, reliability })
    }
}
