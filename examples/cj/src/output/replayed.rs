//! The document of `cj outbox replay` and `cj dead-letters replay`.

use serde::{Deserialize, Serialize};

use super::{Document, Section};

/// What `cj outbox replay` and `cj dead-letters replay` print (`replayed.v1`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReplayedOutput {
    /// The messages that go again.
    pub replayed: Vec<ReplayedMessage>,
}

/// A message that goes again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReplayedMessage {
    /// The id by which it was named.
    pub id: String,
    /// Its id in the outbox.
    pub outbox_id: String,
}

impl Document for ReplayedOutput {
    fn sections(&self) -> Vec<Section> {
        vec![self.csv()]
    }

    fn csv(&self) -> Section {
        let rows = self.replayed.iter().map(|it| vec![it.id.clone(), it.outbox_id.clone()]);
        Section { title: String::new(), header: vec!["id", "outbox_id"], rows: rows.collect() }
    }

    fn warnings(&self) -> &[String] {
        &[]
    }
}
