//! The outbox: everything that leaves.

use std::collections::BTreeMap;
use std::ops::DerefMut;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use cj_core::change::{MessageKind, OutboxMessage};
use cj_core::id::{BatchId, ComparisonId, EventId};
use cj_core::store::{BehindParked, Claim, Outbox, OutboxDepth, Settlement, SettlementOutcome, StoreError};
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteRow;

use crate::SqliteUnit;
use crate::cells::{Cell, Cells};
use crate::lane::{Waiting, leaving};
use crate::row::Columns;
use crate::slice::Slice;
use crate::time::time_text;

#[async_trait]
impl<C: DerefMut<Target = SqliteConnection> + Send> Outbox for SqliteUnit<C> {
    async fn append(&mut self, messages: &[OutboxMessage]) -> Result<(), StoreError> {
        if messages.is_empty() {
            return Ok(());
        }
        let slice = Slice::of(messages, |row, it| {
            row.uuid(it.id.as_uuid()).text(it.kind.code()).uuid(it.batch_id.as_uuid()).bits(it.version).int(it.ordinal);
            row.text(&it.aggregate_type).text(&it.aggregate_id).text(&it.event_type).text(&it.topic).text(&it.key);
            row.time(it.created_at).document(&it.headers).hex(&it.payload);
        });
        self.write(APPEND_OPERATION, APPEND, slice).await?;
        let slice = Slice::of(messages, |row, it| {
            row.uuid(it.id.as_uuid()).int(it.attempts).time(it.available_at);
        });
        self.execute_whole(APPEND_OPERATION, sqlx::query(APPEND_WAITING).bind(slice)).await?;
        self.note(messages.iter().map(|it| it.kind));
        Ok(())
    }

    async fn withdraw(&mut self, comparisons: &[ComparisonId], batches: &[BatchId]) -> Result<(), StoreError> {
        if !comparisons.is_empty() {
            let slice = Slice::of_ids(comparisons.iter().map(|id| id.as_uuid()));
            self.execute_whole("outbox.withdraw", sqlx::query(WITHDRAW).bind(slice)).await?;
        }
        if !batches.is_empty() {
            let slice = Slice::of_ids(batches.iter().map(|id| id.as_uuid()));
            self.execute_whole("outbox.withdraw", sqlx::query(WITHDRAW_BATCHES).bind(slice)).await?;
        }
        Ok(())
    }

    async fn claim(&mut self, claim: &Claim) -> Result<Vec<OutboxMessage>, StoreError> {
        self.require_write(CLAIM_OPERATION)?;
        let Claim { kind, limit, owner, now, lease, behind_parked } = claim;
        let until = now.checked_add_signed(*lease).unwrap_or(DateTime::<Utc>::MAX_UTC);
        let query = sqlx::query(LANES).bind(kind.code()).bind(limit).bind(time_text(*now));
        let query = query.bind(*behind_parked == BehindParked::Pass);
        let lanes = self.fetch_cells(CLAIM_OPERATION, query, Waiting::COLUMNS, Waiting::read).await?;
        let places = leaving(lanes, *limit as usize);
        let mut claimed = Vec::with_capacity(places.len());
        for some in places.chunks(CLAIMED_AT_ONCE) {
            let query = sqlx::query(CLAIM).bind(Slice::of_places(some)).bind(owner.to_string()).bind(time_text(until));
            claimed.extend(self.fetch_whole(CLAIM_OPERATION, query, read_many).await?.into_iter().flatten());
        }
        Ok(claimed)
    }

    async fn settle(&mut self, settlements: &[Settlement]) -> Result<(), StoreError> {
        let (mut sent, mut others) = (BTreeMap::<DateTime<Utc>, Vec<EventId>>::new(), Vec::new());
        for it in settlements {
            match &it.outcome {
                SettlementOutcome::Sent { at } => sent.entry(*at).or_default().push(it.id),
                SettlementOutcome::Retry { at, error } => others.push((it.id, Some(*at), None, error, false)),
                SettlementOutcome::Released { at, error } => others.push((it.id, Some(*at), None, error, true)),
                SettlementOutcome::Parked { at, error } => others.push((it.id, None, Some(*at), error, false)),
            }
        }
        for (at, ids) in sent {
            self.settle_sent(at, &ids).await?;
        }
        if others.is_empty() {
            return Ok(());
        }
        let slice = Slice::of(others, |row, (id, retry, parked, error, untried)| {
            row.uuid(id.as_uuid()).optional(retry, Slice::time).optional(parked, Slice::time).text(error).flag(untried);
        });
        self.execute_whole(SETTLE_OPERATION, sqlx::query(SETTLE).bind(slice)).await.map(drop)
    }

