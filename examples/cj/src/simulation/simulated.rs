use super::batch::{Batch, Honest, Measured};
use super::workers::for_each;
use super::{Design, Figure};
use crate::error::Error;

/// All repetitions of a design, as far as they were played.
#[derive(Debug, Clone)]
pub struct Simulated {
    /// What was measured, by repetition and wave; every repetition has the same number of waves.
    measured: Vec<Vec<Measured>>,
}

/// What a design gives after a number of comparisons, over the repetitions.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Point {
    /// Comparisons per item: twice the number of comparisons over the number of items.
    pub per_item: f64,
    /// True reliability: squared correlation of penalised scores and truth.
    pub reliability: Figure,
    /// Kendall's τ of scores and truth.
    pub tau: Figure,
    /// Scale separation reliability, where it was looked at and exists.
    pub ssr: Option<Figure>,
    /// Median of the reported honest reliability.
    pub honest: Option<Figure>,
    /// Its reported 10 % bound.
    pub honest_low: Option<Figure>,
    /// Reported median less the true reliability of the scores that it is about.
    pub honest_bias: Option<Figure>,
    /// The share of repetitions where the truth was at least the 10 % bound.
    pub honest_holds: Option<Figure>,
}

impl Simulated {
    /// Plays a design until the mean true reliability has reached `until`, `design.most` comparisons per item, or no pair is
    /// left. The result does not depend on `jobs`, the number of threads. `done` is told how many comparisons per item are
    /// played.
    ///
    /// # Errors
    /// A design that cannot be planned or fitted.
    pub fn play(design: &Design, until: f64, jobs: usize, done: impl Fn(f64) + Sync) -> Result<Self, Error> {
        let mut batches =
            (0..design.repetitions).map(|number| Batch::new(design, number)).collect::<Result<Vec<_>, _>>()?;
        let stretch = STRETCH.div_ceil(design.rounds);
        let whole = batches.len() as f64;
        loop {
            let (before, from) = (waves(&batches), per_item(&batches));
            let work = |batch: &mut Batch| (0..stretch).try_for_each(|_| batch.measured_wave(design));
            for_each(&mut batches, jobs, work, |number| done(from + f64::from(STRETCH) * number as f64 / whole))?;
            let now = waves(&batches);
            let reached = Figure::of(batches.iter().filter_map(|batch| Some(batch.measured().last()?.reliability)));
            // The margin lets the curve be read beyond its first crossing.
            if now == before || reached.is_some_and(|reached| reached.mean >= until + 0.1 * (1.0 - until)) {
                let measured = batches.iter().map(|batch| batch.measured()[..now].to_vec()).collect();
                return Ok(Self { measured });
            }
        }
    }

    /// What the design gives, wave by wave.
    pub fn points(&self) -> Vec<Point> {
        (0..self.waves()).filter_map(|wave| self.point(wave)).collect()
    }

    /// The comparisons per item after which the mean true reliability has reached `target`, interpolated between waves;
    /// none where it was not reached.
    pub fn needed(&self, target: f64) -> Option<Figure> {
        let crossings = Crossings::of(self, target)?;
        Some(Figure::jackknifed(crossings.all, &crossings.without))
    }

    /// How many times as many comparisons this design needs as another, on the same truths.
    pub fn needed_against(&self, other: &Self, target: f64) -> Option<Figure> {
        let (one, other) = (Crossings::of(self, target)?, Crossings::of(other, target)?);
        if one.without.len() != other.without.len() {
            return None;
        }
        let without: Vec<f64> = one.without.iter().zip(&other.without).map(|(one, other)| one / other).collect();
        Some(Figure::jackknifed(one.all / other.all, &without))
    }

    fn waves(&self) -> usize {
        self.measured.first().map_or(0, Vec::len)
    }

    fn point(&self, wave: usize) -> Option<Point> {
        let at = || self.measured.iter().map(|repetition| repetition[wave]);
        let honest = |what: fn(Honest) -> f64| Figure::of(at().filter_map(|measured| measured.honest.map(what)));
        Some(Point {
            per_item: Figure::of(at().map(|measured| measured.per_item))?.mean,
            reliability: Figure::of(at().map(|measured| measured.reliability))?,
            tau: Figure::of(at().map(|measured| measured.tau))?,
            ssr: Figure::of(at().filter_map(|measured| measured.ssr)),
            honest: honest(|honest| honest.median),
            honest_low: honest(|honest| honest.low),
            honest_bias: honest(|honest| honest.median - honest.truth),
            honest_holds: honest(|honest| f64::from(u8::from(honest.truth >= honest.low))),
        })
    }
}

fn waves(batches: &[Batch]) -> usize {
    batches.iter().map(|batch| batch.measured().len()).min().unwrap_or(0)
}

fn per_item(batches: &[Batch]) -> f64 {
    batches.first().map_or(0.0, Batch::per_item)
}

/// Where the mean curve crosses a target: with all repetitions, and without each of them.
struct Crossings {
    all: f64,
    without: Vec<f64>,
}

impl Crossings {
    fn of(simulated: &Simulated, target: f64) -> Option<Self> {
        let repetitions = &simulated.measured;
        let sums: Vec<[f64; 2]> = (0..simulated.waves())
            .map(|wave| {
                let at = |what: fn(&Measured) -> f64| repetitions.iter().map(|waves| what(&waves[wave])).sum::<f64>();
                [at(|measured| measured.per_item), at(|measured| measured.reliability)]
            })
            .collect();
        let n = repetitions.len() as f64;
        let all = crossing(sums.iter().map(|[k, r]| (k / n, r / n)), target)?;
        let without = |repetition: &Vec<Measured>| {
            let rest = sums
                .iter()
                .zip(repetition)
                .map(|([k, r], out)| ((k - out.per_item) / (n - 1.0), (r - out.reliability) / (n - 1.0)));
            crossing(rest, target)
        };
        let without = repetitions.iter().map(without).collect::<Option<Vec<_>>>()?;
        Some(Self { all, without })
    }
}

/// Where a curve first reaches a height, by straight lines between its points.
fn crossing(curve: impl Iterator<Item = (f64, f64)>, height: f64) -> Option<f64> {
    let mut before = (0.0, 0.0);
    for (x, y) in curve {
        if y >= height {
            return Some(before.0 + (x - before.0) * (height - before.1) / (y - before.1));
        }
        before = (x, y);
    }
    None
}

/// Rounds between two looks at how far all repetitions are.
const STRETCH: u32 = 4;
