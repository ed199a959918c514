//! The document of `cj delete`.

use serde::{Deserialize, Serialize};

use super::{BatchSummary, Document, Section};

/// What `cj delete` prints (`delete.v1`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DeleteOutput {
    /// The batch, which stays with its counters; `erased` says what went.
    pub batch: BatchSummary,
    /// How many essays it has, whose texts are gone.
    pub essays: u64,
    /// What the owner of the texts must know, one sentence each.
    pub warnings: Vec<String>,
}

impl Document for DeleteOutput {
    fn sections(&self) -> Vec<Section> {
        vec![self.csv()]
    }

    fn csv(&self) -> Section {
        let batch = &self.batch;
        let erased = batch.erased.clone().unwrap_or_default();
        Section {
            title: String::new(),
            header: vec!["batch", "phase", "essays", "erased"],
            rows: vec![vec![batch.id.clone(), batch.phase.clone(), self.essays.to_string(), erased]],
        }
    }

    fn warnings(&self) -> &[String] {
        &self.warnings
    }
}
