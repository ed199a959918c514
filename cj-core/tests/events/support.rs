//! Messages by topic.
use cj_core::event::{Contract, ContractError, Envelope, Topic, reencode};
use serde_json::Value;
use std::path::Path;

/// A message of a file `{"topic", "value"}`.
#[derive(Debug)]
pub(crate) struct Sample {
    pub(crate) name: String,
    pub(crate) topic: Topic,
    pub(crate) value: Value,
}

/// Every sample in a folder, in the order of their names.
pub(crate) fn samples_in(folder: &Path) -> Vec<Sample> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> = entries.filter(|path| path.extension().is_some_and(|ext| ext == "json")).collect();
    paths.sort();
    paths.iter().map(|path| sample(path)).collect()
}

/// The sample of our own writing.
pub(crate) fn own(name: &str) -> Sample {
    sample(&own_folder().join(name).with_extension("json"))
}

pub(crate) fn own_folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/events/samples"))
}

fn sample(path: &Path) -> Sample {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let read: Value = serde_json::from_str(&text).unwrap();
    let topic = read["topic"].as_str().unwrap().parse().unwrap();
    Sample { name: path.file_stem().unwrap().to_str().unwrap().to_owned(), topic, value: read["value"].clone() }
}

/// The message as a reader of its topic reads it and writes it again.
pub(crate) fn rewritten(topic: Topic, value: &Value) -> Result<Value, ContractError> {
    let message = Envelope::decode(&serde_json::to_vec(value).unwrap())?;
    Ok(serde_json::from_slice(&reencode(topic, &message)?).unwrap())
}

pub(crate) fn typed<C: Contract>(value: &Value) -> Result<Envelope<C>, ContractError> {
    Envelope::decode(&serde_json::to_vec(value).unwrap())?.typed()
}
