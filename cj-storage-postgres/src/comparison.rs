//! Comparisons.

use std::ops::DerefMut;

use async_trait::async_trait;
use cj_core::change::{ComparisonRecord, ComparisonState, Winner};
use cj_core::config::Strategy;
use cj_core::event::ErrorCode;
use cj_core::id::{BatchId, ComparisonId, EssayId, JudgeId};
use cj_core::store::{ComparisonQuery, ComparisonRepository, ErrorKind, StoreError};
use sqlx::PgConnection;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use crate::PgUnit;
use crate::row::Columns;
use crate::slice::Slice;

#[async_trait]
impl<C: DerefMut<Target = PgConnection> + Send> ComparisonRepository for PgUnit<C> {
    async fn insert(&mut self, comparisons: &[&ComparisonRecord]) -> Result<(), StoreError> {
        if comparisons.is_empty() {
            return Ok(());
        }
        let slice = Slice::of(INSERT, comparisons)
            .uuid(|it| it.id.as_uuid())
            .uuid(|it| it.batch_id.as_uuid())
            .int(|it| it.wave)
            .int(|it| it.ordinal)
            .int(|it| it.attempt)
            .optional_uuid(|it| it.retry_of.map(ComparisonId::as_uuid))
            .text(|it| it.essay_a.as_str())
            .text(|it| it.essay_b.as_str())
            .optional_text(|it| it.judge_id.as_ref().map(JudgeId::as_str))
            .code(|it| it.mode.as_str());
        let slice = put_state(slice).time(|it| it.planned_at);
        self.write("comparison.insert", slice.query()).await.map(drop)
    }

    async fn update(&mut self, comparisons: &[&ComparisonRecord]) -> Result<(), StoreError> {
        if comparisons.is_empty() {
            return Ok(());
        }
        let slice = put_update(Slice::of(UPDATE, comparisons));
        self.write_all("comparison.update", slice.query(), comparisons.len()).await
    }

    async fn load(&mut self, query: &ComparisonQuery) -> Result<Vec<ComparisonRecord>, StoreError> {
        let query = match query {
            ComparisonQuery::All(batch) => sqlx::query(LOAD_ALL).bind(batch.as_uuid()),
            ComparisonQuery::Open(batch) => sqlx::query(LOAD_OPEN).bind(vec![batch.as_uuid()]),
            ComparisonQuery::OpenOf(batches) if batches.is_empty() => return Ok(Vec::new()),
            ComparisonQuery::OpenOf(batches) => sqlx::query(LOAD_OPEN).bind(crate::batch::uuids(batches)),
            ComparisonQuery::WithSiblings(ids) if ids.is_empty() => return Ok(Vec::new()),
            ComparisonQuery::WithSiblings(ids) => sqlx::query(LOAD_WITH_SIBLINGS).bind(uuids(ids)),
            other => {
                return Err(StoreError::new(ErrorKind::Unsupported, "comparison.load")
                    .with_source(format!("a query that this store does not know: {other:?}")));
            }
        };
        self.fetch("comparison.load", query, read).await
    }

    async fn cancel_open(&mut self, batches: &[BatchId]) -> Result<(), StoreError> {
        if batches.is_empty() {
            return Ok(());
        }
        let query = sqlx::query(CANCEL_OPEN).bind(crate::batch::uuids(batches));
        self.write("comparison.cancel_open", query).await.map(drop)
    }
}

/// The ids of comparisons as a parameter.
pub(crate) fn uuids(ids: &[ComparisonId]) -> Vec<Uuid> {
    ids.iter().map(|id| id.as_uuid()).collect()
}

/// New states, as [`UPDATE`] takes them.
pub(crate) fn put_update<'r>(slice: Slice<'r, &'r ComparisonRecord>) -> Slice<'r, &'r ComparisonRecord> {
    put_state(slice.uuid(|it| it.id.as_uuid()))
}

