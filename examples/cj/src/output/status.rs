//! The document of `cj status`.

use serde::{Deserialize, Serialize};

use super::{BatchSummary, Document, Section};

/// What `cj status` prints (`status.v1`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StatusOutput {
    /// The batches, newest first.
    pub batches: Vec<BatchSummary>,
}

impl Document for StatusOutput {
    fn sections(&self) -> Vec<Section> {
        vec![self.csv()]
    }

    fn csv(&self) -> Section {
        let row = |batch: &BatchSummary| {
            let figures = [batch.waves, batch.asked, batch.decided, batch.failed, batch.budget];
            let mut row =
                vec![batch.id.clone(), batch.phase.clone(), batch.reason.clone().unwrap_or_else(|| "–".to_owned())];
            row.extend(figures.iter().map(u64::to_string));
            row.push(batch.erased.clone().unwrap_or_else(|| "–".to_owned()));
            row
        };
        Section {
            title: String::new(),
            header: vec!["batch", "phase", "reason", "waves", "asked", "decided", "failed", "budget", "erased"],
            rows: self.batches.iter().map(row).collect(),
        }
    }

    fn warnings(&self) -> &[String] {
        &[]
    }
}
