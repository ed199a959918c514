//! The outbox: everything that leaves.

use std::collections::BTreeMap;
use std::ops::DerefMut;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use cj_core::change::{MessageKind, OutboxMessage};
use cj_core::id::{BatchId, ComparisonId, EventId};
use cj_core::store::{BehindParked, Claim, Outbox, OutboxDepth, Settlement, SettlementOutcome, StoreError};
use sqlx::PgConnection;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use crate::PgUnit;
use crate::row::Columns;
use crate::slice::{Slice, storable_time};
use crate::wake::NOTIFY;

#[async_trait]
impl<C: DerefMut<Target = PgConnection> + Send> Outbox for PgUnit<C> {
    async fn append(&mut self, messages: &[OutboxMessage]) -> Result<(), StoreError> {
        if messages.is_empty() {
            return Ok(());
        }
        let slice = Slice::of(APPEND, messages)
            .uuid(|it| it.id.as_uuid())
            .code(|it| it.kind.code())
            .uuid(|it| it.batch_id.as_uuid())
            .bits(|it| it.version)
            .int(|it| it.ordinal)
            .text(|it| &it.key)
            .time(|it| it.created_at)
            .int(|it| it.attempts)
            .time(|it| it.available_at)
            .text(|it| &it.aggregate_type)
            .text(|it| &it.aggregate_id)
            .text(|it| &it.event_type)
            .text(|it| &it.topic)
            .document(|it| &it.headers)
            .bytes(|it| &it.payload);
        self.write("outbox.append", slice.query()).await?;
        for kind in [MessageKind::Event, MessageKind::Question] {
            if messages.iter().any(|it| it.kind == kind) {
                self.write("outbox.append", sqlx::query(NOTIFY).bind(kind.code())).await?;
            }
        }
        Ok(())
    }

    async fn withdraw(&mut self, comparisons: &[ComparisonId], batches: &[BatchId]) -> Result<(), StoreError> {
        if !comparisons.is_empty() {
            let query = sqlx::query(WITHDRAW).bind(crate::comparison::uuids(comparisons));
            self.write("outbox.withdraw", query).await?;
        }
        if !batches.is_empty() {
            let query = sqlx::query(WITHDRAW_BATCHES).bind(crate::batch::uuids(batches));
            self.write("outbox.withdraw", query).await?;
        }
        Ok(())
    }

    async fn claim(&mut self, claim: &Claim) -> Result<Vec<OutboxMessage>, StoreError> {
        let Claim { kind, limit, owner, now, lease, behind_parked } = claim;
        let until = now.checked_add_signed(*lease).unwrap_or(DateTime::<Utc>::MAX_UTC);
        let query = sqlx::query(CLAIM).bind(kind.code()).bind(i64::from(*limit)).bind(storable_time(*now));
        let query = query.bind(storable_time(until)).bind(owner.as_str());
        let query = query.bind(*behind_parked == BehindParked::Pass);
        let mut claimed = self.fetch(CLAIM_OPERATION, query, read).await?;
        Claim::put_in_order(&mut claimed);
        Ok(claimed)
    }

    async fn settle(&mut self, settlements: &[Settlement]) -> Result<(), StoreError> {
        let (mut sent, mut others) = (BTreeMap::<DateTime<Utc>, Vec<Uuid>>::new(), Vec::new());
        for it in settlements {
            match &it.outcome {
                SettlementOutcome::Sent { at } => sent.entry(*at).or_default().push(it.id.as_uuid()),
                SettlementOutcome::Retry { at, error } => others.push((it.id, Some(*at), None, error, 0_u32)),
                SettlementOutcome::Released { at, error } => others.push((it.id, Some(*at), None, error, 1)),
                SettlementOutcome::Parked { at, error } => others.push((it.id, None, Some(*at), error, 0)),
            }
        }
        for (at, ids) in sent {
            self.write(SETTLE_OPERATION, sqlx::query(SETTLE_SENT).bind(ids).bind(storable_time(at))).await?;
        }
        if others.is_empty() {
            return Ok(());
        }
        let slice = Slice::of(SETTLE, &others)
            .uuid(|(id, ..)| id.as_uuid())
            .optional_time(|(_, retry, ..)| *retry)
            .optional_time(|(_, _, parked, ..)| *parked)
            .text(|(.., error, _)| error)
            .int(|(.., untried)| *untried);
        self.write(SETTLE_OPERATION, slice.query()).await.map(drop)
    }

