//! `cj events check`: what a reader makes of messages.

use std::path::PathBuf;

use cj_core::event::{ContractError, Envelope, Topic, reencode};
use serde_json::Value;

use super::differences::differences;
use super::messages::{self, Message};
use crate::console::Console;
use crate::error::Error;
use crate::exit::Exit;
use crate::output::{BrokenContract, CheckedMessage, EventsCheckOutput};

/// Options of `cj events check`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = EXAMPLE)]
pub(super) struct Args {
    /// Files of messages: {"topic", "value"}, one, a list, or one a line
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// The topic of messages that are bare envelopes
    #[arg(long, value_name = "TOPIC")]
    topic: Option<String>,
}

/// Says of each message whether it comes through its reader unchanged.
///
/// # Errors
/// [`Error::Input`] for a file that holds no messages, [`Error::Usage`] for an unknown topic.
pub(super) fn run(args: &Args, console: &Console) -> Result<Exit, Error> {
    let topic = args
        .topic
        .as_deref()
        .map(str::parse::<Topic>)
        .transpose()
        .map_err(|error| Error::usage(format!("--topic: expected {}, found `{}`", error.expected, error.found)))?;
    let mut checked = Vec::new();
    for path in &args.files {
        let found = messages::read(path, topic)?;
        checked.extend(found.iter().map(|message| check(path.display().to_string(), message)));
    }
    let output = EventsCheckOutput::of(checked);
    console.print(&output)?;
    Ok(if output.equal == output.messages.len() as u64 { Exit::Complete } else { Exit::Failed })
}

fn check(file: String, message: &Message) -> CheckedMessage {
    let mut checked = CheckedMessage {
        file,
        line: message.line,
        topic: message.topic.to_string(),
        contract: message.topic.contract().to_owned(),
        event_id: None,
        differences: Vec::new(),
        error: None,
    };
    match rewritten(message) {
        Ok((event_id, read, written)) => {
            checked.event_id = Some(event_id);
            checked.differences = differences(&read, &written);
        }
        Err(error) => {
            let ContractError { contract, field, expected, found, .. } = error;
            checked.error = Some(BrokenContract { contract: contract.to_owned(), field, expected, found });
        }
    }
    checked
}

/// The message's id, what was read, and what is written of it.
fn rewritten(message: &Message) -> Result<(String, Value, Value), ContractError> {
    let envelope = Envelope::decode(message.json.as_bytes())?;
    let again = reencode(message.topic, &envelope)?;
    let value = |text: &[u8]| serde_json::from_slice(text).unwrap_or(Value::Null);
    Ok((envelope.event_id.to_string(), value(message.json.as_bytes()), value(&again)))
}

const EXAMPLE: &str = "Exit code 0: every message comes through equal; 1: one differs, or breaks its contract.

Examples:
  cj events check recorded.jsonl
  cj events check --topic huleedu.cj_assessment.completed.v1 --format json envelope.json";
