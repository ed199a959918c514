//! What a wave is worth.

use crate::pairing::adaptive::{information, trace_drop};
use crate::pairing::request::check_pairs;
use crate::pairing::{Estimate, Pair, PairingError};

/// What each comparison of a wave is expected to take off the mean posterior variance of the items, on average; 0 for an
/// empty wave.
///
/// The mean variance is tr Σ / n, and a comparison d with information w takes w ‖Σd‖² / (1 + w dᵀΣd) off tr Σ: expected,
/// since it does not depend on the answer. Comparisons of a wave are counted one after another, so that what two of them tell
/// in common counts once. For many items, or where only variances are known, only the two items compared are thought to
/// learn.
///
/// ```
/// use cj_core::pairing::{Estimate, Pair, wave_value};
///
/// // Two items of variance 1, w = 1/4: tr Σ falls by 0.25 · 2 / (1 + 0.25 · 2) = 1/3, the mean by 1/6.
/// let estimate = Estimate::new(&[0.0, 0.0], &[1.0, 0.0, 0.0, 1.0])?;
/// let value = wave_value(estimate, &[Pair::new(0, 1)])?;
/// assert!((value - 1.0 / 6.0).abs() < 1e-12);
/// # Ok::<(), cj_core::pairing::PairingError>(())
/// ```
///
/// # Errors
/// When a pair names an item without an estimate, or sets an item against itself.
pub fn wave_value(estimate: Estimate<'_>, pairs: &[Pair]) -> Result<f64, PairingError> {
    let items = estimate.mean().len();
    check_pairs("pairs", pairs, items)?;
    if pairs.is_empty() {
        return Ok(0.0);
    }
    let drop = match estimate.covariance() {
        Some(covariance) if items <= MOST_EXACT => exact(estimate.mean(), covariance, pairs),
        _ => local(estimate, pairs),
    };
    Ok(drop / (items as f64 * pairs.len() as f64))
}

fn exact(mean: &[f64], covariance: &[f64], pairs: &[Pair]) -> f64 {
    let n = mean.len();
    let mut sigma = covariance.to_vec();
    let mut total = 0.0;
    for pair in pairs {
        let (i, j) = (pair.left as usize, pair.right as usize);
        let w = information(mean[i] - mean[j]);
        let reach: Vec<f64> = (0..n).map(|k| sigma[i * n + k] - sigma[j * n + k]).collect();
        let spread = (reach[i] - reach[j]).max(0.0);
        total += trace_drop(w, reach.iter().map(|x| x * x).sum(), spread);
        let c = w / (1.0 + w * spread);
        for (row, own) in sigma.chunks_exact_mut(n).zip(&reach) {
            row.iter_mut().zip(&reach).for_each(|(cell, other)| *cell -= c * own * other);
        }
    }
    total
}

fn local(estimate: Estimate<'_>, pairs: &[Pair]) -> f64 {
    let mean = estimate.mean();
    let mut variance: Vec<f64> = (0..mean.len()).map(|item| estimate.variance(item)).collect();
    let mut total = 0.0;
    for pair in pairs {
        let (i, j) = (pair.left as usize, pair.right as usize);
        let w = information(mean[i] - mean[j]);
        let shared = estimate.covariance().map_or(0.0, |covariance| covariance[i * mean.len() + j]);
        let own = [(variance[i] - shared).max(0.0), (variance[j] - shared).max(0.0)];
        let c = w / (1.0 + w * (own[0] + own[1]));
        total += c * (own[0] * own[0] + own[1] * own[1]);
        variance[i] -= c * own[0] * own[0];
        variance[j] -= c * own[1] * own[1];
    }
    total
}

const MOST_EXACT: usize = 300;
