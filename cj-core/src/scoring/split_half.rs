use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use super::normal::uniform;
use super::statistics::{mean_and_variance, median};
use super::{Judgements, Model, Prior, ScoringError};

/// Agreement between two halves of the panel: what replication with other judges would give.
///
/// The judges are split at random into halves 100 times; each half scores the items by itself (penalised maximum under
/// N(0, 1.5²), which every half has), the correlation r over the items that both halves judged is stepped up to the
/// whole panel by Spearman & Brown, 2r/(1 + r). Reported is the median.
///
/// ```
/// use cj_core::scoring::{Judgement, Judgements, Outcome, SplitHalf};
/// let mut rows = Vec::new();
/// for judge in ["Ada", "Bo", "Cy", "Di"] {
///     for (better, worse) in [("a", "b"), ("b", "c"), ("a", "c"), ("c", "d"), ("b", "d")] {
///         rows.push(Judgement::new(better, worse, Outcome::Left).by(judge));
///     }
/// }
/// let split = SplitHalf::of(&Judgements::new(rows)?, 1)?;
/// assert!(split.reliability > 0.99); // all judges say the same
/// # Ok::<(), cj_core::scoring::ScoringError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct SplitHalf {
    /// Median reliability of the splits.
    pub reliability: f64,
    /// Number of splits that gave a correlation.
    pub splits: usize,
}

impl SplitHalf {
    /// Splits the panel; the seed and the judgements determine the splits.
    ///
    /// # Errors
    /// [`ScoringError::TooFewJudges`] for fewer than two judges; [`ScoringError::NoSpread`] where no split gives a
    /// correlation.
    pub fn of(judgements: &Judgements, seed: u64) -> Result<Self, ScoringError> {
        let judges = judgements.judges().len();
        if judges < 2 {
            return Err(ScoringError::TooFewJudges { judges });
        }
        let model = Model::builder().prior(Prior::Normal { sd: SD }).build()?;
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut order: Vec<usize> = (0..judges).collect();
        let mut found = Vec::with_capacity(SPLITS);
        for _ in 0..SPLITS {
            for last in (1..judges).rev() {
                order.swap(last, (uniform(&mut rng) * (last + 1) as f64) as usize);
            }
            let mut in_first = vec![false; judges];
            for judge in &order[..judges / 2] {
                in_first[*judge] = true;
            }
            found.extend(Self::correlation(&model, judgements, &in_first)?);
        }
        if found.is_empty() {
            return Err(ScoringError::NoSpread { items: judgements.items().len() });
        }
        Ok(Self { reliability: median(&found), splits: found.len() })
    }

    /// The stepped-up correlation of one split.
    fn correlation(model: &Model, judgements: &Judgements, in_first: &[bool]) -> Result<Option<f64>, ScoringError> {
        let halves = [judgements.of_judges(|judge| in_first[judge]), judgements.of_judges(|judge| !in_first[judge])];
        let fits = [model.fit(&halves[0])?, model.fit(&halves[1])?];
        let judged =
            |item: &usize| fits.iter().all(|fit| fit.tallies()[*item].wins + fit.tallies()[*item].losses > 0.0);
        let shared: Vec<usize> = (0..judgements.items().len()).filter(judged).collect();
        if shared.len() < 3 {
            return Ok(None);
        }
        let scores = fits.map(|fit| shared.iter().map(|item| fit.scores()[*item]).collect::<Vec<f64>>());
        let (mean_a, variance_a) = mean_and_variance(&scores[0]);
        let (mean_b, variance_b) = mean_and_variance(&scores[1]);
        let products = scores[0].iter().zip(&scores[1]).map(|(a, b)| (a - mean_a) * (b - mean_b));
        let r = products.sum::<f64>() / (shared.len() as f64 - 1.0) / (variance_a * variance_b).sqrt();
        // At r = −1 the formula has no value.
        Ok((r.is_finite() && r > -0.999).then(|| 2.0 * r / (1.0 + r)))
    }
}

const SPLITS: usize = 100;
const SD: f64 = 1.5;
