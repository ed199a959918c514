//! Waves.

use std::ops::DerefMut;

use async_trait::async_trait;
use cj_core::change::WaveRecord;
use cj_core::id::BatchId;
use cj_core::store::{StoreError, WaveRepository};
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteRow;

use crate::SqliteUnit;
use crate::row::Columns;
use crate::slice::Slice;

#[async_trait]
impl<C: DerefMut<Target = SqliteConnection> + Send> WaveRepository for SqliteUnit<C> {
    async fn put(&mut self, waves: &[&WaveRecord]) -> Result<(), StoreError> {
        if waves.is_empty() {
            return Ok(());
        }
        let slice = Slice::of(waves, |row, it| {
            row.uuid(it.batch_id.as_uuid()).int(it.wave).time(it.planned_at).code(&it.strategy).bits(it.seed);
            row.int(it.pairs_planned).optional(it.scored_at, Slice::time).optional(it.sheet.as_ref(), Slice::document);
        });
        self.write("wave.put", PUT, slice).await.map(drop)
    }

    async fn load(&mut self, batch: BatchId) -> Result<Vec<WaveRecord>, StoreError> {
        self.fetch("wave.load", sqlx::query(LOAD).bind(batch.to_string()), read).await
    }
}

fn read(row: &SqliteRow) -> Result<WaveRecord, StoreError> {
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
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7
FROM jsonb_each(?1) WHERE true
ON CONFLICT (batch_id, wave) DO UPDATE SET planned_at = excluded.planned_at, strategy = excluded.strategy,
    seed = excluded.seed, pairs_planned = excluded.pairs_planned, scored_at = excluded.scored_at, sheet = excluded.sheet";

const LOAD: &str = "
SELECT batch_id, wave, planned_at, strategy, seed, pairs_planned, scored_at, sheet
FROM cj_waves WHERE batch_id = ?1 ORDER BY wave";

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[PUT, LOAD];
