use std::f64::consts::PI;
use std::sync::LazyLock;

use rand_chacha::ChaCha8Rng;

use super::normal::{cumulative, draw, uniform};

/// Draws from the Pólya–Gamma distribution PG(b, z) (Polson, Scott & Windle 2013, *JASA* 108, 1339–1349).
///
/// PG(1, z) exactly, by Devroye's alternating series; whole b as sums of those, and above 60 by the normal distribution
/// with the same mean and variance; the fraction of a b that is not whole by 32 terms of the series of gammas, the rest
/// of the series being replaced by its mean.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PolyaGamma {
    tail_share: &'static [f64],
}

/// Chance of the exponential part of the proposal at z/2 = 0, STEP, 2 STEP, …, up to where it is below 10⁻¹⁶.
static TAIL_SHARE: LazyLock<Vec<f64>> =
    LazyLock::new(|| (0..=TABLE).map(|at| tail_share(f64::from(at) * STEP)).collect());

impl PolyaGamma {
    pub(crate) fn new() -> Self {
        Self { tail_share: &TAIL_SHARE }
    }

    pub(crate) fn sample(&self, b: f64, z: f64, rng: &mut ChaCha8Rng) -> f64 {
        if b > MOST_SUMMED {
            let (mean, variance) = moments(b, z);
            return (mean + variance.sqrt() * draw(rng)).max(0.01 * mean);
        }
        let half = 0.5 * z.abs();
        let mut sum = 0.0;
        let mut rest = b;
        while rest >= 1.0 {
            sum += 0.25 * self.jacobi(half, rng);
            rest -= 1.0;
        }
        if rest > 0.0 { sum + fraction(rest, z, rng) } else { sum }
    }

    /// J*(1, z) for z ≥ 0.
    fn jacobi(&self, z: f64, rng: &mut ChaCha8Rng) -> f64 {
        let rate = 0.125 * PI * PI + 0.5 * z * z;
        let share = self.tail_share_at(z);
        loop {
            let x = if uniform(rng) < share { CUT + exponential(rng) / rate } else { inverse_gaussian(z, rng) };
            let mut sum = coefficient(0, x);
            let height = uniform(rng) * sum;
            let mut n = 0;
            loop {
                n += 1;
                sum -= coefficient(n, x);
                if height <= sum {
                    return x;
                }
                n += 1;
                sum += coefficient(n, x);
                if height > sum {
                    break;
                }
            }
        }
    }

    fn tail_share_at(&self, z: f64) -> f64 {
        let place = z / STEP;
        let at = place as usize;
        match self.tail_share.get(at..at + 2) {
            Some(ends) => {
                let part = place - at as f64;
                ends[0] + part * (ends[1] - ends[0])
            }
            None => 0.0,
        }
    }
}

/// Mean and variance of PG(b, z).
pub(crate) fn moments(b: f64, z: f64) -> (f64, f64) {
    let z = z.abs();
    if z < 1e-3 {
        return (0.25 * b * (1.0 - z * z / 12.0), b / 24.0 * (1.0 - z * z / 5.0));
    }
    let small = (-z).exp();
    // tanh(z/2) and (sinh z − z)/cosh²(z/2), without overflow.
    let mean = b / (2.0 * z) * (1.0 - small) / (1.0 + small);
    let curved = 2.0 * (1.0 - small * small - 2.0 * z * small) / ((1.0 + small) * (1.0 + small));
    (mean, b / (4.0 * z * z * z) * curved)
}

/// Share of the proposal's mass beyond the cut.
fn tail_share(z: f64) -> f64 {
    let rate = 0.125 * PI * PI + 0.5 * z * z;
    let root = CUT.sqrt().recip();
    let beyond = 0.5 * PI / rate * (-rate * CUT).exp();
    // 2 e^{−z} P(IG < cut); the second term as one exponential, because e^{z} alone would overflow.
    let within = 2.0 * (-z).exp() * cumulative(root * (CUT * z - 1.0))
        + 2.0 * (z + log_cumulative(-root * (CUT * z + 1.0))).exp();
    beyond / (beyond + within)
}

fn log_cumulative(x: f64) -> f64 {
    if x > -30.0 { cumulative(x).ln() } else { -0.5 * x * x - (-x).ln() - 0.5 * (2.0 * PI).ln() }
}

/// The n-th coefficient of the alternating series of the density, without its common factor.
fn coefficient(n: u32, x: f64) -> f64 {
    let k = f64::from(n) + 0.5;
    if x > CUT {
        PI * k * (-0.5 * k * k * PI * PI * x).exp()
    } else {
        let scale = 2.0 / (PI * x);
        PI * k * scale * scale.sqrt() * (-2.0 * k * k / x).exp()
    }
}

