//! What was put aside goes again: parked events, and messages that could not be used.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::shell::until_not_overtaken;
use super::{Service, ServiceError};
use crate::change::{DeadLetter, MessageKind, OutboxMessage};
use crate::id::{BatchId, EventId};

/// What became of a wish to send a dead letter again.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Resent {
    /// Its bytes wait in the outbox, under this id, for the topic that they came from.
    Queued(EventId),
    /// Nothing is kept of such a message.
    Unknown,
    /// It did not come from a topic, or its bytes were erased: there is nothing to send.
    NothingToSend,
}

impl Service {
    /// Lets parked messages go again, with as many attempts as a new one. Returns those that were parked.
    ///
    /// # Errors
    /// The store fails; nothing changed.
    pub async fn replay_parked(&self, ids: &[EventId]) -> Result<Vec<EventId>, ServiceError> {
        let mut unit = self.store.begin().await?;
        let replayed = unit.replay(ids, self.clock.now()).await?;
        if !replayed.is_empty() {
            unit.commit().await?;
        }
        Ok(replayed)
    }

    /// Sends a message that could not be used back to the topic that it came from, byte for byte: its letters go, the inbox
    /// forgets it for the consumers that could not use it, and the outbox holds it, in one unit of work. Whoever reads the
    /// topic then meets it as if for the first time; who could use it before passes it over.
    ///
    /// # Errors
    /// The store fails; nothing changed.
    pub async fn resend(&self, event_id: EventId) -> Result<Resent, ServiceError> {
        until_not_overtaken!(self.try_resend(event_id))
    }

    async fn try_resend(&self, event_id: EventId) -> Result<Resent, ServiceError> {
        let mut unit = self.store.begin().await?;
        let letters = unit.letters_of(event_id).await?;
        let Some(newest) = letters.iter().max_by_key(|letter| letter.received_at) else { return Ok(Resent::Unknown) };
        if newest.payload.is_empty() || newest.topic.is_empty() || newest.topic == IN_PROCESS {
            return Ok(Resent::NothingToSend);
        }
        let message = self.message(newest);
        for letter in &letters {
            unit.readmit(&letter.consumer, &[event_id]).await?;
        }
        unit.discard(&letters.iter().map(DeadLetter::key).collect::<Vec<_>>()).await?;
        unit.append(std::slice::from_ref(&message)).await?;
        unit.commit().await?;
        Ok(Resent::Queued(message.id))
    }

    /// The letter as a message of the outbox. Its id follows from the letter, so that it differs from that of an earlier one.
    fn message(&self, letter: &DeadLetter) -> OutboxMessage {
        let now = self.clock.now();
        let name = format!("resend {} {}", letter.consumer, letter.received_at.timestamp_micros());
        let headers = [
            ("content_type", "application/json".to_owned()),
            ("event_id", letter.event_id.to_string()),
            ("resent_for", letter.consumer.clone()),
            ("resent_reason", letter.reason.clone()),
        ];
        OutboxMessage {
            id: EventId::new(Uuid::new_v5(&letter.event_id.as_uuid(), name.as_bytes())),
            kind: MessageKind::Event,
            batch_id: BatchId::of_request(letter.event_id),
            version: 0,
            ordinal: u32::MAX,
            aggregate_type: "dead_letter".to_owned(),
            aggregate_id: letter.event_id.to_string(),
            event_type: "DeadLetter".to_owned(),
            topic: letter.topic.clone(),
            key: letter.event_id.to_string(),
            payload: letter.payload.clone(),
            headers: headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<BTreeMap<_, _>>(),
            created_at: now,
            available_at: now,
            attempts: 0,
        }
    }
}

/// Where answers of judges in this process come from.
const IN_PROCESS: &str = "in-process";