    async fn depth(&mut self, kind: MessageKind) -> Result<OutboxDepth, StoreError> {
        let rows = self.fetch("outbox.depth", sqlx::query(DEPTH).bind(kind.code()), read_depth).await?;
        Ok(rows.into_iter().next().unwrap_or_default())
    }
}

fn read(row: &PgRow) -> Result<OutboxMessage, StoreError> {
    read_message(&mut Columns::new(row, CLAIM_OPERATION, "event_outbox_messages", 1))
}

/// The columns of a message, in the order in which every statement names them.
pub(crate) fn read_message(columns: &mut Columns<'_>) -> Result<OutboxMessage, StoreError> {
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
        payload: columns.bytes()?,
    })
}

fn read_depth(row: &PgRow) -> Result<OutboxDepth, StoreError> {
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

const APPEND: &str = "
WITH waiting AS (
    INSERT INTO event_outbox_waiting (id, kind, batch_id, version, ordinal, event_key, created_at, attempts,
        next_attempt_at)
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::bigint[], $5::bigint[], $6::text[], $7::timestamptz[],
        $8::bigint[], $9::timestamptz[]))
INSERT INTO event_outbox_messages (id, kind, batch_id, version, ordinal, event_key, created_at, aggregate_type,
    aggregate_id, event_type, topic, headers, event_data)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::bigint[], $5::bigint[], $6::text[], $7::timestamptz[],
    $10::text[], $11::text[], $12::text[], $13::text[], $14::json[], $15::bytea[])";

/// A question that is there waits: once it is sent it is deleted. What waits goes first, here as everywhere: whoever holds the
/// lock on that has the message.
const WITHDRAW: &str = "
WITH gone AS MATERIALIZED (
    DELETE FROM event_outbox_waiting WHERE kind = 'question' AND id = ANY ($1::uuid[]) RETURNING id)
DELETE FROM event_outbox_messages WHERE id = ANY (ARRAY(SELECT gone.id FROM gone))";

const WITHDRAW_BATCHES: &str = "
WITH gone AS MATERIALIZED (
    DELETE FROM event_outbox_waiting WHERE id = ANY (ARRAY(
        SELECT it.id FROM event_outbox_messages AS it WHERE it.kind = 'question' AND it.batch_id = ANY ($1::uuid[])))
    RETURNING id)
DELETE FROM event_outbox_messages WHERE id = ANY (ARRAY(SELECT gone.id FROM gone))";

/// A lane is what waits under one key. The oldest lanes whose head may leave are found first, at most as many as messages
/// are wanted; of each, what follows the head without a gap may leave with it. A message counts as no older than the one
/// before it, so that the limit never leaves a gap either; equal ages leave in the order in which they were put out.
///
/// Whoever holds the lock on a head has its lane: another relay passes over it, and finds it leased afterwards. Each step is
/// written so that it can only be done lane by lane and row by row, through an index, whatever the planner thinks of the table.
/// That a row is the head of its lane is asked by a CASE, of which the planner thinks that half of the rows pass: as a bare
/// condition it passes for one of all of them, and then the whole outbox is read and sorted for every claim.
const CLAIM: &str = "
WITH heads AS MATERIALIZED (
    SELECT head.event_key FROM event_outbox_waiting AS head
    WHERE head.kind = $1::text AND head.parked_at IS NULL
        AND head.next_attempt_at <= $3::timestamptz AND coalesce(head.leased_until, '-infinity') <= $3::timestamptz
        AND CASE WHEN head.id = (
            SELECT first.id FROM event_outbox_waiting AS first
            WHERE first.kind = $1::text AND first.event_key = head.event_key
                AND NOT ($6::boolean AND first.parked_at IS NOT NULL)
            ORDER BY first.kind, first.event_key, first.batch_id, first.version, first.ordinal, first.id LIMIT 1)
            THEN true ELSE false END
    ORDER BY head.created_at, head.batch_id, head.version, head.ordinal, head.id LIMIT $2::bigint
    FOR NO KEY UPDATE OF head SKIP LOCKED),
