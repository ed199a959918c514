//! The document of `cj outbox prune` and `cj dead-letters prune`.

use serde::{Deserialize, Serialize};

use super::{Document, Section};

/// What `cj outbox prune` and `cj dead-letters prune` print (`pruned.v1`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PrunedOutput {
    /// Sent events thrown away; null where they were not looked at.
    pub events: Option<u64>,
    /// Marks of handled messages forgotten; null where they were not looked at.
    pub inbox: Option<u64>,
    /// Dead letters thrown away; null where they were not looked at.
    pub dead_letters: Option<u64>,
}

impl Document for PrunedOutput {
    fn sections(&self) -> Vec<Section> {
        vec![self.csv()]
    }

    fn csv(&self) -> Section {
        let all = [("events", self.events), ("inbox", self.inbox), ("dead_letters", self.dead_letters)];
        let rows = all.into_iter().filter_map(|(what, gone)| Some(vec![what.to_owned(), gone?.to_string()]));
        Section { title: String::new(), header: vec!["what", "pruned"], rows: rows.collect() }
    }

    fn warnings(&self) -> &[String] {
        &[]
    }
}
