/// A quantile of values that are sorted: linear between order statistics.
pub(crate) fn quantile(sorted: &[f64], share: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let place = share.clamp(0.0, 1.0) * last as f64;
    let (low, high) = (place.floor() as usize, place.ceil() as usize);
    sorted[low] + (place - low as f64) * (sorted[high] - sorted[low])
}

/// The values in ascending order.
pub(crate) fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted
}

/// The median; NaN of nothing.
pub(crate) fn median(values: &[f64]) -> f64 {
    quantile(&sorted(values), 0.5)
}

/// Mean and variance with divisor n − 1.
pub(crate) fn mean_and_variance(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    (mean, values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / (n - 1.0).max(1.0))
}

/// Monte-Carlo standard error of a mean of autocorrelated draws, by batch means with √T batches.
pub(crate) fn error_of_mean(draws: &[f64]) -> f64 {
    let batch = (draws.len() as f64).sqrt().floor().max(1.0) as usize;
    let means: Vec<f64> =
        draws.chunks_exact(batch).map(|batch| batch.iter().sum::<f64>() / batch.len() as f64).collect();
    (mean_and_variance(&means).1 / means.len().max(1) as f64).sqrt()
}

/// Monte-Carlo standard error of a quantile of autocorrelated draws.
///
/// The error of the share of draws below the quantile, by batch means, carried over to the quantile by the draws
/// themselves: half the width between the quantiles one error below and above.
pub(crate) fn error_of_quantile(draws: &[f64], share: f64) -> f64 {
    let sorted = sorted(draws);
    let at = quantile(&sorted, share);
    let below: Vec<f64> = draws.iter().map(|draw| if *draw <= at { 1.0 } else { 0.0 }).collect();
    let error = error_of_mean(&below);
    0.5 * (quantile(&sorted, share + error) - quantile(&sorted, share - error))
}

/// Squared correlation of two lists; none where one of them does not vary.
pub(crate) fn squared_correlation(a: &[f64], b: &[f64]) -> Option<f64> {
    let ((mean_a, variance_a), (mean_b, variance_b)) = (mean_and_variance(a), mean_and_variance(b));
    let shared = a.iter().zip(b).map(|(a, b)| (a - mean_a) * (b - mean_b)).sum::<f64>() / (a.len() as f64 - 1.0);
    let squared = shared * shared / (variance_a * variance_b);
    (variance_a > 0.0 && variance_b > 0.0 && squared.is_finite()).then(|| squared.min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_linear_between_values() {
        let values = sorted(&[3.0, 1.0, 2.0, 5.0, 4.0]);
        for (share, expected) in [(0.0, 1.0), (0.5, 3.0), (0.9, 4.6), (1.0, 5.0), (2.0, 5.0)] {
            assert!((quantile(&values, share) - expected).abs() < 1e-12);
        }
        assert!(quantile(&[], 0.5).is_nan());
    }

    #[test]
    fn correlations_have_their_bounds() {
        assert!((squared_correlation(&[1.0, 2.0, 3.0], &[-2.0, -4.0, -6.0]).unwrap() - 1.0).abs() < 1e-12);
        assert_eq!(squared_correlation(&[1.0, 2.0], &[1.0, 1.0]), None);
    }
}
