use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use super::covariance::Covariance;
use super::information::dot;
use super::linalg::semidefinite_root;
use super::normal::draw;

/// Place of an item among all, 1 the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rank {
    /// Place by score; equal scores share the better place.
    pub place: usize,
    /// Best place that is still likely: the true place is better with probability at most .05.
    pub best: usize,
    /// Worst place that is still likely: the true place is worse with probability at most .05.
    pub worst: usize,
}

/// Ranks with the interval of draws from N(scores, covariance).
pub(crate) fn ranks(scores: &[f64], covariance: &Covariance) -> Vec<Rank> {
    let n = scores.len();
    let root = semidefinite_root(covariance);
    let mut rng = ChaCha8Rng::seed_from_u64(SEED);
    let mut draws = Vec::with_capacity(DRAWS * n);
    let mut noise = vec![0.0; n];
    for _ in 0..DRAWS {
        noise.fill_with(|| draw(&mut rng));
        for i in 0..n {
            draws.push(scores[i] + dot(&root[i * n..=i * n + i], &noise));
        }
    }
    drawn_ranks(scores, draws.chunks_exact(n.max(1)))
}

/// Ranks with the interval of the given draws.
pub(crate) fn drawn_ranks<'a>(scores: &[f64], draws: impl Iterator<Item = &'a [f64]>) -> Vec<Rank> {
    let n = scores.len();
    let mut counts = vec![0_u32; n * n];
    let mut order: Vec<usize> = (0..n).collect();
    let mut total = 0;
    for drawn in draws {
        order.sort_unstable_by(|a, b| drawn[*b].total_cmp(&drawn[*a]).then(a.cmp(b)));
        for (place, item) in order.iter().enumerate() {
            counts[item * n + place] += 1;
        }
        total += 1;
    }
    let mut ranks: Vec<Rank> = (0..n).map(|i| interval(&counts[i * n..(i + 1) * n], total)).collect();
    for (rank, place) in ranks.iter_mut().zip(places(scores)) {
        rank.place = place;
        rank.best = rank.best.min(place);
        rank.worst = rank.worst.max(place);
    }
    ranks
}

/// Ranks with the interval of the places that an item would take within ± 1.645 of its errors.
pub(crate) fn ranks_in_place(scores: &[f64], errors: &[f64]) -> Vec<Rank> {
    let n = scores.len();
    let mut ascending = scores.to_vec();
    ascending.sort_unstable_by(f64::total_cmp);
    let above = |score: f64| n - ascending.partition_point(|other| *other <= score);
    let rank = |((score, error), place): ((&f64, &f64), usize)| Rank {
        place,
        best: (above(score + Z90 * error) + 1).min(place),
        worst: (above(score - Z90 * error)).clamp(place, n),
    };
    scores.iter().zip(errors).zip(places(scores)).map(rank).collect()
}

/// Place of each score, 1 the highest; scores within the accuracy of an estimate share the better place.
pub(crate) fn places(scores: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_unstable_by(|a, b| scores[*b].total_cmp(&scores[*a]).then(a.cmp(b)));
    let mut places = vec![0; scores.len()];
    for (at, item) in order.iter().enumerate() {
        let previous = at.checked_sub(1).map(|before| order[before]);
        places[*item] = match previous {
            Some(previous) if scores[previous] - scores[*item] <= SAME => places[previous],
            _ => at + 1,
        };
    }
    places
}

/// Central 90 % of a distribution over places.
pub(crate) fn interval(counts: &[u32], draws: u32) -> Rank {
    let (mut below, mut best, mut worst) = (0, None, counts.len());
    for (place, count) in counts.iter().enumerate() {
        below += count;
        if best.is_none() && 20 * below > draws {
            best = Some(place + 1);
        }
        if 20 * below >= 19 * draws {
            worst = place + 1;
            break;
        }
    }
    Rank { place: 0, best: best.unwrap_or(1), worst }
}

const DRAWS: usize = 2_000;
const SEED: u64 = 0x72_61_6e_6b;
const SAME: f64 = 1e-9;
/// 95 % quantile of the standard normal distribution.
const Z90: f64 = 1.644_853_626_951_472_7;