/// Inverse Gaussian IG(1/z, 1) below the cut.
fn inverse_gaussian(z: f64, rng: &mut ChaCha8Rng) -> f64 {
    if z * CUT < 1.0 {
        loop {
            let (a, b) = (exponential(rng), exponential(rng));
            if a * a <= 2.0 * b / CUT {
                let x = CUT / ((1.0 + CUT * a) * (1.0 + CUT * a));
                if uniform(rng) <= (-0.5 * z * z * x).exp() {
                    return x;
                }
            }
        }
    }
    let mean = 1.0 / z;
    loop {
        let normal = draw(rng);
        let y = mean * normal * normal;
        // The smaller root, written without cancellation.
        let x = mean * 2.0 / (2.0 + y + (4.0 * y + y * y).sqrt());
        let x = if uniform(rng) * (mean + x) <= mean { x } else { mean * mean / x };
        if x < CUT {
            return x;
        }
    }
}

/// PG(b, z) for b < 1.
fn fraction(b: f64, z: f64, rng: &mut ChaCha8Rng) -> f64 {
    let shift = z * z / (4.0 * PI * PI);
    let (mut sum, mut expected) = (0.0, 0.0);
    for k in 1..=TERMS {
        let place = f64::from(k) - 0.5;
        let weight = 0.5 / (PI * PI * (place * place + shift));
        sum += weight * gamma(b, rng);
        expected += weight * b;
    }
    sum + (moments(b, z).0 - expected).max(0.0)
}

/// Gamma(a, 1) for a < 1: Marsaglia & Tsang (2000) at a + 1, times U^{1/a}.
fn gamma(a: f64, rng: &mut ChaCha8Rng) -> f64 {
    let d = a + 2.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    loop {
        let x = draw(rng);
        let v = 1.0 + c * x;
        if v > 0.0 {
            let v = v * v * v;
            if open_uniform(rng).ln() < 0.5 * x * x + d - d * v + d * v.ln() {
                return d * v * open_uniform(rng).powf(1.0 / a);
            }
        }
    }
}

fn exponential(rng: &mut ChaCha8Rng) -> f64 {
    -open_uniform(rng).ln()
}

/// A number in (0, 1].
fn open_uniform(rng: &mut ChaCha8Rng) -> f64 {
    1.0 - uniform(rng)
}

const CUT: f64 = 0.64;
const TERMS: u32 = 32;
const MOST_SUMMED: f64 = 60.0;
const STEP: f64 = 1.0 / 256.0;
const TABLE: u32 = 256 * 12;

#[cfg(test)]
mod tests {
    use rand_chacha::rand_core::SeedableRng;

    use super::*;

    #[test]
    fn draws_have_the_moments_of_the_distribution() {
        let sampler = PolyaGamma::new();
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        for (b, z) in [
            (1.0, 0.0),
            (1.0, 0.7),
            (1.0, -2.5),
            (1.0, 9.0),
            (1.0, 40.0),
            (3.0, 1.0),
            (0.4, 1.5),
            (2.7, 0.2),
            (80.0, 3.0),
        ] {
            let draws: Vec<f64> = (0..20_000).map(|_| sampler.sample(b, z, &mut rng)).collect();
            let mean = draws.iter().sum::<f64>() / draws.len() as f64;
            let variance = draws.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / draws.len() as f64;
            let (expected, spread) = moments(b, z);
            let error = (spread / draws.len() as f64).sqrt();
            assert!(
                (mean - expected).abs() < 4.5 * error,
                "mean of PG({b}, {z}): {mean}, expected {expected} ± {error}"
            );
            assert!((variance / spread - 1.0).abs() < 0.12, "variance of PG({b}, {z}): {variance}, expected {spread}");
        }
    }

    #[test]
    fn the_table_ends_where_the_tail_is_never_drawn() {
        assert!(tail_share(f64::from(TABLE) * STEP) < f64::EPSILON);
    }

    #[test]
    fn moments_agree_across_the_series() {
        // The expansion at 0 and the closed form meet.
        for b in [0.5, 1.0, 7.0] {
            let (near, far) = (moments(b, 0.000_999), moments(b, 0.001_001));
            assert!((near.0 / far.0 - 1.0).abs() < 1e-8 && (near.1 / far.1 - 1.0).abs() < 1e-5);
        }
    }
}
