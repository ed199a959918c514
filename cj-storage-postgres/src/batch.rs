//! Batches.

use std::ops::DerefMut;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use cj_core::change::{
    BatchHeader, BatchRecord, BatchState, BatchUpdate, Counters, Lease, Phase, RequestSnapshot, WaveProgress,
};
use cj_core::config::Settings;
use cj_core::id::{BatchId, ComparisonId, EventId, WorkerId};
use cj_core::store::{BatchQuery, BatchRepository, StoreError};
use sqlx::PgConnection;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use crate::PgUnit;
use crate::row::Columns;
use crate::slice::{Slice, storable_time};

#[async_trait]
impl<C: DerefMut<Target = PgConnection> + Send> BatchRepository for PgUnit<C> {
    async fn insert(&mut self, batches: &[&BatchRecord]) -> Result<(), StoreError> {
        if batches.is_empty() {
            return Ok(());
        }
        let slice = put_state(put_header(Slice::of(INSERT, batches), |it| &it.header), |it| &it.state);
        self.write("batch.insert", slice.query()).await.map(drop)
    }

    async fn lock(&mut self, ids: &[BatchId]) -> Result<Vec<BatchRecord>, StoreError> {
        self.require_write("batch.lock")?;
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let query = sqlx::query(LOCK).bind(uuids(ids));
        self.fetch("batch.lock", query, |row| read(row, "batch.lock")).await
    }

    async fn lock_of(&mut self, comparisons: &[ComparisonId]) -> Result<Vec<BatchRecord>, StoreError> {
        self.require_write("batch.lock_of")?;
        if comparisons.is_empty() {
            return Ok(Vec::new());
        }
        let query = sqlx::query(LOCK_OF).bind(crate::comparison::uuids(comparisons));
        self.fetch("batch.lock_of", query, |row| read(row, "batch.lock_of")).await
    }

    async fn update(&mut self, updates: &[&BatchUpdate]) -> Result<(), StoreError> {
        if updates.is_empty() {
            return Ok(());
        }
        let slice = put_update(Slice::of(UPDATE, updates));
        self.write_all("batch.update", slice.query(), updates.len()).await
    }

    async fn due(&mut self, before: DateTime<Utc>, limit: u32) -> Result<Vec<BatchId>, StoreError> {
        let query = sqlx::query(DUE).bind(storable_time(before)).bind(i64::from(limit));
        self.fetch("batch.due", query, |row| Columns::new(row, "batch.due", TABLE, 1).uuid().map(BatchId::new)).await
    }

    async fn find(&mut self, query: &BatchQuery) -> Result<Vec<BatchRecord>, StoreError> {
        let query = match query {
            BatchQuery::Id(id) => sqlx::query(FIND_ID).bind(id.as_uuid()),
            BatchQuery::BosBatchId(name) => sqlx::query(FIND_BOS_BATCH_ID).bind(name.as_str()),
            BatchQuery::Newest { limit } => sqlx::query(FIND_NEWEST).bind(i64::from(*limit)),
            other => {
                return Err(StoreError::new(cj_core::store::ErrorKind::Unsupported, "batch.find")
                    .with_source(format!("a query that this store does not know: {other:?}")));
            }
        };
        self.fetch("batch.find", query, |row| read(row, "batch.find")).await
    }
}

/// The ids of batches as a parameter.
pub(crate) fn uuids(ids: &[BatchId]) -> Vec<Uuid> {
    ids.iter().map(|id| id.as_uuid()).collect()
}

/// New states, as [`UPDATE`] takes them.
pub(crate) fn put_update<'r>(slice: Slice<'r, &'r BatchUpdate>) -> Slice<'r, &'r BatchUpdate> {
    put_state(slice.uuid(|it| it.id.as_uuid()).bits(|it| it.expected_version), |it| &it.state)
}

fn put_header<'r, T>(slice: Slice<'r, T>, header: impl Fn(&'r T) -> &'r BatchHeader) -> Slice<'r, T> {
    slice
        .uuid(|it| header(it).id.as_uuid())
        .uuid(|it| header(it).event_id.as_uuid())
        .text(|it| &header(it).bos_batch_id)
        .uuid(|it| header(it).correlation_id)
        .document(|it| &header(it).settings)
        .document(|it| &header(it).request)
        .bits(|it| header(it).seed)
        .text(|it| &header(it).course_code)
        .text(|it| &header(it).language)
        .optional_text(|it| header(it).assignment_id.as_deref())
        .text(|it| &header(it).user_id)
        .optional_text(|it| header(it).org_id.as_deref())
        .time(|it| header(it).created_at)
}

