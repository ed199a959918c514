//! Results of essays in memory.

use async_trait::async_trait;

use super::grouped::Grouped;
use super::unit::MemoryUnit;
use crate::change::EssayResult;
use crate::id::{BatchId, EssayId};
use crate::store::{ResultRepository, StoreError};

/// Results by batch and essay.
#[derive(Clone, Default)]
pub(super) struct ResultTable {
    rows: Grouped<BatchId, EssayId, EssayResult>,
}

impl ResultTable {
    /// Removes the results of a batch.
    pub(super) fn erase(&mut self, batch: BatchId) {
        self.rows.clear(&batch);
    }
}

#[async_trait]
impl ResultRepository for MemoryUnit {
    async fn put(&mut self, results: &[EssayResult]) -> Result<(), StoreError> {
        self.write("result.put", |tables| {
            for result in results {
                tables.results.rows.insert(&result.batch_id, result.essay_id.clone(), result.clone());
            }
            Ok(())
        })
    }

    async fn load(&mut self, batch: BatchId) -> Result<Vec<EssayResult>, StoreError> {
        let mut results: Vec<_> = self.tables().results.rows.rows(&batch).map(|(_, result)| result.clone()).collect();
        results.sort_by_key(|result| result.rank);
        Ok(results)
    }
}
