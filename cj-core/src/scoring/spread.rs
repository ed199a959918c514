use std::sync::OnceLock;

use super::covariance::Covariance;
use super::information::Information;
use super::solver::Plan;
use super::statistics::{error_of_mean, mean_and_variance};

/// How uncertain scores are: the curvature of a likelihood, or draws from a posterior.
#[derive(Debug, Clone)]
pub(crate) enum Spread {
    Curvature(Box<Curvature>),
    Draws(Draws),
}

/// The information at an estimate.
#[derive(Debug, Clone)]
pub(crate) struct Curvature {
    information: OnceLock<Information>,
    pub(crate) plan: Plan,
}

impl Curvature {
    /// Keeps the information at the estimate, if it was found and has all digits.
    pub(crate) fn new(found: Option<Information>, plan: Plan) -> Self {
        let exact = found.filter(|found| found.weights.is_exact());
        let information = exact.map_or_else(OnceLock::new, OnceLock::from);
        Self { information, plan }
    }

    /// The information, computed anew where it is not known or has not all digits.
    pub(crate) fn information(&self, anew: impl FnOnce() -> Information) -> &Information {
        self.information.get_or_init(anew)
    }
}

/// Draws of all scores, one after the other.
#[derive(Debug, Clone)]
pub(crate) struct Draws {
    items: usize,
    values: Vec<f64>,
}

impl Draws {
    pub(crate) fn new(items: usize) -> Self {
        Self { items, values: Vec::new() }
    }

    pub(crate) fn push(&mut self, scores: &[f64]) {
        self.values.extend_from_slice(scores);
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &[f64]> {
        self.values.chunks_exact(self.items.max(1))
    }

    pub(crate) fn count(&self) -> usize {
        self.values.len() / self.items.max(1)
    }

    /// Posterior means.
    pub(crate) fn means(&self) -> Vec<f64> {
        let mut means = vec![0.0; self.items];
        for draw in self.iter() {
            for (mean, value) in means.iter_mut().zip(draw) {
                *mean += value;
            }
        }
        let count = self.count().max(1) as f64;
        for mean in &mut means {
            *mean /= count;
        }
        means
    }

    /// Posterior standard deviations.
    pub(crate) fn standard_errors(&self) -> Vec<f64> {
        (0..self.items).map(|item| mean_and_variance(&self.of_item(item)).1.sqrt()).collect()
    }

    /// Largest Monte-Carlo standard error of a posterior mean.
    pub(crate) fn monte_carlo_error(&self) -> f64 {
        (0..self.items).map(|item| error_of_mean(&self.of_item(item))).fold(0.0, f64::max)
    }

    /// Share of the draws in which one item is above another.
    pub(crate) fn share_above(&self, i: usize, j: usize) -> f64 {
        let above = self.iter().filter(|draw| draw[i] > draw[j]).count();
        above as f64 / self.count().max(1) as f64
    }

    fn of_item(&self, item: usize) -> Vec<f64> {
        self.iter().map(|draw| draw[item]).collect()
    }

    /// Sample covariance.
    pub(crate) fn covariance(&self) -> Covariance {
        let n = self.items;
        let means = self.means();
        let mut values = vec![0.0; n * n];
        let mut centred = vec![0.0; n];
        for draw in self.iter() {
            for ((value, drawn), mean) in centred.iter_mut().zip(draw).zip(&means) {
                *value = drawn - mean;
            }
            for (i, own) in centred.iter().enumerate() {
                for (value, other) in values[i * n..=i * n + i].iter_mut().zip(&centred) {
                    *value += own * other;
                }
            }
        }
        let divisor = (self.count() as f64 - 1.0).max(1.0);
        for i in 0..n {
            for j in 0..=i {
                values[i * n + j] /= divisor;
                values[j * n + i] = values[i * n + j];
            }
        }
        Covariance::new(n, values)
    }
}
