use cj_core::config::Strategy;
use cj_core::pairing::Repeats;

use super::{Design, Figure, Judges, Looks, Simulated, Subject};
use crate::error::Error;

/// One figure of the table of designs: comparisons per item for a true reliability.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct TableCell {
    /// Number of items.
    pub items: usize,
    /// Standard deviation of the true scores, and of the prior.
    pub sd: f64,
    /// How the comparisons were chosen.
    pub strategy: Strategy,
    /// The true reliability.
    pub target: f64,
    /// Batches simulated.
    pub repetitions: usize,
    /// Comparisons per item that it took; none where it was not reached.
    pub needed: Option<Figure>,
    /// Comparisons over those of `random`, on the same truths.
    pub against_random: Option<Figure>,
    /// What it took elsewhere: for a baseline what other programs need, for `adaptive` what is demanded of it.
    pub reference: f64,
}

/// Plays the whole table, worlds in order and `random` first in each. `repetitions` says how many batches for a number of items.
///
/// # Errors
/// What [`Simulated::play`] says.
pub fn table(
    repetitions: impl Fn(usize) -> usize,
    seed: u64,
    jobs: usize,
    done: impl Fn(usize, f64) + Sync,
) -> Result<Vec<TableCell>, Error> {
    let mut cells = Vec::new();
    let mut played = 0;
    for (items, sd, references) in REFERENCES {
        let mut random = None;
        for (strategy, references) in TABLE_STRATEGIES.into_iter().zip(references) {
            let design = Design {
                strategy,
                subject: Subject::Drawn { items, sd, judges: Judges::default() },
                repetitions: repetitions(items),
                seed,
                rounds: 1,
                repeats: Repeats::Panel,
                prior_sd: sd,
                most: MOST,
                looks: Looks::default(),
            };
            let simulated = Simulated::play(&design, TARGETS[1], jobs, |per_item| done(played, per_item))?;
            let random = random.get_or_insert_with(|| simulated.clone());
            for (target, reference) in TARGETS.into_iter().zip(references) {
                let against_random = simulated.needed_against(random, target);
                let needed = simulated.needed(target);
                let repetitions = design.repetitions;
                let cell = TableCell { items, sd, strategy, target, repetitions, needed, against_random, reference };
                cells.push(cell);
            }
            played += 1;
        }
    }
    Ok(cells)
}

/// The number of designs in the table.
pub const TABLE_DESIGNS: usize = REFERENCES.len() * TABLE_STRATEGIES.len();

const TARGETS: [f64; 2] = [0.8, 0.9];
const TABLE_STRATEGIES: [Strategy; 4] = [Strategy::Random, Strategy::Swiss, Strategy::OptimalGraph, Strategy::Adaptive];

/// Items, sd, and for each strategy the comparisons per item that .80 and .90 took elsewhere.
type World = (usize, f64, [[f64; 2]; 4]);
const REFERENCES: [World; 4] = [
    (100, 1.0, [[22.5, 50.6], [20.6, 43.4], [21.6, 44.9], [20.3, 41.5]]),
    (100, 1.5, [[14.4, 30.0], [10.8, 22.0], [11.4, 23.6], [10.9, 21.7]]),
    (100, 2.5, [[9.6, 19.8], [6.0, 11.0], [6.2, 12.2], [6.5, 11.2]]),
    (30, 1.5, [[13.9, 29.6], [10.5, 25.4], [11.4, 28.1], [10.6, 22.0]]),
];
const MOST: f64 = 80.0;
