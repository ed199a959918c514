/// One published JSON Schema of a command's output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SchemaFile {
    /// Its name, as in `score.v1`.
    pub name: &'static str,
    /// What it describes.
    pub about: &'static str,
    /// The schema itself, as JSON.
    pub text: &'static str,
}

/// Every JSON Schema of `schemas/cli/`, by name.
pub const SCHEMAS: &[SchemaFile] = &[
    SchemaFile {
        name: "delete.v1",
        about: "what `cj delete` prints",
        text: include_str!("../../../../schemas/cli/delete.v1.json"),
    },
    SchemaFile {
        name: "pair.v1",
        about: "what `cj pair` prints",
        text: include_str!("../../../../schemas/cli/pair.v1.json"),
    },
    SchemaFile {
        name: "replay.v1",
        about: "what `cj replay` prints",
        text: include_str!("../../../../schemas/cli/replay.v1.json"),
    },
    SchemaFile {
        name: "run.v1",
        about: "what `cj run` and `cj results` print",
        text: include_str!("../../../../schemas/cli/run.v1.json"),
    },
    SchemaFile {
        name: "score.v1",
        about: "what `cj score` prints",
        text: include_str!("../../../../schemas/cli/score.v1.json"),
    },
    SchemaFile {
        name: "simulate.v1",
        about: "what `cj simulate` prints",
        text: include_str!("../../../../schemas/cli/simulate.v1.json"),
    },
    SchemaFile {
        name: "status.v1",
        about: "what `cj status` prints",
        text: include_str!("../../../../schemas/cli/status.v1.json"),
    },
];

#[cfg(feature = "schema")]
mod generate;

#[cfg(feature = "schema")]
pub use generate::generated;

#[cfg(all(test, feature = "schema"))]
mod tests;