fn put_state<'r, T>(slice: Slice<'r, T>, state: impl Fn(&'r T) -> &'r BatchState) -> Slice<'r, T> {
    let slice = slice
        .bits(|it| state(it).version)
        .code(|it| state(it).phase.name())
        .optional_code(|it| state(it).phase.reason());
    let slice = put_wave(put_counters(slice, |it| &state(it).counters), |it| &state(it).wave);
    slice
        .flag(|it| state(it).partial_scoring_triggered)
        .int(|it| state(it).reliability_judged_at)
        .optional_text(|it| state(it).lease.as_ref().map(|lease| lease.owner.as_str()))
        .optional_time(|it| state(it).lease.as_ref().map(|lease| lease.until))
        .time(|it| state(it).last_activity_at)
        .optional_time(|it| state(it).next_deadline)
        .optional_time(|it| state(it).completed_at)
        .optional_document(|it| state(it).result.as_deref())
        .time(|it| state(it).phase_since)
}

fn put_counters<'r, T>(slice: Slice<'r, T>, counters: impl Fn(&'r T) -> &'r Counters) -> Slice<'r, T> {
    slice
        .int(|it| counters(it).budget)
        .int(|it| counters(it).questions)
        .int(|it| counters(it).planned)
        .int(|it| counters(it).withdrawn)
        .int(|it| counters(it).asked)
        .int(|it| counters(it).questions_asked)
        .int(|it| counters(it).decided)
        .int(|it| counters(it).repeats)
        .int(|it| counters(it).failed)
        .int(|it| counters(it).retryable)
        .int(|it| counters(it).retried)
        .int(|it| counters(it).rescued)
}

fn put_wave<'r, T>(slice: Slice<'r, T>, wave: impl Fn(&'r T) -> &'r WaveProgress) -> Slice<'r, T> {
    slice
        .int(|it| wave(it).number)
        .int(|it| wave(it).questions)
        .int(|it| wave(it).decided)
        .int(|it| wave(it).failed)
        .optional_time(|it| wave(it).threshold_reached_at)
}

fn read(row: &PgRow, operation: &'static str) -> Result<BatchRecord, StoreError> {
    let mut columns = Columns::new(row, operation, TABLE, 1);
    let header = Arc::new(read_header(&mut columns)?);
    let state = read_state(&mut columns)?;
    Ok(BatchRecord { header, state })
}

fn read_header(columns: &mut Columns<'_>) -> Result<BatchHeader, StoreError> {
    Ok(BatchHeader {
        id: columns.uuid().map(BatchId::new)?,
        event_id: columns.uuid().map(EventId::new)?,
        bos_batch_id: columns.string()?,
        correlation_id: columns.uuid()?,
        settings: columns.document::<Settings>()?,
        request: columns.document::<RequestSnapshot>()?,
        seed: columns.bits()?,
        course_code: columns.string()?,
        language: columns.string()?,
        assignment_id: columns.optional_string()?,
        user_id: columns.string()?,
        org_id: columns.optional_string()?,
        created_at: columns.time()?,
    })
}

fn read_state(columns: &mut Columns<'_>) -> Result<BatchState, StoreError> {
    Ok(BatchState {
        version: columns.bits()?,
        phase: {
            let name = columns.text()?;
            let reason = columns.optional_text()?;
            Phase::parse(name, reason).map_err(|unknown| columns.corrupt(unknown.to_string()))?
        },
        counters: Counters {
            budget: columns.int()?,
            questions: columns.int()?,
            planned: columns.int()?,
            withdrawn: columns.int()?,
            asked: columns.int()?,
            questions_asked: columns.int()?,
            decided: columns.int()?,
            repeats: columns.int()?,
            failed: columns.int()?,
            retryable: columns.int()?,
            retried: columns.int()?,
            rescued: columns.int()?,
        },
        wave: WaveProgress {
            number: columns.int()?,
            questions: columns.int()?,
            decided: columns.int()?,
            failed: columns.int()?,
            threshold_reached_at: columns.optional_time()?,
        },
        partial_scoring_triggered: columns.flag()?,
        reliability_judged_at: columns.int()?,
        lease: {
            let owner = columns.optional_parse(WorkerId::new)?;
            let until = columns.optional_time()?;
            owner.zip(until).map(|(owner, until)| Lease { owner, until })
        },
        last_activity_at: columns.time()?,
        next_deadline: columns.optional_time()?,
        completed_at: columns.optional_time()?,
        result: columns.optional_document()?.map(Arc::new),
        phase_since: columns.time()?,
    })
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, event_id, bos_batch_id, correlation_id, settings, request, seed, course_code, language, \
             assignment_id, user_id, org_id, created_at, version, phase, reason, budget, questions, planned, withdrawn, \
             asked, questions_asked, decided, repeats, failed, retryable, retried, rescued, wave, wave_questions, \
             wave_decided, wave_failed, wave_threshold_reached_at, partial_scoring_triggered, reliability_judged_at, \
             lease_owner, lease_until, last_activity_at, next_deadline, completed_at, result, phase_since \
             FROM cj_batches ",
            $rest
        )
    };
}

