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

/// The id is asked for in a way that does not reach beyond the message, so that what stands of it is looked up by the id found.
const ENTRY: &str = "
SELECT id, kind, batch_id, version, ordinal, aggregate_type, aggregate_id, event_type, topic, event_key,
    created_at, next_attempt_at, attempts, headers, event_data, leased_until, published_at, parked_at, last_error
FROM event_outbox WHERE id = ANY (ARRAY[$1::uuid])";

/// The message of each row is looked up when its turn comes: no more than are wanted.
const WAITING: &str = "
SELECT it.id, it.kind, it.batch_id, it.version, it.ordinal, it.aggregate_type, it.aggregate_id, it.event_type, it.topic,
    it.event_key, it.created_at, waiting.next_attempt_at, waiting.attempts, it.headers, it.event_data,
    waiting.leased_until, NULL::timestamptz AS published_at, waiting.parked_at, waiting.last_error
FROM event_outbox_waiting AS waiting
CROSS JOIN LATERAL (SELECT * FROM event_outbox_messages AS message WHERE message.id = waiting.id OFFSET 0) AS it
WHERE waiting.kind = $1::text AND waiting.parked_at IS NULL
ORDER BY waiting.created_at, waiting.batch_id, waiting.version, waiting.ordinal, waiting.id LIMIT $2::bigint";

const PARKED: &str = "
SELECT it.id, it.kind, it.batch_id, it.version, it.ordinal, it.aggregate_type, it.aggregate_id, it.event_type, it.topic,
    it.event_key, it.created_at, waiting.next_attempt_at, waiting.attempts, it.headers, it.event_data,
    waiting.leased_until, NULL::timestamptz AS published_at, waiting.parked_at, waiting.last_error
FROM event_outbox_waiting AS waiting
CROSS JOIN LATERAL (SELECT * FROM event_outbox_messages AS message WHERE message.id = waiting.id OFFSET 0) AS it
WHERE waiting.kind = $1::text AND waiting.parked_at IS NOT NULL ORDER BY waiting.parked_at, waiting.id LIMIT $2::bigint";

/// Only events are kept when they were sent.
const SENT: &str = "
SELECT it.id, it.kind, it.batch_id, it.version, it.ordinal, it.aggregate_type, it.aggregate_id, it.event_type, it.topic,
    it.event_key, it.created_at, sent.next_attempt_at, sent.attempts, it.headers, it.event_data,
    NULL::timestamptz AS leased_until, sent.published_at, NULL::timestamptz AS parked_at, NULL::text AS last_error
FROM event_outbox_sent AS sent
CROSS JOIN LATERAL (SELECT * FROM event_outbox_messages AS message WHERE message.id = sent.id OFFSET 0) AS it
WHERE $1::text = 'event' ORDER BY sent.published_at DESC, sent.id DESC LIMIT $2::bigint";

/// The last error stays for the record. Times are asked for in a way that no index knows, so that rows are looked up by id.
const REPLAY: &str = "
UPDATE event_outbox_waiting SET parked_at = NULL, attempts = 0, next_attempt_at = $2::timestamptz, lease_owner = NULL,
    leased_until = NULL
WHERE id = ANY ($1::uuid[]) AND coalesce(parked_at, 'infinity') <> 'infinity'
RETURNING id";

/// What another prune holds is left for the next time.
const DISCARD_SENT: &str = "
WITH gone AS MATERIALIZED (
    DELETE FROM event_outbox_sent WHERE id = ANY (ARRAY(
        SELECT old.id FROM event_outbox_sent AS old WHERE old.published_at < $1::timestamptz
        ORDER BY old.published_at, old.id LIMIT $2::bigint FOR UPDATE SKIP LOCKED))
    RETURNING id)
DELETE FROM event_outbox_messages WHERE id = ANY (ARRAY(SELECT gone.id FROM gone))";

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[ENTRY, WAITING, PARKED, SENT, REPLAY, DISCARD_SENT];
