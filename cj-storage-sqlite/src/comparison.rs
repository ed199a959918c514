//! Comparisons.

use std::ops::DerefMut;

use async_trait::async_trait;
use cj_core::change::{ComparisonRecord, ComparisonState, Winner};
use cj_core::config::Strategy;
use cj_core::event::ErrorCode;
use cj_core::id::{BatchId, ComparisonId, EssayId, JudgeId};
use cj_core::store::{ComparisonQuery, ComparisonRepository, ErrorKind, StoreError};
use sqlx::SqliteConnection;

use crate::SqliteUnit;
use crate::cells::Cell;
use crate::row::Columns;
use crate::slice::Slice;

#[async_trait]
impl<C: DerefMut<Target = SqliteConnection> + Send> ComparisonRepository for SqliteUnit<C> {
    async fn insert(&mut self, comparisons: &[&ComparisonRecord]) -> Result<(), StoreError> {
        if comparisons.is_empty() {
            return Ok(());
        }
        let slice = Slice::of(comparisons, |row, it| {
            row.uuid(it.id.as_uuid()).uuid(it.batch_id.as_uuid()).int(it.wave).int(it.ordinal).int(it.attempt);
            row.optional(it.retry_of, |row, id| row.uuid(id.as_uuid()));
            row.text(it.essay_a.as_str()).text(it.essay_b.as_str());
            row.optional(it.judge_id.as_ref(), |row, id| row.text(id.as_str())).code(&it.mode);
            put_state(row, it);
            row.time(it.planned_at);
        });
        self.write("comparison.insert", INSERT, slice).await.map(drop)
    }

    async fn update(&mut self, comparisons: &[&ComparisonRecord]) -> Result<(), StoreError> {
        if comparisons.is_empty() {
            return Ok(());
        }
        let met = self.write("comparison.update", UPDATE, states(comparisons)).await?;
        self.require_all("comparison.update", comparisons.len(), met)
    }

    async fn load(&mut self, query: &ComparisonQuery) -> Result<Vec<ComparisonRecord>, StoreError> {
        let query = match query {
            ComparisonQuery::All(batch) => sqlx::query(LOAD_ALL).bind(batch.to_string()),
            ComparisonQuery::Open(batch) => sqlx::query(LOAD_OPEN).bind(Slice::of_ids([batch.as_uuid()])),
            ComparisonQuery::OpenOf(batches) if batches.is_empty() => return Ok(Vec::new()),
            ComparisonQuery::OpenOf(batches) => {
                sqlx::query(LOAD_OPEN).bind(Slice::of_ids(batches.iter().map(|id| id.as_uuid())))
            }
            ComparisonQuery::WithSiblings(ids) if ids.is_empty() => return Ok(Vec::new()),
            ComparisonQuery::WithSiblings(ids) => {
                sqlx::query(LOAD_WITH_SIBLINGS).bind(Slice::of_ids(ids.iter().map(|id| id.as_uuid())))
            }
            other => {
                return Err(StoreError::new(ErrorKind::Unsupported, "comparison.load")
                    .with_source(format!("a query that this store does not know: {other:?}")));
            }
        };
        self.fetch_cells("comparison.load", query, COLUMNS, read).await
    }

    async fn cancel_open(&mut self, batches: &[BatchId]) -> Result<(), StoreError> {
        if batches.is_empty() {
            return Ok(());
        }
        let slice = Slice::of_ids(batches.iter().map(|id| id.as_uuid()));
        self.write("comparison.cancel_open", CANCEL_OPEN, slice).await.map(drop)
    }
}

/// New states, as [`UPDATE`] takes them.
pub(crate) fn states(comparisons: &[&ComparisonRecord]) -> String {
    Slice::of(comparisons, |row, it| {
        row.uuid(it.id.as_uuid());
        put_state(row, it);
    })
}

fn put_state(row: &mut Slice, it: &ComparisonRecord) {
    row.text(it.state.code()).optional(it.verdict, |row, winner| row.text(winner.code()));
    row.optional(it.error_code.as_ref(), |row, code| row.text(code.as_str())).int(it.decisions);
    row.optional(it.asked_at, Slice::time).time(it.deadline);
}

fn read(cells: &[Cell<'_>]) -> Result<ComparisonRecord, StoreError> {
    let mut columns = Columns::of_cells(cells, COLUMNS, "comparison.load", "cj_comparisons", 1);
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

const COLUMNS: &[&str] = &[
    "id",
    "batch_id",
    "wave",
    "ordinal",
    "attempt",
    "retry_of",
    "essay_a",
    "essay_b",
    "judge_id",
    "mode",
    "state",
    "verdict",
    "error_code",
    "decisions",
    "asked_at",
    "deadline",
    "planned_at",
];

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT json_group_array(json_array(id, batch_id, wave, ordinal, attempt, retry_of, essay_a, essay_b, judge_id, \
             mode, state, verdict, error_code, decisions, asked_at, deadline, planned_at) \
             ORDER BY batch_id, wave, ordinal, attempt) FROM cj_comparisons ",
            $rest
        )
    };
}

const INSERT: &str = "
INSERT INTO cj_comparisons (id, batch_id, wave, ordinal, attempt, retry_of, essay_a, essay_b, judge_id, mode, state,
    verdict, error_code, decisions, asked_at, deadline, planned_at)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
    value ->> 8, value ->> 9, value ->> 10, value ->> 11, value ->> 12, value ->> 13, value ->> 14, value ->> 15,
    value ->> 16
FROM jsonb_each(?1)";

pub(crate) const UPDATE: &str = "
UPDATE cj_comparisons SET state = new.value ->> 1, verdict = new.value ->> 2, error_code = new.value ->> 3,
    decisions = new.value ->> 4, asked_at = new.value ->> 5, deadline = new.value ->> 6
FROM jsonb_each(?1) AS new WHERE cj_comparisons.id = new.value ->> 0";

const LOAD_ALL: &str = select!("WHERE batch_id = ?1");

const LOAD_OPEN: &str = select!(
    "WHERE (batch_id, wave, ordinal) IN (
        SELECT asked.batch_id, asked.wave, asked.ordinal FROM json_each(?1) AS wanted CROSS JOIN cj_comparisons AS asked
        WHERE asked.batch_id = wanted.value AND asked.state IN ('planned', 'asked'))"
);

const LOAD_WITH_SIBLINGS: &str = select!(
    "WHERE (batch_id, wave, ordinal) IN (
        SELECT asked.batch_id, asked.wave, asked.ordinal
        FROM json_each(?1) AS wanted CROSS JOIN cj_comparisons AS asked WHERE asked.id = wanted.value)"
);

const CANCEL_OPEN: &str = "
UPDATE cj_comparisons SET state = 'cancelled'
WHERE state IN ('planned', 'asked') AND batch_id IN (SELECT value FROM json_each(?1))";

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[INSERT, UPDATE, LOAD_ALL, LOAD_OPEN, LOAD_WITH_SIBLINGS, CANCEL_OPEN];
