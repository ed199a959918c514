//! Erasure in memory.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use rpds::RedBlackTreeMapSync;

use super::grouped::Grouped;
use super::tables::Tables;
use super::unit::MemoryUnit;
use crate::id::{BatchId, EventId};
use crate::store::{Erasure, ErasureRepository, ErasureScope, ErrorKind, LetterOwner, StoreError};

/// What was erased, by batch, and whose dead letters are.
#[derive(Clone)]
pub(super) struct ErasureTable {
    rows: RedBlackTreeMapSync<BatchId, Erasure>,
    letters: Grouped<BatchId, (String, EventId), ()>,
}

impl ErasureTable {
    /// Whether a batch still holds some of what a scope names.
    fn holds(&self, batch: BatchId, scope: ErasureScope) -> bool {
        match (self.rows.get(&batch), scope) {
            (None, _) => true,
            (Some(_), ErasureScope::Texts) => false,
            (Some(erasure), ErasureScope::TextsAndScores) => erasure.scores_at.is_none(),
        }
    }

    fn mark(&mut self, batch: BatchId, scope: ErasureScope, at: DateTime<Utc>) {
        let before = self.rows.get(&batch);
        let scores_before = before.and_then(|erasure| erasure.scores_at);
        let scores_at = scores_before.or_else(|| (scope == ErasureScope::TextsAndScores).then_some(at));
        let texts_at = before.map_or(at, |erasure| erasure.texts_at);
        self.rows.insert_mut(batch, Erasure { batch_id: batch, texts_at, scores_at });
    }
}

impl Default for ErasureTable {
    fn default() -> Self {
        Self { rows: RedBlackTreeMapSync::new_sync(), letters: Grouped::default() }
    }
}

#[async_trait]
impl ErasureRepository for MemoryUnit {
    async fn attribute_letters(&mut self, letters: &[LetterOwner]) -> Result<(), StoreError> {
        self.write("erasure.attribute_letters", |tables| {
            for letter in letters {
                let key = (letter.consumer.clone(), letter.event_id);
                if tables.dead_letters.contains(&key) {
                    tables.erasures.letters.insert(&letter.batch_id, key, ());
                }
            }
            Ok(())
        })
    }

    async fn erase(&mut self, batches: &[BatchId], scope: ErasureScope, at: DateTime<Utc>) -> Result<(), StoreError> {
        self.write("erasure.erase", |tables| batches.iter().try_for_each(|batch| erase(tables, *batch, scope, at)))
    }

    async fn erasures(&mut self, batches: &[BatchId]) -> Result<Vec<Erasure>, StoreError> {
        let mut ids = batches.to_vec();
        ids.sort_unstable();
        ids.dedup();
        Ok(ids.iter().filter_map(|id| self.tables().erasures.rows.get(id).copied()).collect())
    }

    async fn erasable(
        &mut self,
        ended_before: DateTime<Utc>,
        scope: ErasureScope,
        limit: u32,
    ) -> Result<Vec<BatchId>, StoreError> {
        let tables = self.tables();
        let ended = tables.batches.ended(ended_before).filter(|(_, id)| tables.erasures.holds(*id, scope));
        let mut ended: Vec<_> = ended.collect();
        ended.sort_unstable();
        Ok(ended.into_iter().take(limit as usize).map(|(_, id)| id).collect())
    }
}

fn erase(tables: &mut Tables, batch: BatchId, scope: ErasureScope, at: DateTime<Utc>) -> Result<(), ErrorKind> {
    if !tables.batches.has_ended(batch) {
        return Err(ErrorKind::Conflict);
    }
    tables.erasures.mark(batch, scope, at);
    tables.essays.erase(batch, scope);
    tables.decisions.erase(batch);
    tables.outbox.erase(batch, scope);
    let letters: Vec<_> = tables.erasures.letters.rows(&batch).map(|(key, ())| key.clone()).collect();
    tables.erasures.letters.clear(&batch);
    for letter in letters {
        tables.dead_letters.erase(&letter);
    }
    if scope == ErasureScope::TextsAndScores {
        tables.batches.erase_result(batch);
        tables.waves.erase(batch);
        tables.results.erase(batch);
    }
    Ok(())
}
