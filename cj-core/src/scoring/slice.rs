use rand_chacha::ChaCha8Rng;

use super::normal::uniform;

/// One step of slice sampling with stepping out (Neal 2003, *Annals of Statistics* 31, 705–767) within bounds.
///
/// `log_density` is known up to a constant; `here` lies within the bounds and has a density.
pub(crate) fn slice(
    here: f64,
    (lowest, highest): (f64, f64),
    rng: &mut ChaCha8Rng,
    log_density: impl Fn(f64) -> f64,
) -> f64 {
    let level = log_density(here) + (1.0 - uniform(rng)).ln();
    let mut low = here - uniform(rng);
    let mut high = low + 1.0;
    while low > lowest && log_density(low) > level {
        low -= 1.0;
    }
    while high < highest && log_density(high) > level {
        high += 1.0;
    }
    (low, high) = (low.max(lowest), high.min(highest));
    // The slice holds the present value, so shrinking ends; the bound is for rounding at an edge.
    for _ in 0..200 {
        let try_at = low + (high - low) * uniform(rng);
        if log_density(try_at) > level {
            return try_at;
        }
        if try_at < here { low = try_at } else { high = try_at }
    }
    here
}

/// Log density, up to a constant, of the logarithm of a standard deviation that is half-normal with the given scale, when
/// `count` normal values with that standard deviation have this sum of squares.
pub(crate) fn log_density_of_spread(log: f64, scale: f64, count: usize, squares: f64) -> f64 {
    let prior = log.exp() / scale;
    (1.0 - count as f64) * log - 0.5 * squares * (-2.0 * log).exp() - 0.5 * prior * prior
}

/// Bounds of the logarithm of a standard deviation, far beyond what a prior allows, so that no power of it overflows.
pub(crate) const LOG_SPREAD: (f64, f64) = (-12.0, 4.0);
