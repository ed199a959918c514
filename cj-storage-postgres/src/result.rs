//! Results of essays.

use std::ops::DerefMut;

use async_trait::async_trait;
use cj_core::change::EssayResult;
use cj_core::id::{BatchId, EssayId};
use cj_core::store::{ResultRepository, StoreError};
use sqlx::PgConnection;
use sqlx::postgres::PgRow;

use crate::PgUnit;
use crate::row::Columns;
use crate::slice::Slice;

#[async_trait]
impl<C: DerefMut<Target = PgConnection> + Send> ResultRepository for PgUnit<C> {
    async fn put(&mut self, results: &[EssayResult]) -> Result<(), StoreError> {
        if results.is_empty() {
            return Ok(());
        }
        let slice = Slice::of(PUT, results)
            .uuid(|it| it.batch_id.as_uuid())
            .text(|it| it.essay_id.as_str())
            .flag(|it| it.is_anchor)
            .real(|it| it.score)
            .real(|it| it.se)
            .int(|it| it.rank)
            .int(|it| it.rank_low)
            .int(|it| it.rank_high)
            .int(|it| it.comparisons)
            .optional_real(|it| it.infit)
            .optional_real(|it| it.outfit);
        self.write("result.put", slice.query()).await.map(drop)
    }

    async fn load(&mut self, batch: BatchId) -> Result<Vec<EssayResult>, StoreError> {
        self.fetch("result.load", sqlx::query(LOAD).bind(batch.as_uuid()), read).await
    }
}

fn read(row: &PgRow) -> Result<EssayResult, StoreError> {
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

const PUT: &str = "
INSERT INTO cj_assessment_results (batch_id, essay_id, is_anchor, score, se, rank, rank_low, rank_high, comparisons,
    infit, outfit)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::boolean[], $4::float8[], $5::float8[], $6::bigint[], $7::bigint[],
    $8::bigint[], $9::bigint[], $10::float8[], $11::float8[])
ON CONFLICT (batch_id, essay_id) DO UPDATE SET is_anchor = excluded.is_anchor, score = excluded.score, se = excluded.se,
    rank = excluded.rank, rank_low = excluded.rank_low, rank_high = excluded.rank_high,
    comparisons = excluded.comparisons, infit = excluded.infit, outfit = excluded.outfit";

const LOAD: &str = "
SELECT batch_id, essay_id, is_anchor, score, se, rank, rank_low, rank_high, comparisons, infit, outfit
FROM cj_assessment_results WHERE batch_id = $1::uuid ORDER BY rank, essay_id";

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[PUT, LOAD];
