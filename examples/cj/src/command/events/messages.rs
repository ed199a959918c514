//! Messages in a file: one JSON document, a list of them, or JSON lines.

use std::path::Path;

use cj_core::event::Topic;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::error::{Error, Problem};

/// A message of a file, as it stands there.
#[derive(Debug)]
pub(super) struct Message {
    /// The line on which it begins.
    pub(super) line: u64,
    pub(super) topic: Topic,
    pub(super) json: String,
}

/// Reads every message of a file. `bare` is the topic of messages that do not say theirs.
pub(super) fn read(path: &Path, bare: Option<Topic>) -> Result<Vec<Message>, Error> {
    let bytes = std::fs::read(path).map_err(|error| Error::unreadable(path, error))?;
    let text = std::str::from_utf8(&bytes).map_err(|error| {
        let line = line_of(&bytes, error.valid_up_to());
        Problem::new(path, "UTF-8", "other bytes").at_line(line)
    })?;
    let text = text.trim_start_matches('\u{feff}');
    let mut messages = Vec::new();
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
    loop {
        let begins = values.byte_offset();
        let begins = begins + text[begins..].len() - text[begins..].trim_start().len();
        let line = line_of(text.as_bytes(), begins);
        match values.next() {
            None => break,
            Some(Ok(value)) if value.get().trim_start().starts_with('[') => {
                let list: Vec<&RawValue> =
                    serde_json::from_str(value.get()).map_err(|error| json(path, line, &error))?;
                for value in list {
                    // Inside a list, a message's place is where its text begins in the text of the file.
                    let offset = value.get().as_ptr() as usize - text.as_ptr() as usize;
                    messages.push(message(path, line_of(text.as_bytes(), offset), value.get(), bare)?);
                }
            }
            Some(Ok(value)) => messages.push(message(path, line, value.get(), bare)?),
            Some(Err(error)) => return Err(json(path, u64::try_from(error.line()).unwrap_or(line), &error)),
        }
    }
    if messages.is_empty() {
        return Err(Problem::new(path, "at least one message", "none").into());
    }
    Ok(messages)
}

fn message(path: &Path, line: u64, text: &str, bare: Option<Topic>) -> Result<Message, Error> {
    #[derive(serde::Deserialize)]
    struct Recorded<'a> {
        topic: Option<Value>,
        #[serde(borrow)]
        value: Option<&'a RawValue>,
    }
    let expected = "an object {\"topic\", \"value\"}, or with --topic an envelope";
    let problem = |found: &str| Problem::new(path, expected, found).at_line(line);
    let recorded: Recorded<'_> =
        serde_json::from_str(text).map_err(|_| problem(&format!("{:.40}", text.replace('\n', " "))))?;
    let (topic, json) = match (recorded.topic, recorded.value) {
        (Some(Value::String(topic)), Some(value)) => {
            let known = topic.parse().map_err(|_| {
                let names: Vec<_> = Topic::ALL.iter().map(|topic| topic.as_str()).collect();
                Problem::new(path, format!("a topic, one of {}", names.join(", ")), format!("`{topic}`")).at_line(line)
            })?;
            (known, unquoted(value.get()))
        }
        _ => (bare.ok_or_else(|| problem("an object without `topic` and `value`"))?, text.to_owned()),
    };
    Ok(Message { line, topic, json })
}

/// Tools of brokers write a message as a JSON string; what is in it is meant then.
fn unquoted(value: &str) -> String {
    serde_json::from_str::<String>(value).unwrap_or_else(|_| value.to_owned())
}

fn json(path: &Path, line: u64, error: &serde_json::Error) -> Error {
    Problem::new(path, "JSON", error.to_string()).at_line(line).into()
}

fn line_of(bytes: &[u8], offset: usize) -> u64 {
    bytes[..offset.min(bytes.len())].split(|byte| *byte == b'\n').count() as u64
}
