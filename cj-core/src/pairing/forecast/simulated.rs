//! A simulated batch with a quick posterior.

use crate::pairing::dice::Dice;
use crate::pairing::logit::{HERMITE, logistic};
use crate::pairing::{Estimate, Pair, PairingError};

/// True scores θ ~ N(0, sd²) and a normal posterior of them, brought up to date answer by answer.
///
/// After each answer the normal with the same mean and variance of θₗ − θᵣ replaces the posterior (assumed density filtering,
/// Opper 1998): one rank-one step instead of a fit, and near enough to it for counting comparisons.
#[derive(Debug, Clone)]
pub(super) struct Simulated {
    truth: Vec<f64>,
    mean: Vec<f64>,
    covariance: Vec<f64>,
    points: Vec<f64>,
}

impl Simulated {
    pub(super) fn new(items: usize, sd: f64, dice: &mut Dice) -> Self {
        let truth = (0..items).map(|_| sd * normal(dice)).collect();
        let mut covariance = vec![0.0; items * items];
        covariance.iter_mut().step_by(items + 1).for_each(|variance| *variance = sd * sd);
        Self { truth, mean: vec![0.0; items], covariance, points: vec![0.0; items] }
    }

    pub(super) fn estimate(&self) -> Result<Estimate<'_>, PairingError> {
        Estimate::new(&self.mean, &self.covariance)
    }

    /// What each item has won.
    pub(super) fn points(&self) -> &[f64] {
        &self.points
    }

    /// Asks a Bradley–Terry judge about a pair and learns from the answer.
    pub(super) fn compare(&mut self, pair: Pair, dice: &mut Dice) {
        let (i, j, n) = (pair.left as usize, pair.right as usize, self.truth.len());
        let left_wins = uniform(dice) < logistic(self.truth[i] - self.truth[j]);
        self.points[if left_wins { i } else { j }] += 1.0;
        let reach: Vec<f64> = (0..n).map(|k| self.covariance[i * n + k] - self.covariance[j * n + k]).collect();
        let (mean, variance) = (self.mean[i] - self.mean[j], reach[i] - reach[j]);
        if variance <= 0.0 {
            return;
        }
        let (new_mean, new_variance) = posterior(mean, variance, left_wins);
        let (shift, shrink) = ((new_mean - mean) / variance, (variance - new_variance) / (variance * variance));
        for k in 0..n {
            self.mean[k] += shift * reach[k];
            let row = &mut self.covariance[k * n..][..n];
            row.iter_mut().zip(&reach).for_each(|(cell, other)| *cell -= shrink * reach[k] * other);
        }
    }

    /// Squared correlation of estimates and truth.
    pub(super) fn reliability(&self) -> f64 {
        let n = self.truth.len() as f64;
        let centre = |values: &[f64]| values.iter().sum::<f64>() / n;
        let (centre_mean, centre_truth) = (centre(&self.mean), centre(&self.truth));
        let (mut both, mut of_mean, mut of_truth) = (0.0, 0.0, 0.0);
        for (m, t) in self.mean.iter().zip(&self.truth) {
            let (m, t) = (m - centre_mean, t - centre_truth);
            both += m * t;
            of_mean += m * m;
            of_truth += t * t;
        }
        if of_mean > 0.0 && of_truth > 0.0 { both * both / (of_mean * of_truth) } else { 0.0 }
    }
}

/// Mean and variance of a normal logit after the answer that it decided, by quadrature.
fn posterior(mean: f64, variance: f64, yes: bool) -> (f64, f64) {
    let spread = (2.0 * variance).sqrt();
    let (mut mass, mut first, mut second) = (0.0, 0.0, 0.0);
    for (node, weight) in HERMITE {
        let step = spread * node;
        let likelihood = weight * if yes { logistic(mean + step) } else { logistic(-mean - step) };
        mass += likelihood;
        first += likelihood * step;
        second += likelihood * step * step;
    }
    let shift = first / mass;
    (mean + shift, (second / mass - shift * shift).clamp(0.0, variance))
}

fn uniform(dice: &mut Dice) -> f64 {
    ((dice.next() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
}

/// Box & Muller (1958).
fn normal(dice: &mut Dice) -> f64 {
    (-2.0 * uniform(dice).ln()).sqrt() * (std::f64::consts::TAU * uniform(dice)).cos()
}
