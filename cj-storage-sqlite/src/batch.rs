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
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteRow;

use crate::SqliteUnit;
use crate::row::Columns;
use crate::slice::Slice;
use crate::time::time_text;

#[async_trait]
impl<C: DerefMut<Target = SqliteConnection> + Send> BatchRepository for SqliteUnit<C> {
    async fn insert(&mut self, batches: &[&BatchRecord]) -> Result<(), StoreError> {
        if batches.is_empty() {
            return Ok(());
        }
        let slice = Slice::of(batches, |row, batch| {
            put_header(row, &batch.header);
            put_state(row, &batch.state);
        });
        self.write("batch.insert", INSERT, slice).await.map(drop)
    }

    async fn lock(&mut self, ids: &[BatchId]) -> Result<Vec<BatchRecord>, StoreError> {
        self.require_write("batch.lock")?;
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        // The transaction is the only writer: what it read stays as it is.
        let query = sqlx::query(LOCK).bind(Slice::of_ids(ids.iter().map(|id| id.as_uuid())));
        self.fetch("batch.lock", query, |row| read(row, "batch.lock")).await
    }

    async fn lock_of(&mut self, comparisons: &[ComparisonId]) -> Result<Vec<BatchRecord>, StoreError> {
        self.require_write("batch.lock_of")?;
        if comparisons.is_empty() {
            return Ok(Vec::new());
        }
        let query = sqlx::query(LOCK_OF).bind(Slice::of_ids(comparisons.iter().map(|id| id.as_uuid())));
        self.fetch("batch.lock_of", query, |row| read(row, "batch.lock_of")).await
    }

    async fn update(&mut self, updates: &[&BatchUpdate]) -> Result<(), StoreError> {
        if updates.is_empty() {
            return Ok(());
        }
        let met = self.write("batch.update", UPDATE, states(updates)).await?;
        self.require_all("batch.update", updates.len(), met)
    }

    async fn due(&mut self, before: DateTime<Utc>, limit: u32) -> Result<Vec<BatchId>, StoreError> {
        let query = sqlx::query(DUE).bind(time_text(before)).bind(limit);
        self.fetch("batch.due", query, |row| Columns::new(row, "batch.due", TABLE, 1).uuid().map(BatchId::new)).await
    }

    async fn find(&mut self, query: &BatchQuery) -> Result<Vec<BatchRecord>, StoreError> {
        let query = match query {
            BatchQuery::Id(id) => sqlx::query(FIND_ID).bind(id.to_string()),
            BatchQuery::BosBatchId(name) => sqlx::query(FIND_BOS_BATCH_ID).bind(name.clone()),
            BatchQuery::Newest { limit } => sqlx::query(FIND_NEWEST).bind(*limit),
            other => {
                return Err(StoreError::new(cj_core::store::ErrorKind::Unsupported, "batch.find")
                    .with_source(format!("a query that this store does not know: {other:?}")));
            }
        };
        self.fetch("batch.find", query, |row| read(row, "batch.find")).await
    }
}

/// New states, as [`UPDATE`] takes them.
pub(crate) fn states(updates: &[&BatchUpdate]) -> String {
    Slice::of(updates, |row, update| {
        row.uuid(update.id.as_uuid()).bits(update.expected_version);
        put_state(row, &update.state);
    })
}

fn put_header(row: &mut Slice, header: &BatchHeader) {
    row.uuid(header.id.as_uuid()).uuid(header.event_id.as_uuid()).text(&header.bos_batch_id);
    row.uuid(header.correlation_id).document(&header.settings).document(&header.request).bits(header.seed);
    row.text(&header.course_code).text(&header.language).optional(header.assignment_id.as_deref(), Slice::text);
    row.text(&header.user_id).optional(header.org_id.as_deref(), Slice::text).time(header.created_at);
}

