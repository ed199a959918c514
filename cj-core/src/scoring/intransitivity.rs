use std::cmp::Ordering;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use super::normal::uniform;
use super::{Fit, Judgements, ScoringError};

/// Circular triads (a beats b, b beats c, c beats a) against what chance would make of the fitted scores.
///
/// Counted over all triads whose three pairs were compared and decided by a majority. The expectation takes the model's
/// chance that the majority of as many judgements goes either way; the standard deviation is that of 64 simulated
/// sets of judgements. Kendall & Babington Smith (1940), *Biometrika* 31, 324–345.
///
/// ```
/// use cj_core::scoring::{Intransitivity, Judgements, Model, PairCount, Prior};
/// // Rock, paper, scissors.
/// let counts = [PairCount::new(0, 1, 9.0, 0.0), PairCount::new(1, 2, 9.0, 0.0), PairCount::new(2, 0, 9.0, 0.0)];
/// let judgements = Judgements::from_counts(&["paper", "rock", "scissors"], &counts)?;
/// let fit = Model::builder().build()?.fit(&judgements)?;
/// let found = Intransitivity::of(&judgements, &fit, 1)?;
/// assert_eq!((found.triads, found.circular), (1, 1));
/// assert!((found.expected - 0.25).abs() < 1e-9); // equal scores: two of eight outcomes are circular
/// # Ok::<(), cj_core::scoring::ScoringError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Intransitivity {
    /// Number of triads that were compared and decided.
    pub triads: usize,
    /// How many of them are circular.
    pub circular: usize,
    /// How many would be circular on average if the model were true.
    pub expected: f64,
    /// Standard deviation of that number if the model were true.
    pub sd: f64,
}

/// A pair with a majority.
struct Decided {
    a: u32,
    b: u32,
    a_won: bool,
    /// Chance that the majority goes to a.
    chance: f64,
    /// 64 simulated majorities.
    simulated: u64,
}

impl Intransitivity {
    /// Counts the circular triads of the judgements under the scores of a fit to them.
    ///
    /// # Errors
    /// [`ScoringError::Start`] for a fit with another number of items; [`ScoringError::TooLarge`] above 20 million
    /// triads.
    pub fn of(judgements: &Judgements, fit: &Fit, seed: u64) -> Result<Self, ScoringError> {
        let (expected, found) = (judgements.items().len(), fit.items().len());
        if expected != found {
            return Err(ScoringError::Start { expected, found });
        }
        let pairs = decided(judgements, fit, seed);
        // For each item its decided pairs with later items, by their index in `pairs`.
        let mut starts = vec![0; judgements.items().len() + 1];
        for pair in &pairs {
            starts[pair.a as usize + 1] += 1;
        }
        for item in 1..starts.len() {
            starts[item] += starts[item - 1];
        }
        let from = |item: u32| &pairs[starts[item as usize]..starts[item as usize + 1]];
        let mut counted = Self { triads: 0, circular: 0, expected: 0.0, sd: 0.0 };
        let mut simulated = [0_u32; 64];
        for ab in &pairs {
            let (mut ac, mut bc) = (from(ab.a).iter().peekable(), from(ab.b).iter().peekable());
            while let (Some(first), Some(second)) = (ac.peek(), bc.peek()) {
                match first.b.cmp(&second.b) {
                    Ordering::Less => _ = ac.next(),
                    Ordering::Greater => _ = bc.next(),
                    Ordering::Equal => {
                        counted.add(ab, first, second, &mut simulated);
                        ac.next();
                        bc.next();
                    }
                }
            }
            if counted.triads > MOST_TRIADS {
                return Err(ScoringError::TooLarge { what: "the intransitivity", items: found, limit: 500 });
            }
        }
        let squares = simulated.iter().map(|count| (f64::from(*count) - counted.expected).powi(2));
        counted.sd = (squares.sum::<f64>() / 64.0).sqrt();
        Ok(counted)
    }

    /// Observed minus expected, in standard deviations; none where nothing could vary.
    pub fn z(&self) -> Option<f64> {
        (self.sd > 0.0).then(|| (self.circular as f64 - self.expected) / self.sd)
    }

