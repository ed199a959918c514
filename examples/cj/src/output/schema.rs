/// A message's schema.
macro_rules! event {
    ($name:literal) => {
        SchemaFile {
            name: $name,
            about: "a message of the platform",
            text: include_str!(concat!("../../../../schemas/events/", $name, ".json")),
        }
    };
}

/// One published JSON Schema of a command's output, or of a message.
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
        name: "dead_letters.v1",
        about: "what `cj dead-letters list` and `show` print",
        text: include_str!("../../../../schemas/cli/dead_letters.v1.json"),
    },
    SchemaFile {
        name: "delete.v1",
        about: "what `cj delete` prints",
        text: include_str!("../../../../schemas/cli/delete.v1.json"),
    },
    SchemaFile {
        name: "events_check.v1",
        about: "what `cj events check` prints",
        text: include_str!("../../../../schemas/cli/events_check.v1.json"),
    },
    SchemaFile {
        name: "events_sample.v1",
        about: "what `cj events sample` prints",
        text: include_str!("../../../../schemas/cli/events_sample.v1.json"),
    },
    SchemaFile {
        name: "outbox.v1",
        about: "what `cj outbox list` and `show` print",
        text: include_str!("../../../../schemas/cli/outbox.v1.json"),
    },
    SchemaFile {
        name: "pair.v1",
        about: "what `cj pair` prints",
        text: include_str!("../../../../schemas/cli/pair.v1.json"),
    },
    SchemaFile {
        name: "pruned.v1",
        about: "what `cj outbox prune` and `cj dead-letters prune` print",
        text: include_str!("../../../../schemas/cli/pruned.v1.json"),
    },
    SchemaFile {
        name: "replay.v1",
        about: "what `cj replay` prints",
        text: include_str!("../../../../schemas/cli/replay.v1.json"),
    },
    SchemaFile {
        name: "replayed.v1",
        about: "what `cj outbox replay` and `cj dead-letters replay` print",
        text: include_str!("../../../../schemas/cli/replayed.v1.json"),
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

/// Every JSON Schema of `schemas/events/`, by name: the messages of the platform, and the envelope around them.
pub const EVENT_SCHEMAS: &[SchemaFile] = &[
    event!("assessment_result.v1"),
    event!("batch_assessment_completed.v1"),
    event!("batch_essays_registered.v1"),
    event!("batch_pipeline_completed.v1"),
    event!("batch_results_ready.v1"),
    event!("cj_assessment_completed.v1"),
    event!("cj_assessment_failed.v1"),
    event!("els_batch_phase_outcome.v1"),
    event!("els_cj_assessment_request.v1"),
    event!("essay_slot_assigned.v1"),
    event!("event_envelope.v1"),
    event!("llm_comparison_request.v1"),
    event!("llm_comparison_result.v1"),
    event!("resource_consumption.v1"),
    event!("spellcheck_result.v1"),
    event!("teacher_notification_requested.v1"),
];

#[cfg(feature = "schema")]
mod generate;

#[cfg(feature = "schema")]
pub use generate::generated;

#[cfg(all(test, feature = "schema"))]
mod tests;
