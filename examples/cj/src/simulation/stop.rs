use std::collections::BTreeMap;

use cj_core::batch::{Decision, Facts, decide};
use cj_core::change::{CompletionReason, HonestReliability, ScoringCause};
use cj_core::config::Settings;
use cj_core::scoring::{Connectivity, Judgements, Posterior, Reliability, Sampling, Tally, TiePolicy};

use super::batch::Batch;
use super::measure::squared_correlation;
use super::workers::for_each;
use super::{Design, Figure};
use crate::error::Error;

/// How simulated batches end by the rules of real ones, and how good they are then.
#[derive(Debug, Clone)]
pub struct Stops {
    ended: Vec<Ended>,
    /// True reliability of the penalised scores by repetition and wave, up to the cap, whether or not the batch had ended.
    curves: Vec<Vec<(f64, f64)>>,
}

/// One batch at its end.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Ended {
    reason: CompletionReason,
    per_item: f64,
    reliability: f64,
}

impl Stops {
    /// Plays each repetition until [`decide`] ends it, with a budget of `design.most` comparisons per item. The posterior is
    /// looked at once per as many new verdicts as there are items. The result does not depend on `jobs`.
    ///
    /// # Errors
    /// A design that cannot be planned or fitted.
    pub fn play(design: &Design, settings: &Settings, jobs: usize, done: impl Fn(u64) + Sync) -> Result<Self, Error> {
        let batches = (0..design.repetitions).map(|number| Batch::new(design, number));
        let mut runs = batches
            .map(|batch| batch.map(|batch| Run { batch, ended: None, curve: Vec::new(), looked_at: 0 }))
            .collect::<Result<Vec<_>, _>>()?;
        for_each(&mut runs, jobs, |run| run.play(design, settings), done)?;
        let (ended, curves) = runs.into_iter().filter_map(|run| Some((run.ended?, run.curve))).unzip();
        Ok(Self { ended, curves })
    }

    /// All of several worlds together.
    pub fn together<'a>(all: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut mixture = Self { ended: Vec::new(), curves: Vec::new() };
        for stops in all {
            mixture.ended.extend(&stops.ended);
            mixture.curves.extend(stops.curves.iter().cloned());
        }
        mixture
    }

    /// How many batches there are.
    pub fn runs(&self) -> usize {
        self.ended.len()
    }

    /// The share of batches that ended for a reason.
    pub fn share(&self, reason: CompletionReason) -> Option<Figure> {
        Figure::of(self.ended.iter().map(|ended| f64::from(u8::from(ended.reason == reason))))
    }

    /// Comparisons per item at the end.
    pub fn per_item(&self) -> Option<Figure> {
        Figure::of(self.ended.iter().map(|ended| ended.per_item))
    }

    /// The share of all batches whose true reliability at the end is at least this.
    pub fn share_above(&self, reliability: f64) -> Option<Figure> {
        Figure::of(self.ended.iter().map(|ended| f64::from(u8::from(ended.reliability >= reliability))))
    }

    /// The same, of the batches that ended because they reached the target.
    pub fn share_above_of_reached(&self, reliability: f64) -> Option<Figure> {
        let reached = self.ended.iter().filter(|ended| ended.reason == CompletionReason::TargetReliability);
        Figure::of(reached.map(|ended| f64::from(u8::from(ended.reliability >= reliability))))
    }

    /// The smallest number of comparisons per item, the same for all batches, with which at least as many reach a true
    /// reliability as did by the rules; none where the cap is not enough.
    pub fn fixed_for_same_share(&self, reliability: f64) -> Option<f64> {
        let share = self.share_above(reliability)?.mean;
        let mut waves: BTreeMap<usize, (f64, usize, usize)> = BTreeMap::new();
        for (wave, &(per_item, truth)) in self.curves.iter().flat_map(|curve| curve.iter().enumerate()) {
            let (at, good, of) = waves.entry(wave).or_default();
            *at = per_item;
            *good += usize::from(truth >= reliability);
            *of += 1;
        }
        let found = waves.values().find(|(_, good, of)| *good as f64 >= share * *of as f64);
        found.map(|(per_item, ..)| *per_item)
    }
}

/// A batch on its way to its end, and beyond.
struct Run {
    batch: Batch,
    ended: Option<Ended>,
    curve: Vec<(f64, f64)>,
    looked_at: usize,
}

