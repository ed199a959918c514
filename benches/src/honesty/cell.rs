use cj_core::config::Strategy;
use cj_core::scoring::{Judgements, Model, Prior, Sampling};

use super::{Repetition, squared_correlation};
use crate::study::{Study, StudyError};

/// The designs of the tables: regular, Swiss, ACJ, adaptive.
pub const DESIGNS: [(&str, Strategy); 4] = [
    ("regular", Strategy::Balanced),
    ("Swiss", Strategy::Swiss),
    ("ACJ", Strategy::Acj),
    ("adaptive", Strategy::Adaptive),
];

/// One row of a table: a design, how many items, and how far they lie apart.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::exhaustive_structs, reason = "a cell is its factors")]
pub struct Cell {
    /// How pairs are chosen.
    pub strategy: Strategy,
    /// How many items.
    pub items: usize,
    /// Standard deviation of the true scores; 0 for coin flips.
    pub sd: f64,
    /// Draws from the posterior, at least.
    pub draws: usize,
}

impl Cell {
    /// One study of the cell, looked at each time its items have been compared that often; ascending.
    ///
    /// # Errors
    /// What planning and fitting say.
    pub fn run(&self, per_item: &[usize], seed: u64) -> Result<Vec<Repetition>, StudyError> {
        let mut study = Study::new(self.strategy, self.items, self.sd, seed);
        let mut found = Vec::with_capacity(per_item.len());
        for &k in per_item {
            study.judge_until(k)?;
            let sampling = Sampling::seeded(seed).until_error(MONTE_CARLO).draws(self.draws, 20_000.max(self.draws));
            found.push(look(study.truth(), &study.judgements()?, sampling)?);
        }
        Ok(found)
    }
}

fn look(truth: &[f64], judgements: &Judgements, sampling: Sampling) -> Result<Repetition, StudyError> {
    let model = Model::builder().build()?;
    let posterior = model.posterior(judgements, sampling)?;
    let (fit, reliability) = (posterior.fit(), posterior.reliability()?);
    let covered = share_within(fit.scores(), fit.standard_errors(), truth);
    let centre = truth.iter().sum::<f64>() / truth.len() as f64;
    let centred: Vec<f64> = truth.iter().map(|score| score - centre).collect();
    let unshrunk = model
        .fit(judgements)
        .or_else(|_| Model::builder().prior(Prior::Sirt).build().and_then(|sirt| sirt.fit(judgements)));
    Ok(Repetition {
        truth: squared_correlation(fit.scores(), truth),
        reported: reliability.median,
        low: reliability.low,
        ssr: model.separation(judgements).map_or(f64::NAN, |separation| separation.ssr),
        covered,
        covered_unshrunk: unshrunk.map_or(f64::NAN, |fit| share_within(fit.scores(), fit.standard_errors(), &centred)),
    })
}

fn share_within(scores: &[f64], errors: &[f64], truth: &[f64]) -> f64 {
    let within = |((score, error), truth): ((&f64, &f64), &f64)| (score - truth).abs() <= 1.96 * error;
    let count = scores.iter().zip(errors).zip(truth).filter(|each| within(*each)).count();
    count as f64 / truth.len() as f64
}

/// The Monte-Carlo error of each reported figure: far below the spread between repetitions.
const MONTE_CARLO: f64 = 0.01;

#[cfg(test)]
mod tests {
    use super::super::Tally;
    use super::*;

    /// Repetitions of a cell at 20 comparisons per item, and its tally printed.
    fn tally(strategy: Strategy, sd: f64, repetitions: u64) -> Tally {
        let mut tally = Tally::default();
        for seed in 0..repetitions {
            let cell = Cell { strategy, items: 30, sd, draws: 1_000 };
            tally.push(cell.run(&[20], seed).unwrap()[0]);
        }
        let (gap, error) = tally.mean(|run| run.reported - run.truth);
        println!("{strategy}, sd {sd}: reported − true {gap:+.3} ± {error:.3} ({repetitions} repetitions)");
        tally
    }

    #[test]
    fn what_is_reported_is_true_on_average_whatever_the_design() {
        for (name, strategy) in DESIGNS {
            let tally = tally(strategy, 1.5, 16);
            let (gap, error) = tally.mean(|run| run.reported - run.truth);
            assert!(gap.abs() <= 0.05 + 2.0 * error, "{name}: {gap} ± {error}");
            let (covered, error) = tally.mean(|run| run.covered);
            assert!((covered - 0.95).abs() <= 0.02 + 3.0 * error, "{name}: coverage {covered} ± {error}");
        }
    }

    #[test]
    fn separation_flatters_under_a_design_that_pairs_what_is_close() {
        let tally = tally(Strategy::Acj, 1.0, 12);
        let (flattery, error) = tally.mean(|run| run.ssr - run.truth);
        let (honest, _) = tally.mean(|run| run.reported - run.truth);
        assert!(flattery > honest + 0.02, "separation is off by {flattery} ± {error}, honest reliability by {honest}");
    }

    #[test]
    fn coin_flips_are_found_out() {
        for (name, strategy) in DESIGNS {
            let tally = tally(strategy, 0.0, 16);
            let (low, error) = tally.mean(|run| run.low);
            assert!(low <= 0.05 + 2.0 * error, "{name}: mean 10 % bound {low} ± {error}");
        }
    }
}
