//! What a simulated world is like.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use serde::{Deserialize, Serialize};

use super::dice::Dice;

/// What a simulated world is like: its size, and how often what goes wrong there. The same scenario is the same run.
///
/// Rates are chances from 0 to 1: of every storage operation, every question, every answer or every event.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "whoever writes a regression by hand sets every field")]
pub struct Scenario {
    /// Where every choice comes from.
    pub seed: u64,
    /// Batches that are requested.
    pub batches: u32,
    /// The most essays of a batch.
    pub essays: u32,
    /// Workers that share the store.
    pub workers: u32,
    /// A storage operation fails before anything is done.
    pub store_fails: f64,
    /// A commit holds, and its worker is told that it failed.
    pub acknowledgement_lost: f64,
    /// A worker stands still for up to three minutes in the middle of its work.
    pub worker_stalls: f64,
    /// A worker dies in the middle of its work; another takes its place.
    pub worker_dies: f64,
    /// A judge refuses a question.
    pub judge_refuses: f64,
    /// A judge answers with an error.
    pub judge_fails: f64,
    /// A judge never answers.
    pub judge_is_silent: f64,
    /// A judge answers so late that the question has expired.
    pub judge_is_late: f64,
    /// A judge answers twice, the second time perhaps otherwise.
    pub judge_repeats: f64,
    /// For a minute somewhere in the run every answer is an error that passes.
    pub judge_outage: bool,
    /// A message is delivered again.
    pub redelivery: f64,
    /// An answer comes that belongs to no question.
    pub orphans: f64,
    /// The receiver of events does not take one at once.
    pub publisher_fails: f64,
    /// The owner of a batch cancels it somewhere in the run.
    pub cancels: f64,
}

impl Scenario {
    /// The scenario of a seed: most have some trouble, some have much, a few have none.
    #[must_use]
    pub fn of_seed(seed: u64) -> Self {
        let mut dice = Dice::new(ChaCha8Rng::seed_from_u64(seed ^ 0x5EED));
        let rough = dice.unit();
        let mut rate = |most: f64| if dice.unit() < 0.4 { 0.0 } else { most * rough * dice.unit() };
        let rates: [f64; 13] = [0.1, 0.1, 0.02, 0.02, 0.3, 0.3, 0.5, 0.3, 0.3, 0.3, 0.1, 0.3, 0.3].map(&mut rate);
        let [
            store,
            acknowledgement,
            stalls,
            dies,
            refuses,
            fails,
            silent,
            late,
            repeats,
            again,
            orphans,
            publisher,
            cancels,
        ] = rates;
        Self {
            seed,
            batches: 1 + dice.below(3) as u32,
            essays: 3 + dice.below(7) as u32,
            workers: 1 + dice.below(3) as u32,
            store_fails: store,
            acknowledgement_lost: acknowledgement,
            worker_stalls: stalls,
            worker_dies: dies,
            judge_refuses: refuses,
            judge_fails: fails,
            judge_is_silent: silent,
            judge_is_late: late,
            judge_repeats: repeats,
            judge_outage: dice.unit() < 0.2,
            redelivery: again,
            orphans,
            publisher_fails: publisher,
            cancels,
        }
    }

    /// Simpler scenarios, each with one kind of trouble less or one size smaller.
    pub(super) fn simpler(&self) -> Vec<Self> {
        let mut found = Vec::new();
        let mut with = |change: &dyn Fn(&mut Self)| {
            let mut simpler = self.clone();
            change(&mut simpler);
            if simpler != *self {
                found.push(simpler);
            }
        };
        with(&|s| s.batches = 1);
        with(&|s| s.workers = 1);
        with(&|s| s.workers = s.workers.min(2));
        with(&|s| s.essays = (s.essays / 2).max(2));
        with(&|s| s.essays = s.essays.saturating_sub(1).max(2));
        with(&|s| s.judge_outage = false);
        for rate in Self::RATES {
            with(&|s| *rate(s) = 0.0);
        }
        found
    }

    const RATES: [fn(&mut Self) -> &mut f64; 13] = [
        |s| &mut s.store_fails,
        |s| &mut s.acknowledgement_lost,
        |s| &mut s.worker_stalls,
        |s| &mut s.worker_dies,
        |s| &mut s.judge_refuses,
        |s| &mut s.judge_fails,
        |s| &mut s.judge_is_silent,
        |s| &mut s.judge_is_late,
        |s| &mut s.judge_repeats,
        |s| &mut s.redelivery,
        |s| &mut s.orphans,
        |s| &mut s.publisher_fails,
        |s| &mut s.cancels,
    ];
}
