use std::sync::Arc;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use super::fit::Method;
use super::gibbs::Gibbs;
use super::information::Information;
use super::newton::{Optimum, maximise};
use super::normal::draw;
use super::problem::{Hold, Problem};
use super::statistics::{error_of_quantile, median, quantile, sorted, squared_correlation};
use super::{Fit, Judgements, Model, Sampling, ScoringError};

/// What the judgements say when the spread of the items is unknown too: a hierarchical Bayesian analysis.
///
/// θ ~ N(0, σ²), σ ~ half-N(2.5), and where the model has an order effect γ ~ N(0, 1). Scores are posterior means, their
/// errors posterior standard deviations. Ties are left out. Drawn by Pólya–Gamma Gibbs sampling: Polson, Scott & Windle
/// (2013), *JASA* 108, 1339–1349, with a joint move of scores and σ.
///
/// Above 1,200 items or 60,000 different pairs, where sampling would take more than seconds (about 7 at 1,200 items with
/// 20 comparisons each, half a second at 100), σ is estimated from 120
/// steps of the same chain and the scores are the penalised maximum at that σ with its curvature; [`Fit::method`] says
/// so.
///
/// ```
/// use cj_core::scoring::{Judgements, Model, PairCount, Sampling};
/// // Four essays, every pair judged ten times.
/// let counts = [
///     PairCount::new(0, 1, 7.0, 3.0), PairCount::new(0, 2, 8.0, 2.0), PairCount::new(0, 3, 10.0, 0.0),
///     PairCount::new(1, 2, 6.0, 4.0), PairCount::new(1, 3, 9.0, 1.0), PairCount::new(2, 3, 7.0, 3.0),
/// ];
/// let judgements = Judgements::from_counts(&["a", "b", "c", "d"], &counts)?;
/// let posterior = Model::builder().build()?.posterior(&judgements, Sampling::seeded(1).until_error(0.02))?;
/// let reliability = posterior.reliability()?;
/// assert!(reliability.low < reliability.median && reliability.median < reliability.high);
/// assert!(posterior.fit().scores()[0] > posterior.fit().scores()[3]);
/// # Ok::<(), cj_core::scoring::ScoringError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Posterior {
    fit: Fit,
    latent_sd: Quantiles,
    flat: f64,
    reliability: Result<Reliability, ScoringError>,
}

/// How closely the scores follow the truth, given everything that is uncertain: the distribution of the squared
/// correlation between the scores and the true abilities, over the posterior.
///
/// What was compared may depend on earlier answers: the figure stays true under adaptive pairing, where the classical
/// separation reliability flatters.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Reliability {
    /// Median of the squared correlation.
    pub median: f64,
    /// Its 10 % quantile: the reliability is at least this with probability .9.
    pub low: f64,
    /// Its 90 % quantile.
    pub high: f64,
    /// Monte-Carlo standard error of the median.
    pub median_error: f64,
    /// Monte-Carlo standard error of the 10 % quantile.
    pub low_error: f64,
    /// Monte-Carlo standard error of the 90 % quantile.
    pub high_error: f64,
}

/// Median and central 80 % of a distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Quantiles {
    /// 10 % quantile.
    pub low: f64,
    /// Median.
    pub median: f64,
    /// 90 % quantile.
    pub high: f64,
}

impl Model {
    /// The hierarchical analysis of the judgements, with this model's order effect and without its prior and ties.
    ///
    /// # Errors
    /// [`ScoringError::Setting`] for a sampling out of range and for a model with anchors.
    pub fn posterior(&self, judgements: &Judgements, sampling: Sampling) -> Result<Posterior, ScoringError> {
        self.sampler(judgements, sampling)?.finish()
    }
}

impl Posterior {
    /// What is known when drawing has ended.
    pub(crate) fn of(fit: Fit, sigmas: &[f64], reliability: Result<Reliability, ScoringError>) -> Self {
        Self { fit, latent_sd: Quantiles::of(sigmas), flat: flat(sigmas), reliability }
    }

    pub(crate) fn approximate(
        judgements: &Judgements,
        problem: Arc<Problem>,
        sampling: Sampling,
    ) -> Result<Self, ScoringError> {
        let mut chain = Gibbs::new(Arc::clone(&problem), sampling.seed);
        for step in 1..=SHORT_WARM_UP {
            chain.warm_up(step)?;
        }
        let mut sigmas = Vec::with_capacity(SHORT);
        for _ in 0..SHORT {
            chain.step()?;
            sigmas.push(chain.sigma);
        }
        let sigma = median(&sigmas);
        let is_judged = problem.len() > 0;
        let mut held = Arc::unwrap_or_clone(problem);
        held.holds.fill(Hold::Normal { mean: 0.0, precision: sigma.powi(-2) });
        let optimum = maximise(&held, chain.point.clone(), || Ok(()))?;
        let mut rng = ChaCha8Rng::seed_from_u64(sampling.seed ^ 1);
        let information = held.rough_slope(&optimum.point).information;
        let noise = |_| perturbed(&held, &optimum, &information, sigma, &mut rng);
        let draws: Vec<Vec<f64>> = (0..SHORT).map(noise).collect::<Result<_, _>>()?;
        let reliability = Reliability::of(is_judged, &optimum.point.scores, draws.iter().map(Vec::as_slice));
        let fit = Fit::new(judgements, held, optimum)?.with_method(Method::Approximated { latent_sd: sigma });
        Ok(Self::of(fit, &sigmas, reliability))
    }

