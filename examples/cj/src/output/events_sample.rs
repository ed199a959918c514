//! The document of `cj events sample`.

use serde::{Deserialize, Serialize};

use super::{Document, Section};

/// What `cj events sample` prints (`events_sample.v1`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EventsSampleOutput {
    /// The files that were written, in order of their topics' contracts.
    pub files: Vec<SampleFile>,
}

/// A file with one message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SampleFile {
    /// Where it is.
    pub file: String,
    /// Where such messages travel.
    pub topic: String,
    /// Their contract.
    pub contract: String,
}

impl Document for EventsSampleOutput {
    fn sections(&self) -> Vec<Section> {
        vec![self.csv()]
    }

    fn csv(&self) -> Section {
        let row = |it: &SampleFile| vec![it.file.clone(), it.contract.clone(), it.topic.clone()];
        let (title, header) = (String::new(), vec!["file", "contract", "topic"]);
        Section { title, header, rows: self.files.iter().map(row).collect() }
    }

    fn warnings(&self) -> &[String] {
        &[]
    }
}
