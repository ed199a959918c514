//! What a comparison is worth.

/// Bernoulli information p(1 − p) of a comparison between items `difference` logits apart.
pub(super) fn information(difference: f64) -> f64 {
    // Written with the small exponential, so that it neither overflows nor loses its digits.
    let e = (-difference.abs()).exp();
    e / ((1.0 + e) * (1.0 + e))
}

/// Drop of the covariance trace by a comparison with information `w`, ‖Σd‖² = `reach` and dᵀΣd = `spread`.
pub(super) fn trace_drop(w: f64, reach: f64, spread: f64) -> f64 {
    w * reach / (1.0 + w * spread)
}

/// A gain as an integer that orders like it, with differences below about 1e-9 of its size removed: rounding noise must not
/// decide which of two equally good pairs is asked.
pub(super) fn rank(gain: f64) -> u64 {
    if gain > 0.0 { (gain.to_bits() + (1 << (DROPPED - 1))) >> DROPPED } else { 0 }
}

/// 52 − 22 = 30 bits of mantissa remain.
const DROPPED: u32 = 22;

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

    #[test]
    fn ranks_order_gains_and_forget_their_last_digits() {
        assert_eq!(rank(0.1 + 0.2), rank(0.3));
        assert!(rank(0.3) < rank(0.3 * (1.0 + 1e-8)));
        assert!(rank(1e-300) > rank(0.0));
        assert_eq!(rank(-1.0), 0);
    }
}