    /// Scores, errors, ranks and chances of the posterior.
    pub fn fit(&self) -> &Fit {
        &self.fit
    }

    /// Scores, errors, ranks and chances of the posterior, without the rest.
    #[must_use]
    pub fn into_fit(self) -> Fit {
        self.fit
    }

    /// The posterior of σ, the standard deviation of the true scores, in logits.
    pub fn latent_sd(&self) -> Quantiles {
        self.latent_sd
    }

    /// Probability that the items hardly differ, σ < .3: a judge who flips coins looks like this.
    pub fn probability_of_no_spread(&self) -> f64 {
        self.flat
    }

    /// The honest reliability.
    ///
    /// # Errors
    /// [`ScoringError::NoSpread`] for fewer than three items, and where nothing was compared: there is nothing that
    /// could follow the truth.
    pub fn reliability(&self) -> Result<Reliability, ScoringError> {
        self.reliability.clone()
    }
}

impl Reliability {
    pub(crate) fn of<'a>(
        is_judged: bool,
        scores: &[f64],
        draws: impl Iterator<Item = &'a [f64]>,
    ) -> Result<Self, ScoringError> {
        let none = || ScoringError::NoSpread { items: scores.len() };
        if scores.len() < 3 || !is_judged {
            return Err(none());
        }
        let found: Option<Vec<f64>> = draws.map(|draw| squared_correlation(scores, draw)).collect();
        let found = found.ok_or_else(none)?;
        let quantiles = Quantiles::of(&found);
        Ok(Self {
            median: quantiles.median,
            low: quantiles.low,
            high: quantiles.high,
            median_error: error_of_quantile(&found, 0.5),
            low_error: error_of_quantile(&found, 0.1),
            high_error: error_of_quantile(&found, 0.9),
        })
    }

    pub(crate) fn largest_error(&self) -> f64 {
        self.median_error.max(self.low_error).max(self.high_error)
    }
}

impl Quantiles {
    pub(crate) fn of(draws: &[f64]) -> Self {
        let sorted = sorted(draws);
        Self { low: quantile(&sorted, 0.1), median: quantile(&sorted, 0.5), high: quantile(&sorted, 0.9) }
    }
}

/// Share of the draws with hardly any spread.
fn flat(sigmas: &[f64]) -> f64 {
    sigmas.iter().filter(|sigma| **sigma < 0.3).count() as f64 / sigmas.len().max(1) as f64
}

/// A draw from the normal distribution around a penalised maximum.
fn perturbed(
    problem: &Problem,
    optimum: &Optimum,
    information: &Information,
    sigma: f64,
    rng: &mut ChaCha8Rng,
) -> Result<Vec<f64>, ScoringError> {
    let at = &optimum.point;
    let mut scores: Vec<f64> = (0..problem.items()).map(|_| draw(rng) / sigma).collect();
    let mut extras = vec![0.0; problem.extras()];
    for cell in problem.cells() {
        let (left, right) = (cell.left as usize, cell.right as usize);
        let (x, u) = problem.predictors(left, right, at);
        let pull = problem.law.term(cell.counts, x, u).xx.sqrt() * draw(rng);
        scores[left] += pull;
        scores[right] -= pull;
        if let Some(extra) = extras.first_mut() {
            *extra += pull;
        }
    }
    let singular = |_| ScoringError::NotConverged { iterations: optimum.iterations, step: f64::NAN };
    let solution = information.solve(&optimum.plan, &scores, &extras, TOLERANCE).map_err(singular)?;
    Ok(solution.scores.iter().zip(&at.scores).map(|(noise, centre)| noise + centre).collect())
}

/// Steps that are forgotten before draws are kept.
pub(crate) const WARM_UP: usize = 300;
const TOLERANCE: f64 = 1e-7;
const SHORT_WARM_UP: usize = 50;
const SHORT: usize = 120;
/// Items up to which the posterior is drawn.
pub(crate) const MOST_ITEMS: usize = 1_200;
pub(crate) const MOST_PAIRS: usize = 60_000;

#[cfg(test)]
mod tests;
