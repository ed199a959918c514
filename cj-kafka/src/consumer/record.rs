//! One message as it came.

use std::collections::BTreeMap;

use rdkafka::Message as _;
use rdkafka::message::BorrowedMessage;

use crate::header;

/// One message as it came.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "tests of a handler construct it")]
pub struct Record {
    /// Where it was, without the prefix of the installation.
    pub topic: String,
    /// In which part of the topic.
    pub partition: i32,
    /// At which place of the part.
    pub offset: i64,
    /// What orders it.
    pub key: Option<Vec<u8>>,
    /// Its bytes; empty where it has none.
    pub payload: Vec<u8>,
    /// What travelled beside them.
    pub headers: BTreeMap<String, String>,
}

impl Record {
    pub(super) fn of(message: &BorrowedMessage<'_>, prefix: &str) -> Self {
        let topic = message.topic();
        Self {
            topic: topic.strip_prefix(prefix).unwrap_or(topic).to_owned(),
            partition: message.partition(),
            offset: message.offset(),
            key: message.key().map(<[u8]>::to_vec),
            payload: message.payload().unwrap_or_default().to_vec(),
            headers: header::incoming(message.headers()),
        }
    }
}
