//! Comparing gains without their rounding noise.

/// A gain as an integer that orders like it, with differences below about 1e-9 of its size removed: rounding noise must not
/// decide which of two equally good pairs is asked. Nothing is worth less than 0.
pub(in crate::pairing) fn rank(gain: f64) -> u64 {
    if gain > 0.0 { (gain.to_bits() + (1 << (DROPPED - 1))) >> DROPPED } else { 0 }
}

/// 52 − 22 = 30 bits of mantissa remain.
const DROPPED: u32 = 22;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_order_gains_and_forget_their_last_digits() {
        assert_eq!(rank(0.1 + 0.2), rank(0.3));
        assert!(rank(0.3) < rank(0.3 * (1.0 + 1e-8)));
        assert!(rank(1e-300) > rank(0.0));
        assert_eq!(rank(-1.0), 0);
    }
}
