//! An outbox full of events, and the relay that empties it.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use cj_core::change::{MessageKind, OutboxMessage};
use cj_core::id::{BatchId, EventId};
use cj_core::service::Relay;
use cj_core::store::Store;

use super::Failure;

/// The topics of [`events`].
pub const TOPICS: [&str; 3] = ["completed", "results", "resources"];

/// So many events of 800 bytes, with the headers that the engine writes: three for each batch, as they leave when it ends. The
/// first and the last have its name as their key, that in between has its job; each goes to a topic of its own.
pub fn events(count: u32) -> Vec<OutboxMessage> {
    (0..count).map(|number| event(number / 3, number % 3)).collect()
}

fn event(batch: u32, ordinal: u32) -> OutboxMessage {
    let name = format!("batch-{batch:06}");
    let batch_id = BatchId::of_request(EventId::of_bytes(name.as_bytes()));
    let id = batch_id.event_id(7, ordinal);
    let at = DateTime::UNIX_EPOCH + TimeDelta::milliseconds(i64::from(batch));
    let key = if ordinal == 1 { batch_id.to_string() } else { name };
    let headers = [
        ("content_type", "application/json".to_owned()),
        ("event_id", id.to_string()),
        ("event_type", "CJAssessmentCompletedV1".to_owned()),
        ("occurred_at", "1970-01-01T00:00:00.000000Z".to_owned()),
        ("schema_version", "1".to_owned()),
        ("source_service", "cj_assessment_service".to_owned()),
        ("trace_id", batch_id.to_string()),
    ];
    OutboxMessage {
        id,
        kind: MessageKind::Event,
        batch_id,
        version: 7,
        ordinal,
        aggregate_type: "cj_batch".to_owned(),
        aggregate_id: key.clone(),
        event_type: "CJAssessmentCompletedV1".to_owned(),
        topic: TOPICS[ordinal as usize].to_owned(),
        payload: format!("{{\"event_id\":\"{id}\",\"data\":\"{key:>739}\"}}").into_bytes(),
        key,
        headers: headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<BTreeMap<_, _>>(),
        created_at: at,
        available_at: at,
        attempts: 0,
    }
}

/// Puts events into the outbox.
///
/// # Errors
/// Those of the store.
pub async fn fill(store: &dyn Store, events: &[OutboxMessage]) -> Result<(), Failure> {
    for slice in events.chunks(5_000) {
        let mut unit = store.begin().await?;
        unit.append(slice).await?;
        unit.commit().await?;
    }
    Ok(())
}

/// Lets a relay send until nothing is left.
///
/// # Errors
/// Those of the store; an event that was not sent.
pub async fn drain(relay: &Relay, count: u32) -> Result<(), Failure> {
    relay.drain().await?;
    let sent = relay.figures().sent;
    if sent == u64::from(count) { Ok(()) } else { Err(format!("{sent} of {count} events were sent").into()) }
}

/// A time at which everything in the outbox is due.
pub fn late() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_of_eight_hundred_bytes_and_go_to_three_topics() {
        let events = events(6);
        assert!(events.iter().all(|event| event.payload.len() == 800));
        assert_eq!(events.iter().map(|event| event.topic.as_str()).collect::<Vec<_>>(), [TOPICS, TOPICS].concat());
        assert!(events[0].key == events[2].key && events[0].key != events[1].key && events[0].key != events[3].key);
    }
}