    async fn depth(&mut self, kind: MessageKind) -> Result<OutboxDepth, StoreError> {
        let rows = self.fetch("outbox.depth", sqlx::query(DEPTH).bind(kind.code()), read_depth).await?;
        Ok(rows.into_iter().next().unwrap_or_default())
    }
}

impl<C: DerefMut<Target = SqliteConnection> + Send> SqliteUnit<C> {
    /// Events that were sent move; questions that were are deleted. What does not wait any more is passed over.
    async fn settle_sent(&mut self, at: DateTime<Utc>, ids: &[EventId]) -> Result<(), StoreError> {
        self.require_write(SETTLE_OPERATION)?;
        let query = sqlx::query(PLACES).bind(Slice::of_ids(ids.iter().map(|id| id.as_uuid())));
        let read = |cells: &[Cell<'_>]| {
            let mut columns = Columns::of_cells(cells, &["place", "kind"], SETTLE_OPERATION, "event_outbox_waiting", 1);
            Ok((columns.int::<i64>()?, columns.parse(MessageKind::parse)?))
        };
        let places = self.fetch_cells(SETTLE_OPERATION, query, &["place", "kind"], read).await?;
        let of =
            |wanted| places.iter().filter(|(_, kind)| *kind == wanted).map(|(place, _)| *place).collect::<Vec<_>>();
        let (events, questions) = (of(MessageKind::Event), of(MessageKind::Question));
        if !events.is_empty() {
            let query = sqlx::query(SETTLE_EVENTS).bind(Slice::of_places(&events)).bind(time_text(at));
            self.execute_whole(SETTLE_OPERATION, query).await?;
        }
        if !questions.is_empty() {
            let query = sqlx::query(SETTLE_QUESTIONS).bind(Slice::of_places(&questions));
            self.execute_whole(SETTLE_OPERATION, query).await?;
        }
        Ok(())
    }
}

/// Claimed messages: all that stands beside their bytes is one value, and their bytes are another, since the driver takes its
/// time for each.
fn read_many(row: &SqliteRow) -> Result<Vec<OutboxMessage>, StoreError> {
    let mut columns = Columns::new(row, CLAIM_OPERATION, "event_outbox_messages", 0);
    let cells = Cells::parse(columns.text()?).map_err(|error| StoreError::corrupt(CLAIM_OPERATION, error))?;
    let bytes = columns.bytes()?;
    let mut rest = bytes.as_slice();
    let messages = cells.rows(CLAIMED.len()).map(|cells| {
        let mut columns = Columns::of_cells(cells, CLAIMED, CLAIM_OPERATION, "event_outbox_messages", 1);
        let message = read_beside(&mut columns)?;
        let length = columns.int()?;
        let Some((payload, others)) = rest.split_at_checked(length) else {
            return Err(columns.corrupt(format!("{length} bytes, where {} are left", rest.len())));
        };
        rest = others;
        Ok(OutboxMessage { payload: payload.to_vec(), ..message })
    });
    messages.collect()
}

/// The columns of a message, in the order in which every statement names them.
pub(crate) fn read_message(columns: &mut Columns<'_>) -> Result<OutboxMessage, StoreError> {
    let message = read_beside(columns)?;
    Ok(OutboxMessage { payload: columns.bytes()?, ..message })
}