chosen AS (
    SELECT lane.id FROM (
        SELECT it.id, it.batch_id, it.version, it.ordinal, max(it.created_at) OVER lane AS age,
            bool_or(it.parked_at IS NOT NULL OR it.next_attempt_at > $3::timestamptz
                OR coalesce(it.leased_until, '-infinity') > $3::timestamptz) OVER lane AS held
        FROM heads CROSS JOIN event_outbox_waiting AS it
        WHERE it.kind = $1::text AND it.event_key = heads.event_key AND NOT ($6::boolean AND it.parked_at IS NOT NULL)
        WINDOW lane AS (PARTITION BY heads.event_key ORDER BY it.batch_id, it.version, it.ordinal, it.id)) AS lane
    WHERE NOT lane.held ORDER BY lane.age, lane.batch_id, lane.version, lane.ordinal, lane.id LIMIT $2::bigint),
claimed AS (
    UPDATE event_outbox_waiting SET attempts = attempts + 1, lease_owner = $5::text, leased_until = $4::timestamptz
    WHERE id = ANY (ARRAY(SELECT chosen.id FROM chosen)) RETURNING id, next_attempt_at, attempts)
SELECT it.id, it.kind, it.batch_id, it.version, it.ordinal, it.aggregate_type, it.aggregate_id, it.event_type, it.topic,
    it.event_key, it.created_at, claimed.next_attempt_at, claimed.attempts, it.headers, it.event_data
FROM claimed CROSS JOIN LATERAL (SELECT * FROM event_outbox_messages AS message WHERE message.id = claimed.id) AS it";

/// Events move to where what was sent is kept; questions are deleted. What does not wait any more is passed over.
const SETTLE_SENT: &str = "
WITH gone AS MATERIALIZED (
    DELETE FROM event_outbox_waiting WHERE id = ANY ($1::uuid[]) RETURNING id, kind, attempts, next_attempt_at),
asked AS (
    DELETE FROM event_outbox_messages WHERE id = ANY (ARRAY(SELECT gone.id FROM gone WHERE gone.kind = 'question')))
INSERT INTO event_outbox_sent (id, attempts, next_attempt_at, published_at)
SELECT id, attempts, next_attempt_at, $2::timestamptz FROM gone WHERE kind = 'event'";

const SETTLE: &str = "
UPDATE event_outbox_waiting AS it SET next_attempt_at = coalesce(new.retry_at, it.next_attempt_at),
    parked_at = new.parked_at, last_error = new.error, attempts = greatest(it.attempts - new.untried, 0),
    lease_owner = NULL, leased_until = NULL
FROM unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::text[], $5::bigint[])
    AS new (id, retry_at, parked_at, error, untried)
WHERE it.id = new.id";

/// Only the first unsent message of a key can be next; behind a parked one there is none.
pub(crate) const DEPTH: &str = "
SELECT count(*) FILTER (WHERE parked_at IS NULL) AS pending, count(*) FILTER (WHERE parked_at IS NOT NULL) AS parked,
    min(created_at) FILTER (WHERE parked_at IS NULL) AS oldest,
    min(greatest(next_attempt_at, leased_until)) FILTER (WHERE parked_at IS NULL AND NOT EXISTS (
        SELECT 1 FROM event_outbox_waiting AS earlier
        WHERE earlier.kind = it.kind AND earlier.event_key = it.event_key
            AND (earlier.batch_id, earlier.version, earlier.ordinal, earlier.id)
                < (it.batch_id, it.version, it.ordinal, it.id)
    )) AS next_at
FROM event_outbox_waiting AS it WHERE kind = $1::text";

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[APPEND, WITHDRAW, WITHDRAW_BATCHES, CLAIM, SETTLE_SENT, SETTLE, DEPTH];
