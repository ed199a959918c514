//! Ask what the answer says most about.

use super::board::Board;
use super::dice::Dice;
use super::greedy::{Neighbours, Sides, opening, rank, rounds};
use super::logit::{HERMITE, logistic};
use super::plan::Rule;
use super::{Estimate, Pair, Request};

/// Three balanced rounds, then the pairs of highest expected information gain (Lindley 1956; BALD, Houlsby et al. 2011).
///
/// With Δ = θₗ − θᵣ ~ N(μ, s²) the gain is H(E σ(Δ)) − E H(σ(Δ)), H the entropy of a coin: what the judge's answer is
/// expected to tell, beyond the toss-up that it is anyway. Each pair of a round is valued alone; between rounds the
/// variances of the items that played are brought up to date.
#[derive(Debug)]
pub(super) struct Eig;

impl Rule for Eig {
    fn next(&self, request: &Request<'_>, board: &mut Board, dice: &mut Dice) -> Vec<Pair> {
        let planned = opening(request, board, dice);
        let Some(estimate) = request.estimate.filter(|_| planned.len() < request.slots()) else { return planned };
        let reach = if request.items <= MOST_SEARCHED { request.items } else { NEIGHBOURS };
        let neighbours = Neighbours { request, score: estimate.mean(), reach, sides: Sides::Admissible };
        let mut variance: Vec<f64> = (0..request.items).map(|item| estimate.variance(item)).collect();
        rounds(request, board, planned, |board, busy, want, _| {
            let mut free = neighbours.free(board, busy, |item| rank(variance[item as usize]));
            let worth = |pair| {
                let (mean, [left, right]) = contrast(estimate, &variance, pair);
                rank(information_gain(mean, left + right))
            };
            let full = want.min(free.len() / 2);
            let mut taken = neighbours.round(board, &mut free, want, worth);
            if taken.len() < full && !board.has_quotas() {
                // Whoever was to rest may stand in.
                let plays = |item: u32| busy.iter().chain(&taken).any(|pair| pair.left == item || pair.right == item);
                let mut left: Vec<u32> = (0..request.items as u32).filter(|&item| !plays(item)).collect();
                left.sort_by(|&a, &b| estimate.mean()[a as usize].total_cmp(&estimate.mean()[b as usize]));
                taken.extend(neighbours.round(board, &mut left, full - taken.len(), worth));
                neighbours.complete(board, &mut left, full, &mut taken, worth);
            }
            for &pair in &taken {
                let (mean, [left, right]) = contrast(estimate, &variance, pair);
                let p = logistic(mean);
                let c = p * (1.0 - p) / (1.0 + p * (1.0 - p) * (left + right));
                variance[pair.left as usize] -= c * left * left;
                variance[pair.right as usize] -= c * right * right;
            }
            taken
        })
    }
}

/// E Δ, and what each of the two items contributes to var Δ.
fn contrast(estimate: Estimate<'_>, variance: &[f64], pair: Pair) -> (f64, [f64; 2]) {
    let (left, right) = (pair.left as usize, pair.right as usize);
    let shared = estimate.covariance().map_or(0.0, |covariance| covariance[left * variance.len() + right]);
    let own = [variance[left] - shared, variance[right] - shared];
    (estimate.mean()[left] - estimate.mean()[right], own.map(|part| part.max(0.0)))
}

/// Expected information, in nats, of one comparison whose logit is N(mean, variance): 7-point Gauss–Hermite.
fn information_gain(mean: f64, variance: f64) -> f64 {
    let spread = (2.0 * variance).sqrt();
    let (mut p, mut noise) = (0.0, 0.0);
    for (node, weight) in HERMITE {
        let q = logistic(mean + spread * node);
        p += weight * q;
        noise += weight * entropy(q);
    }
    entropy(p) - noise
}

fn entropy(p: f64) -> f64 {
    let term = |q: f64| if q > 0.0 { -q * q.ln() } else { 0.0 };
    term(p) + term(1.0 - p)
}

/// Above this only near neighbours are looked at.
const MOST_SEARCHED: usize = 300;
const NEIGHBOURS: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    /// The same integral by the trapezoid rule on a fine grid.
    fn by_brute_force(mean: f64, variance: f64) -> f64 {
        let (mut mass, mut p, mut noise) = (0.0, 0.0, 0.0);
        for step in -8_000..=8_000 {
            let z = f64::from(step) / 1_000.0;
            let weight = (-0.5 * z * z).exp();
            let q = logistic(mean + variance.sqrt() * z);
            mass += weight;
            p += weight * q;
            noise += weight * entropy(q);
        }
        entropy(p / mass) - noise / mass
    }

    #[test]
    fn seven_points_are_close_to_the_integral() {
        for (mean, variance) in [(0.0, 0.01), (0.0, 1.0), (1.5, 0.5), (3.0, 2.0), (-2.0, 1.0)] {
            let (quick, exact) = (information_gain(mean, variance), by_brute_force(mean, variance));
            assert!((quick - exact).abs() < 5e-3 * exact, "{mean} {variance}: {quick} {exact}");
        }
    }

    #[test]
    fn a_certain_difference_says_nothing_and_a_close_unknown_one_most() {
        assert!(information_gain(0.7, 0.0).abs() < 1e-12);
        assert!(information_gain(0.0, 1.0) > information_gain(1.0, 1.0));
        assert!(information_gain(0.0, 1.0) > information_gain(0.0, 0.5));
    }
}