/// What stands beside the bytes of a message, which are left out.
fn read_beside(columns: &mut Columns<'_>) -> Result<OutboxMessage, StoreError> {
    Ok(OutboxMessage {
        id: columns.uuid().map(EventId::new)?,
        kind: columns.parse(MessageKind::parse)?,
        batch_id: columns.uuid().map(BatchId::new)?,
        version: columns.bits()?,
        ordinal: columns.int()?,
        aggregate_type: columns.string()?,
        aggregate_id: columns.string()?,
        event_type: columns.string()?,
        topic: columns.string()?,
        key: columns.string()?,
        created_at: columns.time()?,
        available_at: columns.time()?,
        attempts: columns.int()?,
        headers: columns.document()?,
        payload: Vec::new(),
    })
}

fn read_depth(row: &SqliteRow) -> Result<OutboxDepth, StoreError> {
    let mut columns = Columns::new(row, "outbox.depth", "event_outbox", 0);
    Ok(OutboxDepth {
        pending: columns.int()?,
        parked: columns.int()?,
        oldest: columns.optional_time()?,
        next_at: columns.optional_time()?,
    })
}

const APPEND_OPERATION: &str = "outbox.append";
const CLAIM_OPERATION: &str = "outbox.claim";
const SETTLE_OPERATION: &str = "outbox.settle";

/// So many messages come as one value, which holds the bytes of all of them.
const CLAIMED_AT_ONCE: usize = 500;

/// What [`CLAIM`] puts into its first value.
const CLAIMED: &[&str] = &[
    "id",
    "kind",
    "batch_id",
    "version",
    "ordinal",
    "aggregate_type",
    "aggregate_id",
    "event_type",
    "topic",
    "event_key",
    "created_at",
    "next_attempt_at",
    "attempts",
    "headers",
    "length(event_data)",
];

const APPEND: &str = "
INSERT INTO event_outbox_messages (id, kind, batch_id, version, ordinal, aggregate_type, aggregate_id, event_type, topic,
    event_key, created_at, headers, event_data)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
    value ->> 8, value ->> 9, value ->> 10, value ->> 11, unhex(value ->> 12)
FROM jsonb_each(?1)";

const APPEND_WAITING: &str = "
INSERT INTO event_outbox_waiting (place, id, kind, batch_id, version, ordinal, event_key, created_at, attempts,
    next_attempt_at)
SELECT it.place, it.id, it.kind, it.batch_id, it.version, it.ordinal, it.event_key, it.created_at, new.value ->> 1,
    new.value ->> 2
FROM jsonb_each(?1) AS new CROSS JOIN event_outbox_messages AS it WHERE it.id = new.value ->> 0";

/// A question that is there waits: once it is sent it is deleted.
const WITHDRAW: &str = "
DELETE FROM event_outbox_waiting WHERE place IN (
    SELECT place FROM event_outbox_messages WHERE id IN (SELECT value FROM json_each(?1)) AND kind = 'question');
DELETE FROM event_outbox_messages WHERE kind = 'question' AND id IN (SELECT value FROM json_each(?1))";

const WITHDRAW_BATCHES: &str = "
DELETE FROM event_outbox_waiting WHERE place IN (
    SELECT place FROM event_outbox_messages WHERE batch_id IN (SELECT value FROM json_each(?1)) AND kind = 'question');
DELETE FROM event_outbox_messages WHERE kind = 'question' AND batch_id IN (SELECT value FROM json_each(?1))";

/// A lane is what waits under one key. The oldest lanes whose head may leave are found first, at most as many as messages
/// are wanted, and then what is in them; which of it leaves is chosen by [`leaving`], which is quicker than a window function.
const LANES: &str = "
WITH heads AS MATERIALIZED (
    SELECT head.place, head.event_key FROM event_outbox_waiting AS head INDEXED BY ix_event_outbox_pending
    WHERE head.kind = ?1 AND head.parked_at IS NULL
        AND head.next_attempt_at <= ?3 AND ifnull(head.leased_until, '') <= ?3
        AND NOT EXISTS (
            SELECT 1 FROM event_outbox_waiting AS earlier
            WHERE earlier.kind = ?1 AND earlier.event_key = head.event_key
                AND NOT (?4 AND earlier.parked_at IS NOT NULL)
                AND (earlier.batch_id, earlier.version, earlier.ordinal, earlier.id)
                    < (head.batch_id, head.version, head.ordinal, head.id))
    ORDER BY head.created_at, head.batch_id, head.version, head.ordinal, head.id LIMIT ?2)
