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
        self.execute("outbox.discard_sent", sqlx::query(DISCARD_SENT).bind(time_text(before)).bind(limit)).await
    }
}

fn read(row: &SqliteRow) -> Result<OutboxEntry, StoreError> {
    let mut columns = Columns::new(row, "outbox.entries", "event_outbox", 1);
    let message = read_message(&mut columns)?;
    let (leased_until, sent_at) = (columns.optional_time()?, columns.optional_time()?);
    let state = MessageState::of_times(leased_until, sent_at, columns.optional_time()?);
    Ok(OutboxEntry { message, state, last_error: columns.optional_string()? })
}

const REPLAY_OPERATION: &str = "outbox.replay";

const ENTRY: &str = "
SELECT id, kind, batch_id, version, ordinal, aggregate_type, aggregate_id, event_type, topic, event_key,
    created_at, next_attempt_at, attempts, headers, event_data, leased_until, published_at, parked_at, last_error
FROM event_outbox WHERE id = ?1";

const WAITING: &str = "
SELECT id, kind, batch_id, version, ordinal, aggregate_type, aggregate_id, event_type, topic, event_key,
    created_at, next_attempt_at, attempts, headers, event_data, leased_until, published_at, parked_at, last_error
FROM event_outbox INDEXED BY ix_event_outbox_pending
WHERE kind = ?1 AND published_at IS NULL AND parked_at IS NULL
ORDER BY created_at, batch_id, version, ordinal, id LIMIT ?2";

const PARKED: &str = "
SELECT id, kind, batch_id, version, ordinal, aggregate_type, aggregate_id, event_type, topic, event_key,
    created_at, next_attempt_at, attempts, headers, event_data, leased_until, published_at, parked_at, last_error
FROM event_outbox INDEXED BY ix_event_outbox_parked
WHERE kind = ?1 AND parked_at IS NOT NULL ORDER BY parked_at, id LIMIT ?2";

const SENT: &str = "
SELECT id, kind, batch_id, version, ordinal, aggregate_type, aggregate_id, event_type, topic, event_key,
    created_at, next_attempt_at, attempts, headers, event_data, leased_until, published_at, parked_at, last_error
FROM event_outbox INDEXED BY ix_event_outbox_sent
WHERE kind = ?1 AND published_at IS NOT NULL ORDER BY published_at DESC, id DESC LIMIT ?2";

/// The last error stays for the record.
const REPLAY: &str = "
UPDATE event_outbox SET parked_at = NULL, attempts = 0, next_attempt_at = ?2, lease_owner = NULL, leased_until = NULL
WHERE id IN (SELECT value FROM json_each(?1)) AND +parked_at IS NOT NULL AND +published_at IS NULL RETURNING id";

const DISCARD_SENT: &str = "
DELETE FROM event_outbox WHERE id IN (
    SELECT id FROM event_outbox INDEXED BY ix_event_outbox_sent
    WHERE kind = 'event' AND published_at < ?1 ORDER BY published_at, id LIMIT ?2)";

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[ENTRY, WAITING, PARKED, SENT, REPLAY, DISCARD_SENT];
