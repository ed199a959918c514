//! The documents of `cj outbox` and `cj dead-letters`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Document, Section};

/// What `cj outbox list` and `cj outbox show` print (`outbox.v1`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OutboxOutput {
    /// How much waits, by kind.
    pub depth: Vec<QueueDepth>,
    /// The messages.
    pub messages: Vec<ListedMessage>,
}

/// How many messages of a kind wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct QueueDepth {
    /// `event` or `question`.
    pub kind: String,
    /// Neither sent nor parked.
    pub pending: u64,
    /// Put aside.
    pub parked: u64,
    /// When the oldest pending one was written; null where none is.
    pub oldest: Option<String>,
    /// When the next may be sent; null where none may.
    pub next_at: Option<String>,
}

/// A message of the outbox.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ListedMessage {
    /// Its id, the same on every delivery.
    pub id: String,
    /// `event` or `question`.
    pub kind: String,
    /// `waiting`, `leased`, `parked` or `sent`.
    pub state: String,
    /// When it was parked or sent, or until when it is leased; null while it waits.
    pub state_at: Option<String>,
    /// Name of its contract.
    pub event_type: String,
    /// Where it goes.
    pub topic: String,
    /// What orders it.
    pub key: String,
    /// The batch that it comes from.
    pub batch_id: String,
    /// When it was written.
    pub created_at: String,
    /// When it may be sent.
    pub available_at: String,
    /// How often it was tried since it was written or replayed.
    pub attempts: u32,
    /// What was said when it was last tried in vain.
    pub last_error: Option<String>,
    /// Size of its payload.
    pub bytes: u64,
    /// What travels beside it; null in a list.
    pub headers: Option<BTreeMap<String, String>>,
    /// What travels: the JSON, or the text where it is none; null in a list.
    pub payload: Option<Value>,
}

impl Document for OutboxOutput {
    fn sections(&self) -> Vec<Section> {
        if let [one] = self.messages.as_slice()
            && one.payload.is_some()
        {
            return shown(one);
        }
        let depth = |it: &QueueDepth| {
            let times = [&it.oldest, &it.next_at].map(|at| at.clone().unwrap_or_else(none));
            [vec![format!("{}s", it.kind), it.pending.to_string(), it.parked.to_string()], times.to_vec()].concat()
        };
        let header = vec!["kind", "pending", "parked", "oldest", "next at"];
        let depth = Section { title: String::new(), header, rows: self.depth.iter().map(depth).collect() };
        let row = |it: &ListedMessage| {
            let state = it.state_at.as_ref().map_or_else(|| it.state.clone(), |at| format!("{} {at}", it.state));
            let error = it.last_error.clone().unwrap_or_else(none);
            vec![it.id.clone(), it.event_type.clone(), state, it.attempts.to_string(), it.key.clone(), error]
        };
        let header = vec!["message", "contract", "state", "attempts", "key", "last error"];
        vec![depth, Section { title: String::new(), header, rows: self.messages.iter().map(row).collect() }]
    }

    fn csv(&self) -> Section {
        let row = |it: &ListedMessage| {
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            let mut row = vec![it.id.clone(), it.kind.clone(), it.state.clone(), text(&it.state_at)];
            row.extend(
                [&it.event_type, &it.topic, &it.key, &it.batch_id, &it.created_at, &it.available_at].map(Clone::clone),
            );
            row.extend([it.attempts.to_string(), text(&it.last_error), it.bytes.to_string()]);
            row
        };
        Section {
            title: String::new(),
            header: vec![
                "id",
                "kind",
                "state",
                "state_at",
                "event_type",
                "topic",
                "key",
                "batch_id",
                "created_at",
                "available_at",
                "attempts",
                "last_error",
                "bytes",
            ],
            rows: self.messages.iter().map(row).collect(),
        }
    }

    fn warnings(&self) -> &[String] {
        &[]
    }
}

/// One message, top down.
fn shown(it: &ListedMessage) -> Vec<Section> {
    let pairs = [
        ("message", it.id.clone()),
        ("kind", it.kind.clone()),
        ("state", it.state_at.as_ref().map_or_else(|| it.state.clone(), |at| format!("{} {at}", it.state))),
        ("contract", it.event_type.clone()),
        ("topic", it.topic.clone()),
        ("key", it.key.clone()),
        ("batch", it.batch_id.clone()),
        ("created at", it.created_at.clone()),
        ("available at", it.available_at.clone()),
        ("attempts", it.attempts.to_string()),
        ("last error", it.last_error.clone().unwrap_or_else(none)),
    ];
    let mut rows: Vec<Vec<String>> = pairs.into_iter().map(|(name, value)| vec![name.to_owned(), value]).collect();
    let headers = it.headers.iter().flatten().map(|(name, value)| vec![format!("header {name}"), value.clone()]);
    rows.extend(headers);
    rows.push(vec!["payload".to_owned(), it.payload.as_ref().map_or_else(none, as_text)]);
    vec![Section { title: String::new(), header: vec!["what", "value"], rows }]
}

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

/// What `cj outbox prune` and `cj dead-letters prune` print (`pruned.v1`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PrunedOutput {
    /// Sent events thrown away; null where they were not looked at.
    pub events: Option<u64>,
    /// Marks of handled messages forgotten; null where they were not looked at.
    pub inbox: Option<u64>,
    /// Dead letters thrown away; null where they were not looked at.
    pub dead_letters: Option<u64>,
}

impl Document for PrunedOutput {
    fn sections(&self) -> Vec<Section> {
        vec![self.csv()]
    }

    fn csv(&self) -> Section {
        let all = [("events", self.events), ("inbox", self.inbox), ("dead_letters", self.dead_letters)];
        let rows = all.into_iter().filter_map(|(what, gone)| Some(vec![what.to_owned(), gone?.to_string()]));
        Section { title: String::new(), header: vec!["what", "pruned"], rows: rows.collect() }
    }

    fn warnings(&self) -> &[String] {
        &[]
    }
}

fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        json => json.to_string(),
    }
}

fn none() -> String {
    "–".to_owned()
}
