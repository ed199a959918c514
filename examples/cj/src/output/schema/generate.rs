use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::Error;

use crate::output::{
    DeadLettersOutput, DeleteOutput, EventsCheckOutput, EventsSampleOutput, OutboxOutput, PairOutput, PrunedOutput,
    ReplayOutput, ReplayedOutput, RunOutput, ScoreOutput, SimulateOutput, StatusOutput,
};

/// The schema that the types themselves give, as it is to stand in `schemas/cli/`; none for an unknown name.
pub fn generated(name: &str) -> Option<String> {
    let text = match name {
        "delete.v1" => schema_of::<DeleteOutput>(name),
        "dead_letters.v1" => schema_of::<DeadLettersOutput>(name),
        "events_check.v1" => schema_of::<EventsCheckOutput>(name),
        "events_sample.v1" => schema_of::<EventsSampleOutput>(name),
        "outbox.v1" => schema_of::<OutboxOutput>(name),
        "pruned.v1" => schema_of::<PrunedOutput>(name),
        "replayed.v1" => schema_of::<ReplayedOutput>(name),
        "pair.v1" => schema_of::<PairOutput>(name),
        "replay.v1" => schema_of::<ReplayOutput>(name),
        "run.v1" => schema_of::<RunOutput>(name),
        "score.v1" => schema_of::<ScoreOutput>(name),
        "simulate.v1" => schema_of::<SimulateOutput>(name),
        "status.v1" => schema_of::<StatusOutput>(name),
        _ => return None,
    };
    text.ok()
}

fn schema_of<T: JsonSchema>(name: &str) -> Result<String, Error> {
    let mut schema = SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<T>();
    schema.insert("title".to_owned(), name.into());
    Ok(serde_json::to_string_pretty(&schema)? + "\n")
}
