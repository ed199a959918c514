//! Whether a grade is settled.

/// Whether a student at `mean` ± `sd` is within one grade of the most likely one with probability ≥ 0.95.
///
/// Without thresholds there are no grades, and nothing is ever settled. (A demand on the exact grade would never be met
/// inside the scale: a student on a threshold has an even chance of either side.)
pub(super) fn is_settled(mean: f64, sd: f64, thresholds: &[f64]) -> bool {
    if thresholds.is_empty() {
        return false;
    }
    let below = |at: usize| match at {
        0 => 0.0,
        at if at > thresholds.len() => 1.0,
        at => normal_cdf((thresholds[at - 1] - mean) / sd.max(f64::MIN_POSITIVE)),
    };
    let grades = thresholds.len() + 1;
    let chance = |from: usize, to: usize| below(to.min(grades)) - below(from);
    let modal = (0..grades).max_by(|&a, &b| chance(a, a + 1).total_cmp(&chance(b, b + 1))).unwrap_or(0);
    chance(modal.saturating_sub(1), modal + 2) >= SETTLED
}

/// Standard normal distribution function: Abramowitz & Stegun 26.2.17, absolute error below 7.5e-8.
fn normal_cdf(x: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.231_641_9 * x.abs());
    let series = [1.330_274_429, -1.821_255_978, 1.781_477_937, -0.356_563_782, 0.319_381_530];
    let tail = series.iter().fold(0.0, |sum, c| (sum + c) * t) * (-0.5 * x * x).exp() / std::f64::consts::TAU.sqrt();
    if x > 0.0 { 1.0 - tail } else { tail }
}

const SETTLED: f64 = 0.95;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_distribution_function_hits_known_values() {
        for (x, p) in [(0.0, 0.5), (1.0, 0.841_344_746), (-1.959_963_985, 0.025), (3.0, 0.998_650_102)] {
            assert!((normal_cdf(x) - p).abs() < 1e-7, "{x}");
        }
        assert!(normal_cdf(f64::INFINITY) > 0.999_999 && normal_cdf(-40.0) < 1e-9);
    }

    #[test]
    fn a_grade_is_settled_when_one_step_to_either_side_holds_nearly_all() {
        let thresholds = [-2.0, -1.0, 0.0, 1.0, 2.0];
        // Within ±1.5 of the middle of a grade: 1.5 / 0.7 = 2.14 standard deviations hold 96.8 %, 1.5 / 0.9 only 90.4 %.
        assert!(is_settled(0.5, 0.7, &thresholds));
        assert!(!is_settled(0.5, 0.9, &thresholds));
        // On a threshold the less likely side counts as a step away, so 1 and 2 to the sides are held.
        assert!(is_settled(0.0, 0.5, &thresholds));
        // At the ends one side is unlimited.
        assert!(is_settled(4.0, 1.5, &thresholds));
        assert!(!is_settled(0.0, 0.1, &[]));
        assert!(is_settled(0.3, 0.0, &thresholds));
    }
}
