//! One run of a simulated world.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::scenario::Scenario;
use super::violation::Violation;
use super::world::World;

/// One run of a simulated world: what it was like, what happened, and the promise that was broken, if one was.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[expect(clippy::exhaustive_structs, reason = "a log carries every field")]
pub struct Run {
    /// What the world was like.
    pub scenario: Scenario,
    /// The promise that was broken; the run ended there.
    pub violation: Option<Violation>,
    /// How each batch ended, by the caller's name for it.
    pub endings: BTreeMap<String, String>,
    /// How often what happened: answers by role, attempts by fate, tasks by outcome.
    pub tally: BTreeMap<String, u32>,
    /// What workers did, in order.
    pub steps: Vec<Step>,
}

/// One piece of work of one worker, when it ended.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[expect(clippy::exhaustive_structs, reason = "a log carries every field")]
pub struct Step {
    /// When, in simulated seconds from the start.
    pub seconds: f64,
    /// Which worker.
    pub worker: u32,
    /// What it did.
    pub what: String,
    /// What came of it: `done`, `again` (it is done again later), `died` or `broken`.
    pub outcome: String,
}

/// Runs a scenario to its end, or to the first broken promise.
#[must_use]
pub fn simulate(scenario: &Scenario) -> Run {
    let mut world = World::new(scenario);
    let violation = world.run().err();
    let (endings, tally) = (world.endings(), world.tally());
    Run { scenario: scenario.clone(), violation, endings, tally, steps: world.steps }
}

impl Run {
    /// The run as a log in JSON, for `cj replay`.
    ///
    /// # Panics
    /// Never: it is numbers and text.
    #[must_use]
    pub fn log(&self) -> String {
        serde_json::to_string_pretty(self).expect("numbers and text are JSON")
    }

    /// The scenario of a log: of a whole run, or the scenario alone.
    ///
    /// # Errors
    /// What is wrong with the text, and where.
    pub fn scenario_of(log: &str) -> Result<Scenario, serde_json::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Log {
            Run { scenario: Scenario },
            Scenario(Scenario),
        }
        match serde_json::from_str(log)? {
            Log::Run { scenario } | Log::Scenario(scenario) => Ok(scenario),
        }
    }
}