fn put_state<'r>(slice: Slice<'r, &'r ComparisonRecord>) -> Slice<'r, &'r ComparisonRecord> {
    slice
        .code(|it| it.state.code())
        .optional_code(|it| it.verdict.map(Winner::code))
        .optional_text(|it| it.error_code.as_ref().map(ErrorCode::as_str))
        .int(|it| it.decisions)
        .optional_time(|it| it.asked_at)
        .time(|it| it.deadline)
}

fn read(row: &PgRow) -> Result<ComparisonRecord, StoreError> {
    let mut columns = Columns::new(row, "comparison.load", "cj_comparisons", 1);
    Ok(ComparisonRecord {
        id: columns.uuid().map(ComparisonId::new)?,
        batch_id: columns.uuid().map(BatchId::new)?,
        wave: columns.int()?,
        ordinal: columns.int()?,
        attempt: columns.int()?,
        retry_of: columns.optional_uuid()?.map(ComparisonId::new),
        essay_a: columns.parse(EssayId::new)?,
        essay_b: columns.parse(EssayId::new)?,
        judge_id: columns.optional_parse(JudgeId::new)?,
        mode: columns.parse(str::parse::<Strategy>)?,
        state: columns.parse(ComparisonState::parse)?,
        verdict: columns.optional_parse(Winner::parse)?,
        error_code: columns.optional_parse(ErrorCode::try_from)?,
        decisions: columns.int()?,
        asked_at: columns.optional_time()?,
        deadline: columns.time()?,
        planned_at: columns.time()?,
    })
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT it.id, it.batch_id, it.wave, it.ordinal, it.attempt, it.retry_of, it.essay_a, it.essay_b, it.judge_id, \
             it.mode, it.state, it.verdict, it.error_code, it.decisions, it.asked_at, it.deadline, it.planned_at ",
            $rest,
            " ORDER BY it.batch_id, it.wave, it.ordinal, it.attempt"
        )
    };
}

const INSERT: &str = "
INSERT INTO cj_comparisons (id, batch_id, wave, ordinal, attempt, retry_of, essay_a, essay_b, judge_id, mode, state,
    verdict, error_code, decisions, asked_at, deadline, planned_at)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[], $6::uuid[], $7::text[], $8::text[],
    $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::bigint[], $15::timestamptz[],
    $16::timestamptz[], $17::timestamptz[])";

pub(crate) const UPDATE: &str = "
UPDATE cj_comparisons AS it SET state = new.state, verdict = new.verdict, error_code = new.error_code,
    decisions = new.decisions, asked_at = new.asked_at, deadline = new.deadline
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::timestamptz[], $7::timestamptz[])
    AS new (id, state, verdict, error_code, decisions, asked_at, deadline)
WHERE it.id = new.id";

const LOAD_ALL: &str = select!("FROM cj_comparisons AS it WHERE it.batch_id = $1::uuid");

/// Batch by batch, so that the index gives each one's questions in order.
const LOAD_OPEN: &str = select!(
    "FROM (SELECT DISTINCT id FROM unnest($1::uuid[]) AS given (id)) AS wanted CROSS JOIN LATERAL (
        SELECT *, bool_or(one.state IN ('planned', 'asked')) OVER (PARTITION BY one.wave, one.ordinal) AS is_open
        FROM cj_comparisons AS one WHERE one.batch_id = wanted.id OFFSET 0) AS it WHERE it.is_open"
);

/// Each question's attempts are looked up by themselves: `OFFSET` keeps the planner from thinking of another way.
const LOAD_WITH_SIBLINGS: &str = select!(
    "FROM (SELECT DISTINCT batch_id, wave, ordinal FROM cj_comparisons WHERE id = ANY ($1::uuid[])) AS asked
    CROSS JOIN LATERAL (
        SELECT * FROM cj_comparisons AS one
        WHERE one.batch_id = asked.batch_id AND one.wave = asked.wave AND one.ordinal = asked.ordinal OFFSET 0) AS it"
);

const CANCEL_OPEN: &str = "
UPDATE cj_comparisons SET state = 'cancelled'
WHERE state IN ('planned', 'asked') AND batch_id = ANY ($1::uuid[])";

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[INSERT, UPDATE, LOAD_ALL, LOAD_OPEN, LOAD_WITH_SIBLINGS, CANCEL_OPEN];