SELECT json_group_array(json_array(it.place, it.place = heads.place, it.batch_id, it.version, it.ordinal, it.id,
    it.created_at, it.parked_at IS NOT NULL OR it.next_attempt_at > ?3 OR ifnull(it.leased_until, '') > ?3))
FROM heads CROSS JOIN event_outbox_waiting AS it INDEXED BY ix_event_outbox_unpublished
WHERE it.kind = ?1 AND it.event_key = heads.event_key AND NOT (?4 AND it.parked_at IS NOT NULL)";

/// The bytes of all come one after the other: they are put together as they are, whatever they mean.
const CLAIM: &str = "
UPDATE event_outbox_waiting SET attempts = attempts + 1, lease_owner = ?2, leased_until = ?3
WHERE place IN (SELECT value FROM json_each(?1));
SELECT json_group_array(json_array(it.id, it.kind, it.batch_id, it.version, it.ordinal, it.aggregate_type,
    it.aggregate_id, it.event_type, it.topic, it.event_key, it.created_at, waiting.next_attempt_at, waiting.attempts,
    it.headers, length(it.event_data))), group_concat(it.event_data, '')
FROM json_each(?1) AS claimed CROSS JOIN event_outbox_messages AS it CROSS JOIN event_outbox_waiting AS waiting
WHERE it.place = claimed.value AND waiting.place = claimed.value";

const PLACES: &str = "
SELECT json_group_array(json_array(waiting.place, waiting.kind))
FROM json_each(?1) AS sent CROSS JOIN event_outbox_messages AS it CROSS JOIN event_outbox_waiting AS waiting
WHERE it.id = sent.value AND waiting.place = it.place";

const SETTLE_EVENTS: &str = "
INSERT INTO event_outbox_sent (place, attempts, next_attempt_at, published_at)
SELECT place, attempts, next_attempt_at, ?2 FROM event_outbox_waiting WHERE place IN (SELECT value FROM json_each(?1));
DELETE FROM event_outbox_waiting WHERE place IN (SELECT value FROM json_each(?1))";

const SETTLE_QUESTIONS: &str = "
DELETE FROM event_outbox_waiting WHERE place IN (SELECT value FROM json_each(?1));
DELETE FROM event_outbox_messages WHERE place IN (SELECT value FROM json_each(?1))";

const SETTLE: &str = "
UPDATE event_outbox_waiting SET next_attempt_at = ifnull(new.value ->> 1, next_attempt_at), parked_at = new.value ->> 2,
    last_error = new.value ->> 3, attempts = max(attempts - (new.value ->> 4), 0), lease_owner = NULL, leased_until = NULL
FROM jsonb_each(?1) AS new
WHERE event_outbox_waiting.place = (SELECT it.place FROM event_outbox_messages AS it WHERE it.id = new.value ->> 0)";

/// Only the first unsent message of a key can be next; behind a parked one there is none.
const DEPTH: &str = "
SELECT count(*) FILTER (WHERE parked_at IS NULL) AS pending, count(*) FILTER (WHERE parked_at IS NOT NULL) AS parked,
    min(created_at) FILTER (WHERE parked_at IS NULL) AS oldest,
    min(max(next_attempt_at, ifnull(leased_until, ''))) FILTER (WHERE parked_at IS NULL AND NOT EXISTS (
        SELECT 1 FROM event_outbox_waiting AS earlier
        WHERE earlier.kind = it.kind AND earlier.event_key = it.event_key
            AND (earlier.batch_id, earlier.version, earlier.ordinal, earlier.id)
                < (it.batch_id, it.version, it.ordinal, it.id)
    )) AS next_at
FROM event_outbox_waiting AS it WHERE kind = ?1";

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[
    APPEND,
    APPEND_WAITING,
    WITHDRAW,
    WITHDRAW_BATCHES,
    LANES,
    CLAIM,
    PLACES,
    SETTLE_EVENTS,
    SETTLE_QUESTIONS,
    SETTLE,
    DEPTH,
];
