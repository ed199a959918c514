use std::sync::{Arc, OnceLock};

use super::covariance::Covariance;
use super::law::{Law, logistic};
use super::linalg::centre_both;
use super::newton::Optimum;
use super::problem::{Point, Problem};
use super::ranking::{Rank, drawn_ranks, ranks};
use super::residuals::Residuals;
use super::spread::{Draws, Spread};
use super::{Judgements, ScoringError, Tally};

/// Scores with their errors: what a model made of the judgements.
///
/// Everything is in logits and in the order of [`Self::items`]. Scores sum to zero under maximum likelihood; under a
/// prior, and with anchors, they are on the scale of the prior or of the anchors. Standard errors are in the same frame.
#[derive(Debug, Clone)]
pub struct Fit {
    items: Arc<[String]>,
    tallies: Vec<Tally>,
    frame: Frame,
    law: Law,
    tie_shift: f64,
    point: Point,
    method: Method,
    spread: Spread,
    known: Vec<f64>,
    order_effect: Option<Effect>,
    tie_parameter: Option<Effect>,
    log_likelihood: f64,
    log_prior: f64,
    iterations: usize,
    max_gradient: Option<f64>,
    accuracy: f64,
    residuals: Residuals,
    covariance: OnceLock<Covariance>,
    standard_errors: OnceLock<Vec<f64>>,
}

/// What a standard error is relative to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Frame {
    /// The mean of all items: scores sum to zero, no item is a reference.
    Centred,
    /// The zero of a prior or of the anchors.
    Absolute,
    /// Opponents whose scores are known: `1/√I_ii`, as `sirt::btm` prints it.
    ///
    /// Smaller than the standard errors that use the whole information: by 3 % where items meet 20 to 40 times, by 20 %
    /// in small tables, by 94 % on a chain.
    Known,
}

/// How an estimate was found.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Method {
    /// As the maximum of a (penalised) likelihood, or the fixed point of a named program.
    Optimised,
    /// As the mean of draws from a posterior.
    Sampled {
        /// Number of draws.
        draws: usize,
    },
    /// As the penalised maximum at an estimated spread of the scores, because sampling would take too long.
    Approximated {
        /// The estimated standard deviation of the true scores.
        latent_sd: f64,
    },
}

/// An estimate with its standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Effect {
    /// The estimate, in logits.
    pub estimate: f64,
    /// Its standard error, in logits.
    pub standard_error: f64,
}

impl Fit {
    pub(crate) fn new(judgements: &Judgements, problem: &Problem, optimum: Optimum) -> Self {
        let Optimum { point, before, factor, iterations, max_gradient, accuracy } = optimum;
        let covariance = factor.extra_covariance();
        let effect = |column: usize| Effect {
            estimate: point.extras[column],
            standard_error: covariance[column][column].max(0.0).sqrt(),
        };
        let ties = problem.law.has_ties();
        Self {
            items: judgements.shared_items(),
            tallies: judgements.tallies(),
            frame: if problem.floats() { Frame::Centred } else { Frame::Absolute },
            law: problem.law,
            tie_shift: problem.tie_shift,
            order_effect: problem.has_order.then(|| effect(0)),
            tie_parameter: ties.then(|| effect(usize::from(problem.has_order))),
            log_likelihood: problem.log_likelihood(&point),
            log_prior: problem.log_prior(&point),
            residuals: Residuals::of(judgements, problem, before.as_ref().unwrap_or(&point)),
            point,
            method: Method::Optimised,
            known: factor.known_opponents(),
            spread: Spread::Curvature(Box::new(factor)),
            iterations,
            max_gradient: Some(max_gradient),
            accuracy,
            covariance: OnceLock::new(),
            standard_errors: OnceLock::new(),
        }
    }

    pub(crate) fn sampled(
        judgements: &Judgements,
        problem: &Problem,
        point: Point,
        order_effect: Option<Effect>,
        draws: Draws,
    ) -> Self {
        let information = problem.slope(&point).information;
        Self {
            items: judgements.shared_items(),
            tallies: judgements.tallies(),
            frame: Frame::Absolute,
            law: problem.law,
            tie_shift: problem.tie_shift,
            order_effect,
            tie_parameter: None,
            log_likelihood: problem.log_likelihood(&point),
            log_prior: 0.0,
            residuals: Residuals::of(judgements, problem, &point),
            point,
            method: Method::Sampled { draws: draws.count() },
            known: known_opponents(&information.diagonal()),
            iterations: draws.count(),
            max_gradient: None,
            accuracy: draws.monte_carlo_error(),
            spread: Spread::Draws(draws),
            covariance: OnceLock::new(),
            standard_errors: OnceLock::new(),
        }
    }

    pub(crate) fn with_method(self, method: Method) -> Self {
        Self { method, ..self }
    }

    /// How the estimate was found.
    pub fn method(&self) -> Method {
        self.method
    }

    /// Names of the items, sorted.
    pub fn items(&self) -> &[String] {
        &self.items
    }

    /// Scores θ̂.
    pub fn scores(&self) -> &[f64] {
        &self.point.scores
    }

    /// What each item won, lost and tied. All ties are counted, also those that the model leaves out.
    pub fn tallies(&self) -> &[Tally] {
        &self.tallies
    }

    /// What scores and standard errors are relative to.
    pub fn frame(&self) -> Frame {
        self.frame
    }

    /// Standard error of each score, from the whole information matrix, in the frame of the scores.
    ///
    /// Centred: `SE_i² = [I⁺]_ii`, with no reference item. Absolute: the inverse of information plus prior precision.
    /// (A standard error `1/√I_ii` ignores that the opponents are uncertain too: it is always smaller.)
    pub fn standard_errors(&self) -> &[f64] {
        self.standard_errors.get_or_init(|| match &self.spread {
            Spread::Curvature(_) => self.full_covariance().standard_errors(),
            Spread::Draws(draws) => draws.standard_errors(),
        })
    }

