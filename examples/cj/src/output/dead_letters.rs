//! The document of `cj dead-letters list` and `show`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::outbox::as_text;
use super::{Document, Section};

/// What `cj dead-letters list` and `cj dead-letters show` print (`dead_letters.v1`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DeadLettersOutput {
    /// The letters, newest first.
    pub letters: Vec<ListedLetter>,
}

/// A message that could not be used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ListedLetter {
    /// The message's id.
    pub event_id: String,
    /// Who could not use it.
    pub consumer: String,
    /// Where it came from.
    pub topic: String,
    /// Why, as a code: `unknown_comparison`, `contract`, …
    pub reason: String,
    /// The same, for a person.
    pub detail: String,
    /// When it came.
    pub received_at: String,
    /// Size of the message.
    pub bytes: u64,
    /// The message: the JSON, or the text where it is none; null in a list.
    pub payload: Option<Value>,
}

impl Document for DeadLettersOutput {
    fn sections(&self) -> Vec<Section> {
        let row = |it: &ListedLetter| {
            let mut row = vec![it.event_id.clone(), it.consumer.clone(), it.reason.clone(), it.received_at.clone()];
            row.push(it.detail.clone());
            row
        };
        let header = vec!["message", "consumer", "reason", "received at", "detail"];
        let mut sections = vec![Section { title: String::new(), header, rows: self.letters.iter().map(row).collect() }];
        for letter in &self.letters {
            if let Some(payload) = &letter.payload {
                let title = format!("{} from {}", letter.event_id, letter.topic);
                sections.push(Section { title, header: vec!["payload"], rows: vec![vec![as_text(payload)]] });
            }
        }
        sections
    }

    fn csv(&self) -> Section {
        let row = |it: &ListedLetter| {
            let texts = [&it.event_id, &it.consumer, &it.topic, &it.reason, &it.detail, &it.received_at];
            let mut row = texts.map(Clone::clone).to_vec();
            row.push(it.bytes.to_string());
            row
        };
        Section {
            title: String::new(),
            header: vec!["event_id", "consumer", "topic", "reason", "detail", "received_at", "bytes"],
            rows: self.letters.iter().map(row).collect(),
        }
    }

    fn warnings(&self) -> &[String] {
        &[]
    }
}
