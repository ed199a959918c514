//! Results of essays.

use std::ops::DerefMut;

use async_trait::async_trait;
use cj_core::change::EssayResult;
use cj_core::id::{BatchId, EssayId};
use cj_core::store::{ResultRepository, StoreError};
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteRow;

use crate::SqliteUnit;
use crate::row::Columns;
use crate::slice::{Slice, real};

#[async_trait]
impl<C: DerefMut<Target = SqliteConnection> + Send> ResultRepository for SqliteUnit<C> {
    async fn put(&mut self, results: &[EssayResult]) -> Result<(), StoreError> {
        if results.is_empty() {
            return Ok(());
        }
        let slice = Slice::of(results, |row, it| {
            row.uuid(it.batch_id.as_uuid()).text(it.essay_id.as_str()).flag(it.is_anchor).real(it.score).real(it.se);
            row.int(it.rank).int(it.rank_low).int(it.rank_high).int(it.comparisons);
            row.optional(it.infit, Slice::real).optional(it.outfit, Slice::real);
        });
        self.write("result.put", PUT, slice).await.map(drop)
    }

    async fn load(&mut self, batch: BatchId) -> Result<Vec<EssayResult>, StoreError> {
        self.fetch("result.load", sqlx::query(LOAD).bind(batch.to_string()), read).await
    }
}

fn read(row: &SqliteRow) -> Result<EssayResult, StoreError> {
    let mut columns = Columns::new(row, "result.load", "cj_assessment_results", 2);
    Ok(EssayResult {
        batch_id: columns.uuid().map(BatchId::new)?,
        essay_id: columns.parse(EssayId::new)?,
        is_anchor: columns.flag()?,
        score: columns.real()?,
        se: columns.real()?,
        rank: columns.int()?,
        rank_low: columns.int()?,
        rank_high: columns.int()?,
        comparisons: columns.int()?,
        infit: columns.optional_real()?,
        outfit: columns.optional_real()?,
    })
}

const PUT: &str = concat!(
    "
INSERT INTO cj_assessment_results (batch_id, essay_id, is_anchor, score, se, rank, rank_low, rank_high, comparisons,
    infit, outfit)
SELECT value ->> 0, value ->> 1, value ->> 2, ",
    real!("value", 3),
    ", ",
    real!("value", 4),
    ", value ->> 5, value ->> 6, value ->> 7,
    value ->> 8, ",
    real!("value", 9),
    ", ",
    real!("value", 10),
    "
FROM jsonb_each(?1) WHERE true
ON CONFLICT (batch_id, essay_id) DO UPDATE SET is_anchor = excluded.is_anchor, score = excluded.score, se = excluded.se,
    rank = excluded.rank, rank_low = excluded.rank_low, rank_high = excluded.rank_high,
    comparisons = excluded.comparisons, infit = excluded.infit, outfit = excluded.outfit"
);

const LOAD: &str = "
SELECT batch_id, essay_id, is_anchor, score, se, rank, rank_low, rank_high, comparisons, infit, outfit
FROM cj_assessment_results WHERE batch_id = ?1 ORDER BY rank, essay_id";

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[PUT, LOAD];