fn put_state(row: &mut Slice, state: &BatchState) {
    let Counters {
        budget,
        questions,
        planned,
        withdrawn,
        asked,
        questions_asked,
        decided,
        repeats,
        failed,
        retryable,
        retried,
        rescued,
    } = state.counters;
    row.bits(state.version).text(state.phase.name()).optional(state.phase.reason(), Slice::text);
    row.int(budget).int(questions).int(planned).int(withdrawn).int(asked).int(questions_asked);
    row.int(decided).int(repeats).int(failed).int(retryable).int(retried).int(rescued);
    let WaveProgress { number, questions, decided, failed, threshold_reached_at } = state.wave;
    row.int(number).int(questions).int(decided).int(failed).optional(threshold_reached_at, Slice::time);
    row.flag(state.partial_scoring_triggered).int(state.reliability_judged_at);
    row.optional(state.lease.as_ref(), |row, lease| row.text(lease.owner.as_str()));
    row.optional(state.lease.as_ref(), |row, lease| row.time(lease.until));
    row.time(state.last_activity_at).optional(state.next_deadline, Slice::time);
    row.optional(state.completed_at, Slice::time).optional(state.result.as_deref(), Slice::document);
    row.time(state.phase_since);
}

fn read(row: &SqliteRow, operation: &'static str) -> Result<BatchRecord, StoreError> {
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
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
    value ->> 8, value ->> 9, value ->> 10, value ->> 11, value ->> 12, value ->> 13, value ->> 14, value ->> 15,
    value ->> 16, value ->> 17, value ->> 18, value ->> 19, value ->> 20, value ->> 21, value ->> 22, value ->> 23,
    value ->> 24, value ->> 25, value ->> 26, value ->> 27, value ->> 28, value ->> 29, value ->> 30, value ->> 31,
    value ->> 32, value ->> 33, value ->> 34, value ->> 35, value ->> 36, value ->> 37, value ->> 38, value ->> 39,
    value ->> 40, value ->> 41
FROM jsonb_each(?1)";

const LOCK: &str = select!("WHERE id IN (SELECT value FROM json_each(?1)) ORDER BY id");

const LOCK_OF: &str = select!(
    "WHERE id IN (
        SELECT home.batch_id FROM json_each(?1) AS wanted CROSS JOIN cj_comparisons AS home WHERE home.id = wanted.value)
    ORDER BY id"
);

/// All rows or none: the count comes first, and a single row that is not as expected makes every row miss.
pub(crate) const UPDATE: &str = "
UPDATE cj_batches SET version = new.value ->> 2, phase = new.value ->> 3, reason = new.value ->> 4,
    budget = new.value ->> 5, questions = new.value ->> 6, planned = new.value ->> 7, withdrawn = new.value ->> 8,
    asked = new.value ->> 9, questions_asked = new.value ->> 10, decided = new.value ->> 11,
    repeats = new.value ->> 12, failed = new.value ->> 13, retryable = new.value ->> 14, retried = new.value ->> 15,
    rescued = new.value ->> 16, wave = new.value ->> 17, wave_questions = new.value ->> 18,
    wave_decided = new.value ->> 19, wave_failed = new.value ->> 20, wave_threshold_reached_at = new.value ->> 21,
    partial_scoring_triggered = new.value ->> 22, reliability_judged_at = new.value ->> 23,
    lease_owner = new.value ->> 24, lease_until = new.value ->> 25, last_activity_at = new.value ->> 26,
    next_deadline = new.value ->> 27, completed_at = new.value ->> 28, result = new.value ->> 29,
    phase_since = new.value ->> 30
FROM jsonb_each(?1) AS new
WHERE cj_batches.id = new.value ->> 0 AND cj_batches.version = new.value ->> 1
    AND json_array_length(?1) = (
        SELECT count(*) FROM jsonb_each(?1) AS expected
        CROSS JOIN cj_batches AS stored
        WHERE stored.id = expected.value ->> 0 AND stored.version = expected.value ->> 1)";

const DUE: &str = "
SELECT id FROM cj_batches WHERE next_deadline IS NOT NULL AND next_deadline <= ?1 ORDER BY next_deadline, id LIMIT ?2";

const FIND_ID: &str = select!("WHERE id = ?1");
const FIND_BOS_BATCH_ID: &str = select!("WHERE bos_batch_id = ?1 ORDER BY created_at DESC, id");
const FIND_NEWEST: &str = select!("ORDER BY created_at DESC, id LIMIT ?1");

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[INSERT, LOCK, LOCK_OF, UPDATE, DUE, FIND_ID, FIND_BOS_BATCH_ID, FIND_NEWEST];
