use std::sync::{Arc, OnceLock};

use super::covariance::Covariance;
use super::errors::{Errors, MOST_EXACT, relative_error, standard_errors, variance_of_difference, variance_of_item};
use super::information::Information;
use super::law::{Law, logistic};
use super::linalg::{centre_both, covariance};
use super::newton::Optimum;
use super::problem::{Point, Problem};
use super::ranking::{Rank, drawn_ranks, ranks, ranks_in_place};
use super::residuals::Residuals;
use super::spread::{Curvature, Draws, Spread};
use super::{Judgements, ScoringError, Tally};

/// Scores with their errors: what a model made of the judgements.
///
/// Everything is in logits and in the order of [`Self::items`]. Scores sum to zero under maximum likelihood; under a
/// prior, and with anchors, they are on the scale of the prior or of the anchors. Standard errors are in the same frame.
#[derive(Debug, Clone)]
pub struct Fit {
    judgements: Judgements,
    problem: Arc<Problem>,
    point: Point,
    /// Where residuals are taken, if not at the estimate.
    before: Option<Point>,
    method: Method,
    spread: Spread,
    order_effect: Option<Effect>,
    tie_parameter: Option<Effect>,
    iterations: usize,
    accuracy: f64,
    max_gradient: OnceLock<Option<f64>>,
    tallies: OnceLock<Vec<Tally>>,
    log_likelihood: OnceLock<f64>,
    residuals: OnceLock<Residuals>,
    covariance: OnceLock<Result<Covariance, ScoringError>>,
    standard_errors: OnceLock<Errors>,
    error_of_errors: OnceLock<f64>,
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
    /// The estimate; an effect on scores is in logits.
    pub estimate: f64,
    /// Its standard error, in the same unit.
    pub standard_error: f64,
}

impl Fit {
    pub(crate) fn new(judgements: &Judgements, problem: Problem, optimum: Optimum) -> Result<Self, ScoringError> {
        let Optimum { point, before, mut information, plan, iterations, max_gradient, accuracy } = optimum;
        let mut errors = [0.0; 2];
        if !point.extras.is_empty() {
            let information = information.get_or_insert_with(|| problem.slope(&point).information);
            let bordered = information.solver(&plan).and_then(|solver| information.bordered(&solver, TIGHT));
            let bordered = bordered.map_err(|_| ScoringError::NotConverged { iterations, step: accuracy })?;
            errors = [0, 1].map(|column| bordered.extras[column][column].max(0.0).sqrt());
        }
        let effect = |column: usize| Effect { estimate: point.extras[column], standard_error: errors[column] };
        let order_effect = problem.has_order.then(|| effect(0));
        let tie_parameter = problem.law.has_ties().then(|| effect(usize::from(problem.has_order)));
        let spread = Spread::Curvature(Box::new(Curvature::new(information, plan)));
        let fit = Self::bare(judgements, problem, point, spread);
        let max_gradient = max_gradient.map_or_else(OnceLock::new, |found| OnceLock::from(Some(found)));
        Ok(Self { before, order_effect, tie_parameter, iterations, accuracy, max_gradient, ..fit })
    }

    pub(crate) fn sampled(
        judgements: &Judgements,
        problem: Problem,
        point: Point,
        order_effect: Option<Effect>,
        draws: Draws,
    ) -> Self {
        let (iterations, accuracy) = (draws.count(), draws.monte_carlo_error());
        let fit = Self::bare(judgements, problem, point, Spread::Draws(draws));
        Self { order_effect, method: Method::Sampled { draws: iterations }, iterations, accuracy, ..fit }
    }

    fn bare(judgements: &Judgements, problem: Problem, point: Point, spread: Spread) -> Self {
        Self {
            judgements: judgements.clone(),
            problem: Arc::new(problem),
            point,
            before: None,
            method: Method::Optimised,
            spread,
            order_effect: None,
            tie_parameter: None,
            iterations: 0,
            accuracy: 0.0,
            max_gradient: OnceLock::new(),
            tallies: OnceLock::new(),
            log_likelihood: OnceLock::new(),
            residuals: OnceLock::new(),
            covariance: OnceLock::new(),
            standard_errors: OnceLock::new(),
            error_of_errors: OnceLock::new(),
        }
    }

    /// The same with residuals and a log-likelihood of a finer model than the problem's.
    pub(crate) fn with_residuals(self, residuals: Residuals, log_likelihood: f64) -> Self {
        Self { residuals: OnceLock::from(residuals), log_likelihood: OnceLock::from(log_likelihood), ..self }
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
        self.judgements.items()
    }

