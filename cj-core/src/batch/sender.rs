//! Events on their way into the outbox.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::change::{MessageKind, OutboxMessage};
use crate::event::{Contract, ContractError, Envelope, SOURCE_SERVICE, Timestamp};
use crate::id::{BatchId, EventId};

/// Writes and numbers the events of one input of one batch, or of one that never came to be.
pub(crate) struct Sender {
    batch_id: BatchId,
    correlation_id: Uuid,
    version: u64,
    ordinal: u32,
    now: DateTime<Utc>,
}

impl Sender {
    pub(crate) const fn new(batch_id: BatchId, correlation_id: Uuid, version: u64, now: DateTime<Utc>) -> Self {
        Self { batch_id, correlation_id, version, ordinal: 0, now }
    }

    /// An event about something, whose id is also its key.
    ///
    /// # Errors
    /// The event breaks its contract.
    pub(crate) fn event<C: Contract>(
        &mut self,
        aggregate: &str,
        aggregate_id: &str,
        data: C,
    ) -> Result<OutboxMessage, ContractError> {
        let id = self.batch_id.event_id(self.version, self.ordinal);
        let at = Timestamp::from(self.now);
        let payload = Envelope::new(data, id.as_uuid(), self.correlation_id, SOURCE_SERVICE, at).encode()?;
        let message = OutboxMessage {
            id,
            kind: MessageKind::Event,
            batch_id: self.batch_id,
            version: self.version,
            ordinal: self.ordinal,
            aggregate_type: aggregate.to_owned(),
            aggregate_id: aggregate_id.to_owned(),
            event_type: C::NAME.to_owned(),
            topic: C::TOPIC.to_string(),
            key: aggregate_id.to_owned(),
            payload,
            headers: headers::<C>(id, self.correlation_id, at),
            created_at: self.now,
            available_at: self.now,
            attempts: 0,
        };
        self.ordinal += 1;
        Ok(message)
    }
}

/// What travels beside the bytes.
pub(super) fn headers<C: Contract>(id: EventId, correlation_id: Uuid, at: Timestamp) -> BTreeMap<String, String> {
    let pairs = [
        ("content_type", "application/json".to_owned()),
        ("event_id", id.to_string()),
        ("event_type", C::NAME.to_owned()),
        ("occurred_at", at.to_string()),
        ("schema_version", "1".to_owned()),
        ("source_service", SOURCE_SERVICE.to_owned()),
        ("trace_id", correlation_id.to_string()),
    ];
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
