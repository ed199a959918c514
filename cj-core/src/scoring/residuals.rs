use super::law::Counts;
use super::problem::{Point, Problem};
use super::{Judgements, Outcome};

/// How well judgements fit a model: mean squared residuals of each item and of each judge.
///
/// With p the fitted chance of an outcome y ∈ {0, ½, 1} and w its variance, the residual of a judgement is
/// z = (y − p)/√w; outfit is the mean of z², which outliers dominate, infit = Σ w z² / Σ w, which they do not. Both are
/// 1 on average when the model is true; below 1 the judgements are more consistent than chance allows.
/// Wright & Masters (1982), *Rating Scale Analysis*, chapter 5.
#[derive(Debug, Clone, PartialEq)]
pub struct Residuals {
    items: Vec<Misfit>,
    judges: Vec<Misfit>,
}

/// Infit and outfit, with their standardised values.
///
/// Standardised by Wilson & Hilferty's cube root: about N(0, 1) when the model is true.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
#[non_exhaustive]
pub struct Misfit {
    /// Weight of the judgements.
    pub judgements: f64,
    /// Information-weighted mean square.
    pub infit: f64,
    /// Plain mean square.
    pub outfit: f64,
    /// Infit as a standard normal deviate.
    pub infit_z: f64,
    /// Outfit as a standard normal deviate.
    pub outfit_z: f64,
}

/// Sums from which a [`Misfit`] is made.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Sums {
    judgements: f64,
    squares: f64,
    standardised: f64,
    variance: f64,
    /// Σ of the variance of (y − p)².
    spread: f64,
    /// Σ of the variance of z².
    standardised_spread: f64,
}

impl Residuals {
    pub(crate) fn of(judgements: &Judgements, problem: &Problem, at: &Point) -> Self {
        let mut sums = vec![Sums::default(); problem.items()];
        for cell in problem.cells() {
            let (x, u) = problem.predictors(cell.left as usize, cell.right as usize, at);
            let chances = problem.law.chances(x, u);
            let moments = Moments::new(chances.left, chances.right, chances.tie);
            sums[cell.left as usize].add(cell.counts, &moments);
            sums[cell.right as usize].add(cell.counts, &moments);
        }
        let mut judges = vec![Sums::default(); judgements.judges().len()];
        for record in judgements.records() {
            let (x, u) = problem.predictors(record.left as usize, record.right as usize, at);
            let chances = problem.law.chances(x, u);
            let mut counts = Counts { left: 0.0, right: 0.0, ties: 0.0 };
            match record.outcome {
                Outcome::Left => counts.left = record.weight,
                Outcome::Right => counts.right = record.weight,
                Outcome::Tie if problem.law.has_ties() => counts.ties = record.weight,
                Outcome::Tie => continue,
            }
            let moments = Moments::new(chances.left, chances.right, chances.tie);
            judges[record.judge as usize].add(counts, &moments);
        }
        Self::from_sums(&sums, &judges)
    }

    pub(crate) fn from_sums(items: &[Sums], judges: &[Sums]) -> Self {
        Self { items: items.iter().map(Sums::misfit).collect(), judges: judges.iter().map(Sums::misfit).collect() }
    }

    /// Misfit of each item, in the order of the items; of an item without judgements all figures are 0.
    pub fn items(&self) -> &[Misfit] {
        &self.items
    }

    /// Misfit of each judge, in the order of [`Judgements::judges`]; all figures are 0 where nothing could surprise.
    pub fn judges(&self) -> &[Misfit] {
        &self.judges
    }
}

/// Residuals of the three outcomes and the moments of their squares, the same from both sides of a pair.
pub(crate) struct Moments {
    /// (y − E y)² for a left win, a right win and a tie.
    squares: [f64; 3],
    variance: f64,
    fourth: f64,
}

impl Moments {
    pub(crate) fn new(left: f64, right: f64, tie: f64) -> Self {
        // 1 − E y and E y, without differences of nearly equal numbers.
        let (miss, expected) = (right + 0.5 * tie, left + 0.5 * tie);
        let centre = 0.5 * (right - left);
        let squares = [miss * miss, expected * expected, centre * centre];
        let chances = [left, right, tie];
        let variance = chances.iter().zip(&squares).map(|(chance, square)| chance * square).sum();
        let fourth = chances.iter().zip(&squares).map(|(chance, square)| chance * square * square).sum();
        Self { squares, variance, fourth }
    }
}

impl Sums {
    pub(crate) fn add(&mut self, counts: Counts, moments: &Moments) {
        let total = counts.left + counts.right + counts.ties;
        let squares =
            counts.left * moments.squares[0] + counts.right * moments.squares[1] + counts.ties * moments.squares[2];
        // Beyond this the outcome is certain: its residual is 0/0, and its share of every sum is nothing.
        if moments.variance < f64::MIN_POSITIVE.sqrt() {
            return;
        }
        self.judgements += total;
        self.squares += squares;
        self.standardised += squares / moments.variance;
        self.variance += total * moments.variance;
        let spread = (moments.fourth - moments.variance * moments.variance).max(0.0);
        self.spread += total * spread;
        self.standardised_spread += total * spread / (moments.variance * moments.variance);
    }

    pub(crate) fn misfit(&self) -> Misfit {
        if self.judgements <= 0.0 || self.variance <= 0.0 {
            return Misfit::default();
        }
        let (infit, outfit) = (self.squares / self.variance, self.standardised / self.judgements);
        Misfit {
            judgements: self.judgements,
            infit,
            outfit,
            infit_z: wilson_hilferty(infit, self.spread / (self.variance * self.variance)),
            outfit_z: wilson_hilferty(outfit, self.standardised_spread / (self.judgements * self.judgements)),
        }
    }
}

/// A mean square with expectation 1 and the given variance, as a standard normal deviate.
fn wilson_hilferty(mean_square: f64, variance: f64) -> f64 {
    let sd = variance.sqrt();
    if sd > 0.0 && sd.is_finite() { (mean_square.cbrt() - 1.0) * 3.0 / sd + sd / 3.0 } else { 0.0 }
}