    fn add(&mut self, ab: &Decided, ac: &Decided, bc: &Decided, simulated: &mut [u32; 64]) {
        self.triads += 1;
        self.circular += usize::from(ab.a_won == bc.a_won && ab.a_won != ac.a_won);
        let (p, q, r) = (ab.chance, bc.chance, ac.chance);
        self.expected += p * q * (1.0 - r) + (1.0 - p) * (1.0 - q) * r;
        let mut circular = !(ab.simulated ^ bc.simulated) & (ab.simulated ^ ac.simulated);
        while circular != 0 {
            simulated[circular.trailing_zeros() as usize] += 1;
            circular &= circular - 1;
        }
    }
}

fn decided(judgements: &Judgements, fit: &Fit, seed: u64) -> Vec<Decided> {
    let mut totals: Vec<(usize, usize, f64, f64)> = judgements
        .pairs()
        .iter()
        .map(|pair| {
            if pair.left < pair.right {
                (pair.left, pair.right, pair.wins_left, pair.wins_right)
            } else {
                (pair.right, pair.left, pair.wins_right, pair.wins_left)
            }
        })
        .collect();
    totals.sort_by_key(|(a, b, ..)| (*a, *b));
    totals.dedup_by(|next, kept| {
        let same = (next.0, next.1) == (kept.0, kept.1);
        if same {
            kept.2 += next.2;
            kept.3 += next.3;
        }
        same
    });
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut pairs = Vec::with_capacity(totals.len());
    for (a, b, wins, losses) in totals {
        if (wins - losses).abs() <= 1e-9 * (wins + losses) {
            continue;
        }
        let p = fit.probability(a, b);
        let decided = p + fit.probability(b, a);
        let chance = majority(p / decided, wins + losses);
        let mut simulated = 0;
        for _ in 0..64 {
            simulated = (simulated << 1) | u64::from(uniform(&mut rng) < chance);
        }
        pairs.push(Decided { a: a as u32, b: b as u32, a_won: wins > losses, chance, simulated });
    }
    pairs
}

/// Chance that most of n judgements go to an item that wins each with probability p, given that there is a majority.
///
/// For a number of judgements that is not whole or beyond 1,000 the normal approximation.
fn majority(p: f64, n: f64) -> f64 {
    let odds = p / (1.0 - p);
    if n <= 1.0 {
        return p;
    }
    if n > 1_000.0 || n.fract() != 0.0 {
        let sd = (p * (1.0 - p) / n).sqrt();
        return if sd > 0.0 { super::normal::cumulative((p - 0.5) / sd) } else { f64::from(p > 0.5) };
    }
    if !odds.is_finite() || odds <= 0.0 {
        return p;
    }
    // Binomial terms from their logarithms, so that no power of p underflows to 0/0.
    let (mut log_term, mut for_it, mut against) = (0.0, 0.0, 0.0);
    let peak = (0..=n as u32).fold((0.0, 0.0_f64), |(log, most), k| {
        let next = log + ((n - f64::from(k)) / (f64::from(k) + 1.0)).ln() + odds.ln();
        (next, if next.is_finite() { most.max(next) } else { most })
    });
    for k in 0..=n as u32 {
        let term = (log_term - peak.1).exp();
        if 2.0 * f64::from(k) > n {
            for_it += term;
        } else if 2.0 * f64::from(k) < n {
            against += term;
        }
        log_term += ((n - f64::from(k)) / (f64::from(k) + 1.0)).ln() + odds.ln();
    }
    for_it / (for_it + against)
}

const MOST_TRIADS: usize = 20_000_000;

#[cfg(test)]
mod tests {
    use super::majority;

    #[test]
    fn majorities_are_binomial() {
        assert!((majority(0.7, 1.0) - 0.7).abs() < 1e-12);
        // Of three: p³ + 3p²q.
        assert!((majority(0.7, 3.0) - (0.343 + 3.0 * 0.49 * 0.3)).abs() < 1e-12);
        // Of two, given that they agree.
        assert!((majority(0.7, 2.0) - 0.49 / (0.49 + 0.09)).abs() < 1e-12);
        assert!((majority(0.5, 99.0) - 0.5).abs() < 1e-12);
        assert!(majority(1e-12, 999.0) < 1e-12 && majority(1.0, 7.0) > 0.999);
        assert!((0.0..=1.0).contains(&majority(0.3, 2.5)));
    }
}
