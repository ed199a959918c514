use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;

/// Φ(x), the standard normal distribution function, with relative accuracy about 10⁻¹⁴ in both tails.
pub(crate) fn cumulative(x: f64) -> f64 {
    if x.is_nan() {
        return x;
    }
    let upper = upper_tail(x.abs());
    if x > 0.0 { 1.0 - upper } else { upper }
}

/// P(Z > x) for x ≥ 0: a series near 0, a continued fraction beyond.
fn upper_tail(x: f64) -> f64 {
    let density = (-0.5 * x * x).exp() / std::f64::consts::TAU.sqrt();
    if x < 3.0 {
        // Φ(x) − ½ = φ(x) (x + x³/3 + x⁵/(3·5) + …); all terms positive.
        let (mut term, mut sum, mut k) = (x, x, 1.0);
        while term > sum * 1e-17 {
            k += 2.0;
            term *= x * x / k;
            sum += term;
        }
        return 0.5 - density * sum;
    }
    // Laplace's continued fraction: Q(x) = φ(x) / (x + 1/(x + 2/(x + 3/…))).
    let mut tail = x;
    for k in (1..=120).rev() {
        tail = x + f64::from(k) / tail;
    }
    density / tail
}

/// A number in [0, 1) with 53 random bits.
pub(crate) fn uniform(rng: &mut ChaCha8Rng) -> f64 {
    (rng.next_u64() >> 11) as f64 / (1u64 << 53) as f64
}

/// A standard normal draw (Marsaglia's polar method; the second of each pair is not kept, so no state is hidden).
pub(crate) fn draw(rng: &mut ChaCha8Rng) -> f64 {
    loop {
        let (a, b) = (2.0 * uniform(rng) - 1.0, 2.0 * uniform(rng) - 1.0);
        let square = a * a + b * b;
        if square > 0.0 && square < 1.0 {
            return a * (-2.0 * square.ln() / square).sqrt();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_printed_values() {
        // Abramowitz & Stegun, table 26.1 and 26.2.
        for (x, phi) in [
            (0.0, 0.5),
            (1.0, 0.841_344_746_068_543),
            (1.96, 0.975_002_104_851_780),
            (-2.0, 0.022_750_131_948_179),
            (-3.0, 0.001_349_898_031_630),
            (-5.0, 2.866_515_718_792e-7),
        ] {
            assert!((cumulative(x) / phi - 1.0).abs() < 1e-11, "Φ({x}) = {}", cumulative(x));
        }
        assert!(cumulative(f64::INFINITY) >= 1.0 && cumulative(f64::NEG_INFINITY) <= 0.0);
    }
}