const TABLE: &str = "cj_batches";

const INSERT: &str = "
INSERT INTO cj_batches (id, event_id, bos_batch_id, correlation_id, settings, request, seed, course_code, language,
    assignment_id, user_id, org_id, created_at, version, phase, reason, budget, questions, planned, withdrawn,
    asked, questions_asked, decided, repeats, failed, retryable, retried, rescued, wave, wave_questions,
    wave_decided, wave_failed, wave_threshold_reached_at, partial_scoring_triggered, reliability_judged_at,
    lease_owner, lease_until, last_activity_at, next_deadline, completed_at, result, phase_since)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::json[], $6::json[], $7::bigint[], $8::text[],
    $9::text[], $10::text[], $11::text[], $12::text[], $13::timestamptz[], $14::bigint[], $15::text[], $16::text[],
    $17::bigint[], $18::bigint[], $19::bigint[], $20::bigint[], $21::bigint[], $22::bigint[], $23::bigint[],
    $24::bigint[], $25::bigint[], $26::bigint[], $27::bigint[], $28::bigint[], $29::bigint[], $30::bigint[],
    $31::bigint[], $32::bigint[], $33::timestamptz[], $34::boolean[], $35::bigint[], $36::text[], $37::timestamptz[],
    $38::timestamptz[], $39::timestamptz[], $40::timestamptz[], $41::json[],
    $42::timestamptz[])";

/// In order of id, so that two units wait for each other in one direction only.
const LOCK: &str = select!("WHERE id = ANY ($1::uuid[]) ORDER BY id FOR NO KEY UPDATE");

/// As [`LOCK`], of the batches that comparisons name.
const LOCK_OF: &str = select!(
    "WHERE id = ANY (ARRAY(
        SELECT DISTINCT home.batch_id FROM cj_comparisons AS home WHERE home.id = ANY ($1::uuid[])))
    ORDER BY id FOR NO KEY UPDATE"
);

pub(crate) const UPDATE: &str = "
UPDATE cj_batches AS it SET version = new.version, phase = new.phase, reason = new.reason, budget = new.budget,
    questions = new.questions, planned = new.planned, withdrawn = new.withdrawn, asked = new.asked,
    questions_asked = new.questions_asked, decided = new.decided, repeats = new.repeats, failed = new.failed,
    retryable = new.retryable, retried = new.retried, rescued = new.rescued, wave = new.wave,
    wave_questions = new.wave_questions, wave_decided = new.wave_decided, wave_failed = new.wave_failed,
    wave_threshold_reached_at = new.wave_threshold_reached_at,
    partial_scoring_triggered = new.partial_scoring_triggered, reliability_judged_at = new.reliability_judged_at,
    lease_owner = new.lease_owner, lease_until = new.lease_until, last_activity_at = new.last_activity_at,
    next_deadline = new.next_deadline, completed_at = new.completed_at, result = new.result,
    phase_since = new.phase_since
FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[],
    $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[], $15::bigint[],
    $16::bigint[], $17::bigint[], $18::bigint[], $19::bigint[], $20::bigint[], $21::bigint[], $22::timestamptz[],
    $23::boolean[], $24::bigint[], $25::text[], $26::timestamptz[], $27::timestamptz[], $28::timestamptz[],
    $29::timestamptz[], $30::json[], $31::timestamptz[])
    AS new (id, expected, version, phase, reason, budget, questions, planned, withdrawn, asked, questions_asked,
        decided, repeats, failed, retryable, retried, rescued, wave, wave_questions, wave_decided, wave_failed,
        wave_threshold_reached_at, partial_scoring_triggered, reliability_judged_at, lease_owner, lease_until,
        last_activity_at, next_deadline, completed_at, result, phase_since)
WHERE it.id = new.id AND it.version = new.expected";

const DUE: &str = "
SELECT id FROM cj_batches WHERE next_deadline IS NOT NULL AND next_deadline <= $1::timestamptz
ORDER BY next_deadline, id LIMIT $2::bigint";

const FIND_ID: &str = select!("WHERE id = $1::uuid");
const FIND_BOS_BATCH_ID: &str = select!("WHERE bos_batch_id = $1::text ORDER BY created_at DESC, id");
const FIND_NEWEST: &str = select!("ORDER BY created_at DESC, id LIMIT $1::bigint");

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[INSERT, LOCK, LOCK_OF, UPDATE, DUE, FIND_ID, FIND_BOS_BATCH_ID, FIND_NEWEST];
