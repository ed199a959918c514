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
use crate::cells::Cells;
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
            row.time(it.created_at).time(it.available_at).int(it.attempts).document(&it.headers).hex(&it.payload);
        });
        self.write("outbox.append", APPEND, slice).await?;
        self.note(messages.iter().map(|it| it.kind));
        Ok(())
    }

    async fn withdraw(&mut self, comparisons: &[ComparisonId], batches: &[BatchId]) -> Result<(), StoreError> {
        if !comparisons.is_empty() {
            let slice = Slice::of_ids(comparisons.iter().map(|id| id.as_uuid()));
            self.write("outbox.withdraw", WITHDRAW, slice).await?;
        }
        if !batches.is_empty() {
            let slice = Slice::of_ids(batches.iter().map(|id| id.as_uuid()));
            self.write("outbox.withdraw", WITHDRAW_BATCHES, slice).await?;
        }
        Ok(())
    }

    async fn claim(&mut self, claim: &Claim) -> Result<Vec<OutboxMessage>, StoreError> {
        let Claim { kind, limit, owner, now, lease, behind_parked } = claim;
        let until = now.checked_add_signed(*lease).unwrap_or(DateTime::<Utc>::MAX_UTC);
        let query = sqlx::query(CLAIM).bind(kind.code()).bind(limit).bind(time_text(*now));
        let query = query.bind(time_text(until)).bind(owner.to_string());
        let query = query.bind(*behind_parked == BehindParked::Pass);
        let mut claimed = self.fetch(CLAIM_OPERATION, query, read).await?;
        Claim::put_in_order(&mut claimed);
        Ok(claimed)
    }

    async fn settle(&mut self, settlements: &[Settlement]) -> Result<(), StoreError> {
        if settlements.is_empty() {
            return Ok(());
        }
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
            self.require_write(SETTLE_OPERATION)?;
            let slice = Slice::of_ids(ids.iter().map(|id| id.as_uuid()));
            self.execute_whole(SETTLE_OPERATION, sqlx::query(SETTLE_SENT).bind(slice).bind(time_text(at))).await?;
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

/// A claimed message: everything but its bytes is one value, since the driver takes its time for each.
fn read(row: &SqliteRow) -> Result<OutboxMessage, StoreError> {
    let mut columns = Columns::new(row, CLAIM_OPERATION, "event_outbox", 0);
    let cells = Cells::parse(columns.text()?).map_err(|error| StoreError::corrupt(CLAIM_OPERATION, error))?;
    let cells = cells.rows(BESIDE.len()).next().unwrap_or_default();
    let message = read_beside(&mut Columns::of_cells(cells, BESIDE, CLAIM_OPERATION, "event_outbox", 1))?;
    Ok(OutboxMessage { payload: columns.bytes()?, ..message })
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

const CLAIM_OPERATION: &str = "outbox.claim";
const SETTLE_OPERATION: &str = "outbox.settle";

/// What [`CLAIM`] puts into one value.
const BESIDE: &[&str] = &[
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
];

const APPEND: &str = "
INSERT INTO event_outbox (id, kind, batch_id, version, ordinal, aggregate_type, aggregate_id, event_type, topic,
    event_key, created_at, next_attempt_at, attempts, headers, event_data)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
    value ->> 8, value ->> 9, value ->> 10, value ->> 11, value ->> 12, value ->> 13, unhex(value ->> 14)
FROM jsonb_each(?1)";

const WITHDRAW: &str = "
DELETE FROM event_outbox WHERE kind = 'question' AND id IN (SELECT value FROM json_each(?1))";

const WITHDRAW_BATCHES: &str = "
DELETE FROM event_outbox WHERE kind = 'question' AND batch_id IN (SELECT value FROM json_each(?1))";

/// A lane is what waits under one key. The oldest lanes whose head may leave are found first, at most as many as messages
/// are wanted; of each, what follows the head without a gap may leave with it. A message counts as no older than the one
/// before it, so that the limit never leaves a gap either; equal ages leave in the order in which they were put out.
const CLAIM: &str = "
WITH heads AS MATERIALIZED (
    SELECT head.event_key FROM event_outbox AS head INDEXED BY ix_event_outbox_pending
    WHERE head.kind = ?1 AND head.published_at IS NULL AND head.parked_at IS NULL
        AND head.next_attempt_at <= ?3 AND ifnull(head.leased_until, '') <= ?3
        AND NOT EXISTS (
            SELECT 1 FROM event_outbox AS earlier
            WHERE earlier.kind = ?1 AND earlier.event_key = head.event_key AND earlier.published_at IS NULL
                AND NOT (?6 AND earlier.parked_at IS NOT NULL)
                AND (earlier.batch_id, earlier.version, earlier.ordinal, earlier.id)
                    < (head.batch_id, head.version, head.ordinal, head.id))
    ORDER BY head.created_at, head.batch_id, head.version, head.ordinal, head.id LIMIT ?2),
lanes AS (
    SELECT it.rowid AS place, it.id, it.batch_id, it.version, it.ordinal, max(it.created_at) OVER lane AS age,
        max(it.parked_at IS NOT NULL OR it.next_attempt_at > ?3 OR ifnull(it.leased_until, '') > ?3) OVER lane AS held
    FROM heads CROSS JOIN event_outbox AS it
    WHERE it.kind = ?1 AND it.event_key = heads.event_key AND it.published_at IS NULL
        AND NOT (?6 AND it.parked_at IS NOT NULL)
    WINDOW lane AS (PARTITION BY it.event_key ORDER BY it.batch_id, it.version, it.ordinal, it.id))
UPDATE event_outbox SET attempts = attempts + 1, lease_owner = ?5, leased_until = ?4
WHERE rowid IN (SELECT place FROM lanes WHERE NOT held ORDER BY age, batch_id, version, ordinal, id LIMIT ?2)
RETURNING json_array(json_array(id, kind, batch_id, version, ordinal, aggregate_type, aggregate_id, event_type, topic,
    event_key, created_at, next_attempt_at, attempts, headers)), event_data";

/// A question that was sent is deleted; an event that was stays sent. Nearly all of a slice is, at one time.
const SETTLE_SENT: &str = "
DELETE FROM event_outbox WHERE kind = 'question' AND id IN (SELECT value FROM json_each(?1));
UPDATE event_outbox SET published_at = ?2, parked_at = NULL, last_error = NULL, lease_owner = NULL, leased_until = NULL
WHERE id IN (SELECT value FROM json_each(?1)) AND +published_at IS NULL";

const SETTLE: &str = "
UPDATE event_outbox SET next_attempt_at = ifnull(new.value ->> 1, next_attempt_at), parked_at = new.value ->> 2,
    last_error = new.value ->> 3, attempts = max(attempts - (new.value ->> 4), 0), lease_owner = NULL, leased_until = NULL
FROM jsonb_each(?1) AS new WHERE event_outbox.id = new.value ->> 0 AND published_at IS NULL";

/// Only the first unsent message of a key can be next; behind a parked one there is none.
const DEPTH: &str = "
SELECT count(*) FILTER (WHERE parked_at IS NULL) AS pending, count(*) FILTER (WHERE parked_at IS NOT NULL) AS parked,
    min(created_at) FILTER (WHERE parked_at IS NULL) AS oldest,
    min(max(next_attempt_at, ifnull(leased_until, ''))) FILTER (WHERE parked_at IS NULL AND NOT EXISTS (
        SELECT 1 FROM event_outbox AS earlier
        WHERE earlier.kind = it.kind AND earlier.event_key = it.event_key AND earlier.published_at IS NULL
            AND (earlier.batch_id, earlier.version, earlier.ordinal, earlier.id)
                < (it.batch_id, it.version, it.ordinal, it.id)
    )) AS next_at
FROM event_outbox AS it WHERE kind = ?1 AND published_at IS NULL";

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[APPEND, WITHDRAW, WITHDRAW_BATCHES, CLAIM, SETTLE_SENT, SETTLE, DEPTH];
