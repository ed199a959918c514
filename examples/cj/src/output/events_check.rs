//! The document of `cj events check`.

use serde::{Deserialize, Serialize};

use super::{Document, Section};

/// What `cj events check` prints (`events_check.v1`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EventsCheckOutput {
    /// How many messages come through equal.
    pub equal: u64,
    /// How many come through otherwise than they were.
    pub different: u64,
    /// How many break their contract.
    pub broken: u64,
    /// The messages, in the order of the files.
    pub messages: Vec<CheckedMessage>,
}

/// One message: equal where there are neither differences nor an error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CheckedMessage {
    /// The file, as it was named.
    pub file: String,
    /// The line on which it begins.
    pub line: u64,
    /// The topic that says what it is.
    pub topic: String,
    /// The contract of that topic.
    pub contract: String,
    /// Its id, or the one derived from its bytes; null where not even the envelope can be read.
    pub event_id: Option<String>,
    /// Where it differs after it was read and written again.
    pub differences: Vec<Difference>,
    /// Why it cannot be read; null where it can.
    pub error: Option<BrokenContract>,
}

/// A place that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Difference {
    /// Where: a JSON pointer into the message.
    pub pointer: String,
    /// How.
    pub kind: DifferenceKind,
}

/// How a place differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "a place is there before, after, or both times")]
pub enum DifferenceKind {
    /// It was read and is not written: no contract names it.
    Dropped,
    /// It was absent and is written: it has a default.
    Added,
    /// It is written as another value.
    Changed,
}

/// What a message did not keep to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BrokenContract {
    /// The contract.
    pub contract: String,
    /// The place in the payload, as in `essays_for_cj[3].essay_id`.
    pub field: String,
    /// What the contract asks for.
    pub expected: String,
    /// What is there, cut short.
    pub found: String,
}

impl EventsCheckOutput {
    /// Counts what was found.
    pub fn of(messages: Vec<CheckedMessage>) -> Self {
        let count = |wanted: &str| messages.iter().filter(|message| message.verdict() == wanted).count() as u64;
        Self { equal: count(EQUAL), different: count(DIFFERENT), broken: count(BROKEN), messages }
    }
}

impl CheckedMessage {
    /// `equal`, `different` or `broken`.
    pub fn verdict(&self) -> &'static str {
        match (&self.error, self.differences.as_slice()) {
            (Some(_), _) => BROKEN,
            (None, []) => EQUAL,
            (None, _) => DIFFERENT,
        }
    }

    fn remarks(&self) -> String {
        if let Some(error) = &self.error {
            return format!("{}: expected {}, found {}", error.field, error.expected, error.found);
        }
        let word = |kind| match kind {
            DifferenceKind::Dropped => "dropped",
            DifferenceKind::Added => "added",
            DifferenceKind::Changed => "changed",
        };
        let places = self.differences.iter().map(|it| format!("{} {}", word(it.kind), it.pointer));
        places.collect::<Vec<_>>().join("; ")
    }
}

impl Document for EventsCheckOutput {
    fn sections(&self) -> Vec<Section> {
        let title = format!("{} equal, {} different, {} broken", self.equal, self.different, self.broken);
        vec![Section { title, ..self.csv() }]
    }

    fn csv(&self) -> Section {
        let row = |it: &CheckedMessage| {
            let verdict = it.verdict().to_owned();
            vec![it.file.clone(), it.line.to_string(), it.contract.clone(), verdict, it.remarks()]
        };
        Section {
            title: String::new(),
            header: vec!["file", "line", "contract", "verdict", "where"],
            rows: self.messages.iter().map(row).collect(),
        }
    }

    fn warnings(&self) -> &[String] {
        &[]
    }
}

const EQUAL: &str = "equal";
const DIFFERENT: &str = "different";
const BROKEN: &str = "broken";
