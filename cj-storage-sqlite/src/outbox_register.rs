//! The outbox as operators see it.

use std::ops::DerefMut;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use cj_core::change::{MessageKind, MessageState, OutboxEntry};
use cj_core::id::EventId;
use cj_core::store::{OutboxQuery, OutboxRegister, StoreError};
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteRow;

use crate::SqliteUnit;
use crate::outbox::read_message;
use crate::row::Columns;
use crate::slice::Slice;
use crate::time::time_text;

#[async_trait]
impl<C: DerefMut<Target = SqliteConnection> + Send> OutboxRegister for SqliteUnit<C> {
    async fn entries(&mut self, query: &OutboxQuery) -> Result<Vec<OutboxEntry>, StoreError> {
        let of = |sql: &'static str, kind: &MessageKind, limit: &u32| sqlx::query(sql).bind(kind.code()).bind(*limit);
        let query = match query {
            OutboxQuery::Id(id) => sqlx::query(ENTRY).bind(id.to_string()),
            OutboxQuery::Waiting { kind, limit } => of(WAITING, kind, limit),
            OutboxQuery::Parked { kind, limit } => of(PARKED, kind, limit),
            OutboxQuery::Sent { kind, limit } => of(SENT, kind, limit),
        };
        self.fetch("outbox.entries", query, read).await
    }

    async fn replay(&mut self, ids: &[EventId], at: DateTime<Utc>) -> Result<Vec<EventId>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        self.require_write(REPLAY_OPERATION)?;
        let slice = Slice::of_ids(ids.iter().map(|id| id.as_uuid()));
        let query = sqlx::query(REPLAY).bind(slice).bind(time_text(at));
        let replayed = self.fetch(REPLAY_OPERATION, query, |row| {
            Columns::new(row, REPLAY_OPERATION, "event_outbox", 1).uuid().map(EventId::new)
        });
        let mut replayed = replayed.await?;
        replayed.sort_unstable();
        if !replayed.is_empty() {
            self.note([MessageKind::Event]);
        }
        Ok(replayed)
    }

    async fn discard_sent(&mut self, before: DateTime<Utc>, limit: u32) -> Result<u64, StoreError> {
        self.require_write(DISCARD_OPERATION)?;
        let query = sqlx::query(OLD).bind(time_text(before)).bind(limit);
        let places = self.fetch_cells(DISCARD_OPERATION, query, &["place"], |cells| {
            Columns::of_cells(cells, &["place"], DISCARD_OPERATION, "event_outbox_sent", 1).int::<i64>()
        });
        let places = places.await?;
        if !places.is_empty() {
            let query = sqlx::query(DISCARD).bind(Slice::of_places(&places));
            self.execute_whole(DISCARD_OPERATION, query).await?;
        }
        Ok(places.len() as u64)
    }
}

fn read(row: &SqliteRow) -> Result<OutboxEntry, StoreError> {
    let mut columns = Columns::new(row, "outbox.entries", "event_outbox", 1);
    let message = read_message(&mut columns)?;
    let (leased_until, sent_at) = (columns.optional_time()?, columns.optional_time()?);
    let state = MessageState::of_times(leased_until, sent_at, columns.optional_time()?);
    Ok(OutboxEntry { message, state, last_error: columns.optional_string()? })
}

const DISCARD_OPERATION: &str = "outbox.discard_sent";
const REPLAY_OPERATION: &str = "outbox.replay";

const ENTRY: &str = "
SELECT id, kind, batch_id, version, ordinal, aggregate_type, aggregate_id, event_type, topic, event_key,
    created_at, next_attempt_at, attempts, headers, event_data, leased_until, published_at, parked_at, last_error
FROM event_outbox WHERE id = ?1";

const WAITING: &str = "
SELECT it.id, it.kind, it.batch_id, it.version, it.ordinal, it.aggregate_type, it.aggregate_id, it.event_type, it.topic,
    it.event_key, it.created_at, waiting.next_attempt_at, waiting.attempts, it.headers, it.event_data,
    waiting.leased_until, NULL AS published_at, waiting.parked_at, waiting.last_error
FROM event_outbox_waiting AS waiting INDEXED BY ix_event_outbox_pending
CROSS JOIN event_outbox_messages AS it ON it.place = waiting.place
WHERE waiting.kind = ?1 AND waiting.parked_at IS NULL
ORDER BY waiting.created_at, waiting.batch_id, waiting.version, waiting.ordinal, waiting.id LIMIT ?2";

const PARKED: &str = "
SELECT it.id, it.kind, it.batch_id, it.version, it.ordinal, it.aggregate_type, it.aggregate_id, it.event_type, it.topic,
    it.event_key, it.created_at, waiting.next_attempt_at, waiting.attempts, it.headers, it.event_data,
    waiting.leased_until, NULL AS published_at, waiting.parked_at, waiting.last_error
FROM event_outbox_waiting AS waiting INDEXED BY ix_event_outbox_parked
CROSS JOIN event_outbox_messages AS it ON it.place = waiting.place
WHERE waiting.kind = ?1 AND waiting.parked_at IS NOT NULL ORDER BY waiting.parked_at, waiting.id LIMIT ?2";

/// Only events are kept when they were sent.
const SENT: &str = "
SELECT it.id, it.kind, it.batch_id, it.version, it.ordinal, it.aggregate_type, it.aggregate_id, it.event_type, it.topic,
    it.event_key, it.created_at, sent.next_attempt_at, sent.attempts, it.headers, it.event_data,
    NULL AS leased_until, sent.published_at, NULL AS parked_at, NULL AS last_error
FROM event_outbox_sent AS sent INDEXED BY ix_event_outbox_sent
CROSS JOIN event_outbox_messages AS it ON it.place = sent.place
WHERE ?1 = 'event' ORDER BY sent.published_at DESC, it.id DESC LIMIT ?2";

/// The last error stays for the record.
const REPLAY: &str = "
UPDATE event_outbox_waiting SET parked_at = NULL, attempts = 0, next_attempt_at = ?2, lease_owner = NULL,
    leased_until = NULL
WHERE place IN (SELECT place FROM event_outbox_messages WHERE id IN (SELECT value FROM json_each(?1)))
    AND +parked_at IS NOT NULL RETURNING id";

const OLD: &str = "
SELECT json_group_array(json_array(place)) FROM (
    SELECT sent.place FROM event_outbox_sent AS sent INDEXED BY ix_event_outbox_sent
    CROSS JOIN event_outbox_messages AS it ON it.place = sent.place
    WHERE sent.published_at < ?1 ORDER BY sent.published_at, it.id LIMIT ?2)";

const DISCARD: &str = "
DELETE FROM event_outbox_messages WHERE place IN (SELECT value FROM json_each(?1));
DELETE FROM event_outbox_sent WHERE place IN (SELECT value FROM json_each(?1))";

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[ENTRY, WAITING, PARKED, SENT, REPLAY, OLD, DISCARD];