    /// Scores θ̂.
    pub fn scores(&self) -> &[f64] {
        &self.point.scores
    }

    /// What each item won, lost and tied. All ties are counted, also those that the model leaves out.
    pub fn tallies(&self) -> &[Tally] {
        self.tallies.get_or_init(|| self.judgements.tallies())
    }

    /// What scores and standard errors are relative to.
    pub fn frame(&self) -> Frame {
        if self.problem.floats() && matches!(self.spread, Spread::Curvature(_)) {
            Frame::Centred
        } else {
            Frame::Absolute
        }
    }

    /// Standard error of each score, from the whole information matrix, in the frame of the scores.
    ///
    /// Centred: `SE_i² = [I⁺]_ii`, with no reference item. Absolute: the inverse of information plus prior precision.
    /// (A standard error `1/√I_ii` ignores that the opponents are uncertain too: it is always smaller.)
    ///
    /// Exact up to 3,000 items, and on thin graphs of any size; beyond to second order in the information between
    /// items, with the error that [`Self::standard_error_accuracy`] states.
    pub fn standard_errors(&self) -> &[f64] {
        &self.errors().values
    }

    /// Largest relative error of the standard errors, found on a sample of 16 items at the price of one
    /// solution each; 0 where they are exact.
    pub fn standard_error_accuracy(&self) -> f64 {
        *self.error_of_errors.get_or_init(|| match &self.spread {
            Spread::Curvature(curvature) if !self.errors().is_exact => {
                relative_error(self.standard_errors(), self.information_of(curvature), &curvature.plan)
                    .unwrap_or(f64::INFINITY)
            }
            _ => 0.0,
        })
    }

    /// Standard errors in the given frame.
    ///
    /// A centred fit has no absolute frame: there its own errors are given.
    ///
    /// # Errors
    /// [`ScoringError::TooLarge`] for centring the errors of a prior above 5,000 items.
    pub fn standard_errors_in(&self, frame: Frame) -> Result<Vec<f64>, ScoringError> {
        match frame {
            Frame::Known => Ok(self.with_known_opponents()),
            Frame::Centred if self.frame() == Frame::Absolute => {
                let mut values = self.covariance()?.as_slice().to_vec();
                centre_both(&mut values, self.point.scores.len());
                Ok(Covariance::new(self.point.scores.len(), values).standard_errors())
            }
            _ => Ok(self.standard_errors().to_vec()),
        }
    }

    /// Covariance of the scores, in the frame of the scores.
    ///
    /// # Errors
    /// [`ScoringError::TooLarge`] above 5,000 items, where it would take more than 200 MB.
    pub fn covariance(&self) -> Result<&Covariance, ScoringError> {
        let items = self.point.scores.len();
        if items > DENSE_LIMIT {
            return Err(ScoringError::TooLarge { what: "the covariance matrix", items, limit: DENSE_LIMIT });
        }
        let compute = || match &self.spread {
            Spread::Draws(draws) => Ok(draws.covariance()),
            Spread::Curvature(curvature) => covariance(self.information_of(curvature), &curvature.plan)
                .map_err(|_| ScoringError::NotConverged { iterations: self.iterations, step: self.accuracy }),
        };
        self.covariance.get_or_init(compute).as_ref().map_err(Clone::clone)
    }

    /// Standard error of θ̂ of one item, always exact: above 3,000 items at the price of one solution.
    ///
    /// # Panics
    /// When the index is not below the number of items.
    pub fn exact_standard_error(&self, item: usize) -> f64 {
        match &self.spread {
            Spread::Curvature(curvature) if !self.errors().is_exact => {
                variance_of_item(self.information_of(curvature), &curvature.plan, item).map_or(f64::INFINITY, f64::sqrt)
            }
            _ => self.standard_errors()[item],
        }
    }

    /// Standard error of the difference of two scores.
    ///
    /// # Panics
    /// When an index is not below the number of items.
    pub fn standard_error_of_difference(&self, i: usize, j: usize) -> f64 {
        match &self.spread {
            Spread::Curvature(curvature) if self.point.scores.len() > MOST_EXACT => {
                variance_of_difference(self.information_of(curvature), &curvature.plan, i, j)
                    .map_or(f64::INFINITY, f64::sqrt)
            }
            _ => self.covariance().map_or(f64::INFINITY, |covariance| covariance.of_difference(i, j).sqrt()),
        }
    }

