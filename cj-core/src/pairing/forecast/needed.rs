//! How many comparisons a reliability costs.

use super::simulated::Simulated;
use crate::config::Strategy;
use crate::pairing::dice::{Dice, Purpose};
use crate::pairing::{Pair, PairingError, Repeats, Request, plan};

/// The number of comparisons after which a strategy is expected to reach a true reliability, for `items` items whose scores
/// have standard deviation `sd` logits; `None` when 50 comparisons for every item are not enough.
///
/// A simulation: true scores are drawn from N(0, sd²), comparisons planned round by round and answered by
/// Bradley–Terry judges, and the squared correlation of estimates and truth averaged over repetitions. Above 64 items the number
/// per item of 64 is used, which hardly changes any more. Judges are a panel; their order effect and lapses are not known
/// beforehand and come on top.
///
/// ```
/// use cj_core::config::Strategy;
/// use cj_core::pairing::comparisons_needed;
///
/// let adaptive = comparisons_needed(Strategy::Adaptive, 20, 1.5, 0.8, 1)?.expect("within reach");
/// let random = comparisons_needed(Strategy::Random, 20, 1.5, 0.8, 1)?.expect("within reach");
/// assert!(adaptive < random);
/// # Ok::<(), cj_core::pairing::PairingError>(())
/// ```
///
/// # Errors
/// When `sd` is not positive and finite, `reliability` is not within 0 to 1, or the strategy cannot be simulated (a given list,
/// anchors).
pub fn comparisons_needed(
    strategy: Strategy,
    items: usize,
    sd: f64,
    reliability: f64,
    seed: u64,
) -> Result<Option<usize>, PairingError> {
    if !sd.is_finite() || sd <= 0.0 {
        return Err(PairingError::Number { what: "sd", position: 0, found: sd, signed: false });
    }
    if !(0.0..1.0).contains(&reliability) {
        return Err(PairingError::Share { what: "reliability", found: reliability });
    }
    if matches!(strategy, Strategy::Given | Strategy::Anchored) {
        return Err(PairingError::NotSimulated { strategy });
    }
    if items < 2 {
        return Ok(None);
    }
    let simulated = items.min(MOST_SIMULATED);
    let mut runs = (0..(REPLICATES / simulated).max(LEAST_RUNS) as u32)
        .map(|number| Run::new(strategy, simulated, sd, seed, number))
        .collect::<Vec<_>>();
    let (mut before, mut asked_before) = (0.0, 0.0);
    for _ in 0..MOST_ROUNDS {
        let (mut now, mut asked) = (0.0, 0.0);
        for run in &mut runs {
            run.round()?;
            now += run.world.reliability();
            asked += run.asked.len() as f64;
        }
        let of = runs.len() as f64;
        let (now, asked) = (now / of, asked / of);
        if now >= reliability {
            let part = if now > before { (reliability - before) / (now - before) } else { 1.0 };
            let per_item = (asked_before + part * (asked - asked_before)) / simulated as f64;
            return Ok(Some((per_item * items as f64).ceil() as usize));
        }
        (before, asked_before) = (now, asked);
    }
    Ok(None)
}

/// One simulated batch.
#[derive(Debug)]
struct Run {
    strategy: Strategy,
    items: usize,
    seed: u64,
    wave: u32,
    asked: Vec<Pair>,
    world: Simulated,
    dice: Dice,
}

impl Run {
    fn new(strategy: Strategy, items: usize, sd: f64, seed: u64, number: u32) -> Self {
        let mut dice = Dice::new(seed, Purpose::Forecast, number);
        let (world, seed) = (Simulated::new(items, sd, &mut dice), dice.next());
        Self { strategy, items, seed, wave: 0, asked: Vec::new(), world, dice }
    }

    fn round(&mut self) -> Result<(), PairingError> {
        let mut request = Request::new(self.items).with_estimate(self.world.estimate()?);
        (request.asked, request.seed, request.wave) = (&self.asked, self.seed, self.wave);
        (request.repeats, request.points) = (Repeats::Panel, self.world.points());
        let planned = plan(self.strategy, &request)?;
        for &pair in &planned {
            self.world.compare(pair, &mut self.dice);
        }
        self.asked.extend(planned);
        self.wave += 1;
        Ok(())
    }
}

/// Simulated items, over all runs: enough that the answer is good to a few per cent.
const REPLICATES: usize = 2560;
const LEAST_RUNS: usize = 20;
const MOST_SIMULATED: usize = 64;

/// A round is half a comparison for every item.
const MOST_ROUNDS: usize = 100;
