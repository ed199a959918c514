//! What a comparison is worth.

/// Bernoulli information p(1 − p) of a comparison between items `difference` logits apart.
pub(in crate::pairing) fn information(difference: f64) -> f64 {
    // Written with the small exponential, so that it neither overflows nor loses its digits.
    let e = (-difference.abs()).exp();
    e / ((1.0 + e) * (1.0 + e))
}

/// Drop of the covariance trace by a comparison with information `w`, ‖Σd‖² = `reach` and dᵀΣd = `spread`.
pub(in crate::pairing) fn trace_drop(w: f64, reach: f64, spread: f64) -> f64 {
    w * reach / (1.0 + w * spread)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn information_is_p_times_one_minus_p() {
        let p = 1.0 / (1.0 + (-1.3_f64).exp());
        assert!((information(1.3) - p * (1.0 - p)).abs() < 1e-15);
        assert!((information(-1.3) - information(1.3)).abs() < 1e-15);
        assert!(information(800.0) >= 0.0);
    }
}
