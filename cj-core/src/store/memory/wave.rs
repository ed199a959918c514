//! Waves in memory.

use async_trait::async_trait;

use super::grouped::Grouped;
use super::unit::MemoryUnit;
use crate::change::WaveRecord;
use crate::id::BatchId;
use crate::store::{StoreError, WaveRepository};

/// Waves by batch and number.
#[derive(Clone, Default)]
pub(super) struct WaveTable {
    rows: Grouped<BatchId, u32, WaveRecord>,
}

impl WaveTable {
    /// Removes the scales.
    pub(super) fn erase(&mut self, batch: BatchId) {
        self.rows.update_all(&batch, |wave| wave.sheet = None);
    }
}

#[async_trait]
impl WaveRepository for MemoryUnit {
    async fn put(&mut self, waves: &[&WaveRecord]) -> Result<(), StoreError> {
        self.write("wave.put", |tables| {
            for wave in waves {
                tables.waves.rows.insert(&wave.batch_id, wave.wave, (*wave).clone());
            }
            Ok(())
        })
    }

    async fn load(&mut self, batch: BatchId) -> Result<Vec<WaveRecord>, StoreError> {
        Ok(self.tables().waves.rows.rows(&batch).map(|(_, wave)| wave.clone()).collect())
    }
}
