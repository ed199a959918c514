//! The document of `cj outbox list` and `show`.

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

/// A payload for a person.
pub(super) fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        json => json.to_string(),
    }
}

fn none() -> String {
    "–".to_owned()
}
