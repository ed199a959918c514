//! Headers of a message that goes to `<topic>.dlq`.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use cj_core::event::Timestamp;

use crate::Record;

/// The original headers, with where the message was and why it cannot be used.
pub(super) fn headers(record: &Record, reason: &str, detail: &str, now: DateTime<Utc>) -> BTreeMap<String, String> {
    let mut headers = record.headers.clone();
    let mut note = |name: &str, value: String| headers.insert(format!("dlq_{name}"), value);
    note("reason", reason.to_owned());
    note("detail", detail.chars().take(DETAIL_CHARS).collect());
    note("topic", record.topic.clone());
    note("partition", record.partition.to_string());
    note("offset", record.offset.to_string());
    note("received_at", Timestamp::from(now).to_string());
    if let Some(key) = &record.key {
        note("key", String::from_utf8_lossy(key).into_owned());
    }
    headers
}

const DETAIL_CHARS: usize = 500;
