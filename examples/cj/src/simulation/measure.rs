//! How far estimates follow the truth.

/// Squared correlation; 0 where one of them is constant.
pub(super) fn squared_correlation(a: &[f64], b: &[f64]) -> f64 {
    let n = a.len() as f64;
    let (mean_a, mean_b) = (a.iter().sum::<f64>() / n, b.iter().sum::<f64>() / n);
    let (mut both, mut of_a, mut of_b) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(b) {
        let (x, y) = (x - mean_a, y - mean_b);
        both += x * y;
        of_a += x * x;
        of_b += y * y;
    }
    if of_a > 0.0 && of_b > 0.0 { both * both / (of_a * of_b) } else { 0.0 }
}

/// Kendall's τ-a: the share of pairs that stand in the true order, less the share of those that stand in the wrong one.
pub(super) fn tau(estimates: &[f64], truth: &[f64]) -> f64 {
    let (mut sum, mut pairs) = (0_i64, 0_i64);
    for i in 0..truth.len() {
        for j in 0..i {
            let product = (estimates[i] - estimates[j]) * (truth[i] - truth[j]);
            sum += i64::from(product > 0.0) - i64::from(product < 0.0);
            pairs += 1;
        }
    }
    if pairs == 0 { 0.0 } else { sum as f64 / pairs as f64 }
}

/// The quantile of the standard normal distribution for a share between 0 and 1, to about 10⁻¹².
pub(super) fn normal_quantile(share: f64) -> f64 {
    let lower = share.min(1.0 - share);
    // P(Z < −x), by Simpson's rule from 0: Newton's method from the middle, where the function is convex, does not overshoot.
    let below = |x: f64| {
        let h = x / f64::from(PARTS);
        let weigh = |part: u32| if part % 2 == 1 { 4.0 } else { 2.0 };
        let sum: f64 = (1..PARTS).map(|part| weigh(part) * density(f64::from(part) * h)).sum();
        0.5 - h / 3.0 * (density(0.0) + sum + density(x))
    };
    let mut x = 0.0;
    for _ in 0..STEPS {
        x += (below(x) - lower) / density(x);
    }
    if share < 0.5 { -x } else { x }
}

fn density(x: f64) -> f64 {
    (-0.5 * x * x).exp() / std::f64::consts::TAU.sqrt()
}

const PARTS: u32 = 400;
const STEPS: u32 = 12;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_figures() {
        let truth = [1.0, 2.0, 3.0, 4.0];
        assert!((squared_correlation(&truth, &[2.0, 4.0, 6.0, 8.0]) - 1.0).abs() < 1e-12);
        // r = 4/5 of 1 2 3 4 and 1 3 2 4.
        assert!((squared_correlation(&truth, &[1.0, 3.0, 2.0, 4.0]) - 0.64).abs() < 1e-12);
        assert!((tau(&[1.0, 3.0, 2.0, 4.0], &truth) - 4.0 / 6.0).abs() < 1e-12);
        assert!(squared_correlation(&truth, &[1.0; 4]).abs() < 1e-12);
    }

    #[test]
    fn printed_quantiles() {
        // Abramowitz & Stegun, table 26.5.
        for (share, expected) in [(0.5, 0.0), (0.975, 1.959_964), (0.1, -1.281_552), (0.999, 3.090_232)] {
            assert!((normal_quantile(share) - expected).abs() < 1e-6, "{share}: {}", normal_quantile(share));
        }
    }
}
