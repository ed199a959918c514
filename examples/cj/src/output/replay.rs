//! The document of `cj replay`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Document, Section};

/// What `cj replay` prints (`replay.v1`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReplayOutput {
    /// The seed of the simulated world.
    pub seed: u64,
    /// The promise that was broken, and how; absent where all were kept.
    pub violation: Option<String>,
    /// How each batch ended.
    pub endings: BTreeMap<String, String>,
    /// How often what happened.
    pub tally: BTreeMap<String, u32>,
    /// What workers did, in order.
    pub steps: Vec<ReplayStep>,
}

/// One piece of work of one worker, when it ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReplayStep {
    /// Simulated seconds from the start.
    pub seconds: f64,
    /// Which worker.
    pub worker: u32,
    /// What it did.
    pub what: String,
    /// What came of it: `done`, `again`, `died` or `broken`.
    pub outcome: String,
}

#[cfg(feature = "sim")]
impl ReplayOutput {
    /// The document of a run.
    pub fn of(run: cj_testkit::sim::Run) -> Self {
        let step = |step: cj_testkit::sim::Step| ReplayStep {
            seconds: step.seconds,
            worker: step.worker,
            what: step.what,
            outcome: step.outcome,
        };
        Self {
            seed: run.scenario.seed,
            violation: run.violation.map(|violation| violation.to_string()),
            endings: run.endings,
            tally: run.tally,
            steps: run.steps.into_iter().map(step).collect(),
        }
    }
}

impl Document for ReplayOutput {
    fn sections(&self) -> Vec<Section> {
        let pairs = |title: &str, header, rows: Vec<Vec<String>>| Section { title: title.to_owned(), header, rows };
        let endings = self.endings.iter().map(|(batch, ending)| vec![batch.clone(), ending.clone()]).collect();
        let tally = self.tally.iter().map(|(what, times)| vec![what.clone(), times.to_string()]).collect();
        vec![
            self.csv(),
            pairs("Batches", vec!["batch", "ended"], endings),
            pairs("Counts", vec!["what", "times"], tally),
        ]
    }

    fn csv(&self) -> Section {
        let row = |step: &ReplayStep| {
            vec![format!("{:.3}", step.seconds), step.worker.to_string(), step.what.clone(), step.outcome.clone()]
        };
        Section {
            title: String::new(),
            header: vec!["seconds", "worker", "what", "outcome"],
            rows: self.steps.iter().map(row).collect(),
        }
    }

    fn warnings(&self) -> &[String] {
        &[]
    }
}