impl Run {
    fn play(&mut self, design: &Design, settings: &Settings) -> Result<(), Error> {
        let mut last = None;
        while let Some(judgements) = self.batch.wave(design)? {
            if let Some(scores) = self.batch.scores() {
                self.curve.push((self.batch.per_item(), squared_correlation(scores, self.batch.truth())));
            }
            if self.ended.is_none() {
                self.ended = self.decided(design, settings, &judgements)?;
            }
            last = Some(judgements);
        }
        if let (None, Some(judgements)) = (self.ended, last) {
            let sampling = Sampling::seeded(self.batch.sampler_seed());
            let posterior = self.batch.analyst.posterior(&judgements, sampling)?;
            let reliability = squared_correlation(posterior.fit().scores(), self.batch.truth());
            let reason = CompletionReason::PairsExhausted;
            self.ended = Some(Ended { reason, per_item: self.batch.per_item(), reliability });
        }
        Ok(())
    }

    fn decided(
        &mut self,
        design: &Design,
        settings: &Settings,
        judgements: &Judgements,
    ) -> Result<Option<Ended>, Error> {
        let (items, asked) = (design.subject.items(), self.batch.asked().len());
        let budget = (design.most * items as f64 / 2.0).floor() as usize;
        let looks = asked - self.looked_at >= items || asked >= budget;
        if !looks {
            return Ok(None);
        }
        self.looked_at = asked;
        let fewest = judgements.tallies().iter().map(Tally::comparisons).fold(f64::INFINITY, f64::min);
        let connected = Connectivity::of(judgements, TiePolicy::Drop).is_connected();
        let decision = |reliability: Option<&HonestReliability>| {
            decide(&Facts {
                settings,
                cause: ScoringCause::WaveSettled,
                essays: items as u32,
                decided: asked as u32,
                failed: 0,
                open: 0,
                verdicts: asked as u32,
                budget_left: (budget - asked) as u32,
                connected,
                fewest_verdicts: fewest as u32,
                reliability,
                max_change: None,
            })
        };
        let (posterior, decision) = self.looked(judgements, decision)?;
        let truth = || squared_correlation(posterior.fit().scores(), self.batch.truth());
        Ok(match decision {
            Decision::Complete(reason) => Some(Ended { reason, per_item: self.batch.per_item(), reliability: truth() }),
            _ => None,
        })
    }

    /// What is decided on the posterior as a service draws it. Shorter looks come first, and are all where whatever is within
    /// their error decides the same, except that a batch at its target is always looked at in full.
    fn looked(
        &self,
        judgements: &Judgements,
        decision: impl Fn(Option<&HonestReliability>) -> Decision,
    ) -> Result<(Posterior, Decision), Error> {
        let sampling = Sampling::seeded(self.batch.sampler_seed());
        for look in LOOKS {
            let sampling = sampling.draws(look.draws, look.draws);
            let posterior = self.batch.analyst.posterior(judgements, sampling)?;
            let Ok(found) = posterior.reliability() else { continue };
            let low_margin = look.low_margin + ERRORS * found.low_error;
            let [below, above] = [-1.0, 1.0].map(|side| {
                let low = found.low + side * low_margin;
                let chance = posterior.probability_of_no_spread() + side * look.chance_margin;
                decision(Some(&honest(&posterior, found, low, chance)))
            });
            let is_enough = match below {
                Decision::Complete(CompletionReason::TargetReliability) => false,
                Decision::Complete(_) => look.is_for_ends,
                _ => true,
            };
            if below == above && is_enough {
                return Ok((posterior, below));
            }
        }
        let posterior = self.batch.analyst.posterior(judgements, sampling)?;
        let found = posterior.reliability().ok();
        let found = found.map(|found| honest(&posterior, found, found.low, posterior.probability_of_no_spread()));
        let decision = decision(found.as_ref());
        Ok((posterior, decision))
    }
}

fn honest(posterior: &Posterior, found: Reliability, low: f64, p_no_signal: f64) -> HonestReliability {
    let latent_sd = posterior.latent_sd().median;
    HonestReliability { median: found.median, low, high: found.high, p_no_signal, latent_sd }
}

/// A look that is shorter than a service's.
struct Look {
    draws: usize,
    /// How far off the bound may be, beside [`ERRORS`] times its Monte-Carlo error.
    low_margin: f64,
    /// How far off the chance of no signal may be.
    chance_margin: f64,
    /// Whether its scores are good enough for the end of a batch.
    is_for_ends: bool,
}

const LOOKS: [Look; 2] = [
    Look { draws: 150, low_margin: 0.06, chance_margin: 0.35, is_for_ends: false },
    Look { draws: 1_000, low_margin: 0.01, chance_margin: 0.1, is_for_ends: true },
];
const ERRORS: f64 = 4.0;
