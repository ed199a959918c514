//! Waves.

use std::ops::DerefMut;

use async_trait::async_trait;
use cj_core::change::WaveRecord;
use cj_core::id::BatchId;
use cj_core::store::{StoreError, WaveRepository};
use sqlx::PgConnection;
use sqlx::postgres::PgRow;

use crate::PgUnit;
use crate::row::Columns;
use crate::slice::Slice;

#[async_trait]
impl<C: DerefMut<Target = PgConnection> + Send> WaveRepository for PgUnit<C> {
    async fn put(&mut self, waves: &[&WaveRecord]) -> Result<(), StoreError> {
        if waves.is_empty() {
            return Ok(());
        }
        let slice = Slice::of(PUT, waves)
            .uuid(|it| it.batch_id.as_uuid())
            .int(|it| it.wave)
            .time(|it| it.planned_at)
            .code(|it| it.strategy.as_str())
            .bits(|it| it.seed)
            .int(|it| it.pairs_planned)
            .optional_time(|it| it.scored_at)
            .optional_document(|it| it.sheet.as_ref());
        self.write("wave.put", slice.query()).await.map(drop)
    }

    async fn load(&mut self, batch: BatchId) -> Result<Vec<WaveRecord>, StoreError> {
        self.fetch("wave.load", sqlx::query(LOAD).bind(batch.as_uuid()), read).await
    }
}

fn read(row: &PgRow) -> Result<WaveRecord, StoreError> {
    let mut columns = Columns::new(row, "wave.load", "cj_waves", 2);
    Ok(WaveRecord {
        batch_id: columns.uuid().map(BatchId::new)?,
        wave: columns.int()?,
        planned_at: columns.time()?,
        strategy: columns.parse(str::parse::<cj_core::config::Strategy>)?,
        seed: columns.bits()?,
        pairs_planned: columns.int()?,
        scored_at: columns.optional_time()?,
        sheet: columns.optional_document()?,
    })
}

const PUT: &str = "
INSERT INTO cj_waves (batch_id, wave, planned_at, strategy, seed, pairs_planned, scored_at, sheet)
SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::timestamptz[], $4::text[], $5::bigint[], $6::bigint[],
    $7::timestamptz[], $8::json[])
ON CONFLICT (batch_id, wave) DO UPDATE SET planned_at = excluded.planned_at, strategy = excluded.strategy,
    seed = excluded.seed, pairs_planned = excluded.pairs_planned, scored_at = excluded.scored_at, sheet = excluded.sheet";

const LOAD: &str = "
SELECT batch_id, wave, planned_at, strategy, seed, pairs_planned, scored_at, sheet
FROM cj_waves WHERE batch_id = $1::uuid ORDER BY wave";

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[PUT, LOAD];