    /// Standard errors in the given frame.
    ///
    /// A centred fit has no absolute frame: there its own errors are given.
    pub fn standard_errors_in(&self, frame: Frame) -> Vec<f64> {
        if frame == Frame::Known {
            return self.known.clone();
        }
        if frame == Frame::Centred && self.frame == Frame::Absolute {
            let n = self.items.len();
            let mut values = self.full_covariance().as_slice().to_vec();
            centre_both(&mut values, n);
            return Covariance::new(n, values).standard_errors();
        }
        self.standard_errors().to_vec()
    }

    /// Covariance of the scores, in the frame of the scores.
    ///
    /// # Errors
    /// [`ScoringError::TooLarge`] above 5,000 items, where it would take more than 200 MB.
    pub fn covariance(&self) -> Result<&Covariance, ScoringError> {
        let items = self.items.len();
        if items > DENSE_LIMIT {
            return Err(ScoringError::TooLarge { what: "the covariance matrix", items, limit: DENSE_LIMIT });
        }
        Ok(self.full_covariance())
    }

    /// Standard error of the difference of two scores.
    ///
    /// # Panics
    /// When an index is not below the number of items.
    pub fn standard_error_of_difference(&self, i: usize, j: usize) -> f64 {
        self.full_covariance().of_difference(i, j).sqrt()
    }

    /// Chance that item `i` wins against item `j` where neither gains by its position; ties are in neither's favour.
    ///
    /// # Panics
    /// When an index is not below the number of items.
    pub fn probability(&self, i: usize, j: usize) -> f64 {
        let gap = self.point.scores[i] - self.point.scores[j];
        if self.law == Law::BradleyTerry {
            return logistic(gap);
        }
        self.law.chances(gap, self.point.extras.last().copied().unwrap_or_default()).left
    }

    /// Probability that item `i` is truly above item `j`, given the errors of both scores: the share of the draws of a
    /// sampled fit, else from the normal approximation.
    ///
    /// # Panics
    /// When an index is not below the number of items.
    pub fn probability_above(&self, i: usize, j: usize) -> f64 {
        if let Spread::Draws(draws) = &self.spread {
            return if i == j { 0.5 } else { draws.share_above(i, j) };
        }
        let gap = self.point.scores[i] - self.point.scores[j];
        let error = self.standard_error_of_difference(i, j);
        if error > 0.0 { super::normal::cumulative(gap / error) } else { 0.5 + 0.5 * sign(gap) }
    }

    /// Rank of each item, 1 the best, with an interval that holds the true rank with probability .9.
    ///
    /// Scores that differ by less than 10⁻⁹ share a rank. The interval is that of the draws of a sampled fit, else of
    /// 2,000 draws from the normal approximation of the scores, with a fixed seed: the same fit gives the same interval.
    pub fn ranks(&self) -> Vec<Rank> {
        match &self.spread {
            Spread::Curvature(_) => ranks(&self.point.scores, self.full_covariance()),
            Spread::Draws(draws) => drawn_ranks(&self.point.scores, draws.iter()),
        }
    }

    /// Log-likelihood of the judgements, without the prior and without binomial coefficients.
    pub fn log_likelihood(&self) -> f64 {
        self.log_likelihood
    }

    /// What the prior adds to the log-likelihood, without constants; 0 under maximum likelihood.
    pub fn log_prior(&self) -> f64 {
        self.log_prior
    }

    /// The order effect γ on the item shown first, where the model has one.
    pub fn order_effect(&self) -> Option<Effect> {
        self.order_effect
    }

    /// Chance that the item shown first wins when both are equally good; ½ without an order effect and without ties.
    pub fn chance_of_first(&self) -> f64 {
        let extras = &self.point.extras;
        let order = self.order_effect.map_or(0.0, |effect| effect.estimate);
        let tie = if self.law.has_ties() { extras.last().copied().unwrap_or_default() } else { 0.0 };
        self.law.chances(order, tie + self.tie_shift * order).left
    }

    /// The tie parameter where the model has one: log ν of Davidson's model, log η of Rao & Kupper's.
    pub fn tie_parameter(&self) -> Option<Effect> {
        self.tie_parameter
    }

    /// How well the judgements of each item, and of each judge, fit the model.
    pub fn residuals(&self) -> &Residuals {
        &self.residuals
    }

    /// Steps that were made: Newton's, or draws.
    pub fn iterations(&self) -> usize {
        self.iterations
    }

    /// Largest component of the gradient at the estimate; none where the estimate is no maximum.
    pub fn max_gradient(&self) -> Option<f64> {
        self.max_gradient
    }

    /// Accuracy of the parameters: the largest change that one more step would make, in logits; of a sampled fit the
    /// largest Monte-Carlo standard error of a score.
    pub fn accuracy(&self) -> f64 {
        self.accuracy
    }

    fn full_covariance(&self) -> &Covariance {
        self.covariance.get_or_init(|| self.spread.covariance())
    }
}

/// `1/√I_ii` of each score.
fn known_opponents(diagonal: &[f64]) -> Vec<f64> {
    diagonal.iter().map(|own| if *own > 0.0 { own.sqrt().recip() } else { 0.0 }).collect()
}

fn sign(value: f64) -> f64 {
    if value > 0.0 {
        1.0
    } else if value < 0.0 {
        -1.0
    } else {
        0.0
    }
}

const DENSE_LIMIT: usize = 5_000;