    /// Chance that item `i` wins against item `j` where neither gains by its position; ties are in neither's favour.
    ///
    /// # Panics
    /// When an index is not below the number of items.
    pub fn probability(&self, i: usize, j: usize) -> f64 {
        let gap = self.point.scores[i] - self.point.scores[j];
        if self.problem.law == Law::BradleyTerry {
            return logistic(gap);
        }
        self.problem.law.chances(gap, self.point.extras.last().copied().unwrap_or_default()).left
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
    /// Above 500 items it is the range of ranks that the item would take within ± 1.645 standard errors of its score,
    /// the others in their places.
    pub fn ranks(&self) -> Vec<Rank> {
        let scores = self.scores();
        if scores.len() > MOST_DRAWN {
            return ranks_in_place(scores, self.standard_errors());
        }
        match (&self.spread, self.covariance()) {
            (Spread::Draws(draws), _) => drawn_ranks(scores, draws.iter()),
            (Spread::Curvature(_), Ok(covariance)) => ranks(scores, covariance),
            (Spread::Curvature(_), Err(_)) => ranks_in_place(scores, self.standard_errors()),
        }
    }

    /// Log-likelihood of the judgements, without the prior and without binomial coefficients.
    pub fn log_likelihood(&self) -> f64 {
        *self.log_likelihood.get_or_init(|| self.problem.log_likelihood(&self.point))
    }

    /// What the prior adds to the log-likelihood, without constants; 0 under maximum likelihood.
    pub fn log_prior(&self) -> f64 {
        self.problem.log_prior(&self.point)
    }

    /// The order effect γ on the item shown first, where the model has one.
    pub fn order_effect(&self) -> Option<Effect> {
        self.order_effect
    }

    /// Chance that the item shown first wins when both are equally good; ½ without an order effect and without ties.
    pub fn chance_of_first(&self) -> f64 {
        let extras = &self.point.extras;
        let order = self.order_effect.map_or(0.0, |effect| effect.estimate);
        let tie = if self.problem.law.has_ties() { extras.last().copied().unwrap_or_default() } else { 0.0 };
        self.problem.law.chances(order, tie + self.problem.tie_shift * order).left
    }

    /// The tie parameter where the model has one: log ν of Davidson's model, log η of Rao & Kupper's.
    pub fn tie_parameter(&self) -> Option<Effect> {
        self.tie_parameter
    }

    /// How well the judgements of each item, and of each judge, fit the model.
    pub fn residuals(&self) -> &Residuals {
        let at = self.before.as_ref().unwrap_or(&self.point);
        self.residuals.get_or_init(|| Residuals::of(&self.judgements, &self.problem, at))
    }

    /// Steps that were made: Newton's, or draws.
    pub fn iterations(&self) -> usize {
        self.iterations
    }

    /// Largest component of the gradient at the estimate; none where the estimate is no maximum.
    pub fn max_gradient(&self) -> Option<f64> {
        *self.max_gradient.get_or_init(|| match self.spread {
            Spread::Draws(_) => None,
            Spread::Curvature(_) => Some(self.problem.max_gradient(&self.point)),
        })
    }

    /// Accuracy of the parameters: the largest change that one more step would make, or a bound of it that the steps before
    /// tell, in logits; of a sampled fit the largest Monte-Carlo standard error of a score.
    pub fn accuracy(&self) -> f64 {
        self.accuracy
    }

    /// `1/√I_ii` of each score; 0 where it is fixed.
    fn with_known_opponents(&self) -> Vec<f64> {
        let (diagonal, plan) = match &self.spread {
            Spread::Curvature(curvature) => (self.information_of(curvature).diagonal(), curvature.plan.clone()),
            Spread::Draws(_) => (self.problem.slope(&self.point).information.diagonal(), self.problem.plan()),
        };
        let errors = diagonal.iter().zip(&plan.fixed);
        errors.map(|(own, fixed)| if *fixed || *own <= 0.0 { 0.0 } else { own.sqrt().recip() }).collect()
    }

    /// The information at the estimate, which may have been found in single precision.
    fn information_of<'a>(&'a self, curvature: &'a Curvature) -> &'a Information {
        curvature.information(|| self.problem.slope(&self.point).information)
    }

    fn errors(&self) -> &Errors {
        self.standard_errors.get_or_init(|| match &self.spread {
            Spread::Draws(draws) => Errors { values: draws.standard_errors(), is_exact: true },
            Spread::Curvature(curvature) => standard_errors(self.information_of(curvature), &curvature.plan)
                .unwrap_or_else(|_| Errors { values: vec![f64::INFINITY; self.point.scores.len()], is_exact: true }),
        })
    }
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
const MOST_DRAWN: usize = 500;
const TIGHT: f64 = 1e-12;
