//! The outbox as operators see it.

use std::ops::DerefMut;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use cj_core::change::{MessageKind, MessageState, OutboxEntry};
use cj_core::id::EventId;
use cj_core::store::{OutboxQuery, OutboxRegister, StoreError};
use sqlx::PgConnection;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use crate::PgUnit;
use crate::outbox::read_message;
use crate::row::Columns;
use crate::slice::storable_time;
use crate::wake::NOTIFY;

#[async_trait]
impl<C: DerefMut<Target = PgConnection> + Send> OutboxRegister for PgUnit<C> {
    async fn entries(&mut self, query: &OutboxQuery) -> Result<Vec<OutboxEntry>, StoreError> {
        let of = |sql: &'static str, kind: &MessageKind, limit: &u32| {
            sqlx::query(sql).bind(kind.code()).bind(i64::from(*limit))
        };
        let query = match query {
            OutboxQuery::Id(id) => sqlx::query(ENTRY).bind(id.as_uuid()),
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
        let ids: Vec<Uuid> = ids.iter().map(|id| id.as_uuid()).collect();
        let query = sqlx::query(REPLAY).bind(ids).bind(storable_time(at));
        let replayed = self.fetch(REPLAY_OPERATION, query, |row| {
            Columns::new(row, REPLAY_OPERATION, "event_outbox", 1).uuid().map(EventId::new)
        });
        let mut replayed = replayed.await?;
        replayed.sort_unstable();
        if !replayed.is_empty() {
            self.write(REPLAY_OPERATION, sqlx::query(NOTIFY).bind(MessageKind::Event.code())).await?;
        }
        Ok(replayed)
    }

    async fn discard_sent(&mut self, before: DateTime<Utc>, limit: u32) -> Result<u64, StoreError> {
        let query = sqlx::query(DISCARD_SENT).bind(storable_time(before)).bind(i64::from(limit));
        self.write("outbox.discard_sent", query).await
    }
}

fn read(row: &PgRow) -> Result<OutboxEntry, StoreError> {
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
FROM event_outbox WHERE id = $1::uuid";

const WAITING: &str = "
SELECT id, kind, batch_id, version, ordinal, aggregate_type, aggregate_id, event_type, topic, event_key,
    created_at, next_attempt_at, attempts, headers, event_data, leased_until, published_at, parked_at, last_error
FROM event_outbox WHERE kind = $1::text AND published_at IS NULL AND parked_at IS NULL
ORDER BY created_at, batch_id, version, ordinal, id LIMIT $2::bigint";

const PARKED: &str = "
SELECT id, kind, batch_id, version, ordinal, aggregate_type, aggregate_id, event_type, topic, event_key,
    created_at, next_attempt_at, attempts, headers, event_data, leased_until, published_at, parked_at, last_error
FROM event_outbox WHERE kind = $1::text AND parked_at IS NOT NULL ORDER BY parked_at, id LIMIT $2::bigint";

const SENT: &str = "
SELECT id, kind, batch_id, version, ordinal, aggregate_type, aggregate_id, event_type, topic, event_key,
    created_at, next_attempt_at, attempts, headers, event_data, leased_until, published_at, parked_at, last_error
FROM event_outbox WHERE kind = $1::text AND published_at IS NOT NULL
ORDER BY published_at DESC, id DESC LIMIT $2::bigint";

/// The last error stays for the record. Times are asked for in a way that no index knows, so that rows are looked up by id.
const REPLAY: &str = "
UPDATE event_outbox SET parked_at = NULL, attempts = 0, next_attempt_at = $2::timestamptz, lease_owner = NULL,
    leased_until = NULL
WHERE id = ANY ($1::uuid[]) AND coalesce(parked_at, 'infinity') <> 'infinity'
    AND coalesce(published_at, 'infinity') = 'infinity'
RETURNING id";

/// What another relay or another prune holds is left for the next time.
const DISCARD_SENT: &str = "
DELETE FROM event_outbox WHERE id = ANY (ARRAY(
    SELECT old.id FROM event_outbox AS old WHERE old.kind = 'event' AND old.published_at < $1::timestamptz
    ORDER BY old.published_at, old.id LIMIT $2::bigint FOR UPDATE SKIP LOCKED))";

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[ENTRY, WAITING, PARKED, SENT, REPLAY, DISCARD_SENT];
