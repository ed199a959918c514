//! Batches in memory.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use rpds::{RedBlackTreeMapSync, RedBlackTreeSetSync};

use super::grouped::Grouped;
use super::unit::MemoryUnit;
use crate::change::{BatchRecord, BatchUpdate};
use crate::id::{BatchId, ComparisonId};
use crate::store::{AnswerRepository, BatchQuery, BatchRepository, ErrorKind, StoreError};

/// Batches by id, by deadline, by age and by the caller's name.
#[derive(Clone)]
pub(super) struct BatchTable {
    rows: RedBlackTreeMapSync<BatchId, BatchRecord>,
    due: RedBlackTreeSetSync<(DateTime<Utc>, BatchId)>,
    newest: RedBlackTreeSetSync<(Reverse<DateTime<Utc>>, BatchId)>,
    named: Grouped<String, (Reverse<DateTime<Utc>>, BatchId), ()>,
}

impl BatchTable {
    fn insert(&mut self, batch: &BatchRecord) -> Result<(), ErrorKind> {
        let id = batch.id();
        if self.rows.contains_key(&id) {
            return Err(ErrorKind::Conflict);
        }
        let age = (Reverse(batch.header.created_at), id);
        self.newest.insert_mut(age);
        self.named.insert(&batch.header.bos_batch_id, age, ());
        if let Some(deadline) = batch.state.next_deadline {
            self.due.insert_mut((deadline, id));
        }
        self.rows.insert_mut(id, batch.clone());
        Ok(())
    }

    fn update(&mut self, update: &BatchUpdate) -> Result<(), ErrorKind> {
        let row = self.rows.get_mut(&update.id).ok_or(ErrorKind::Conflict)?;
        if row.state.version != update.expected_version {
            return Err(ErrorKind::Conflict);
        }
        if let Some(deadline) = row.state.next_deadline {
            self.due.remove_mut(&(deadline, update.id));
        }
        if let Some(deadline) = update.state.next_deadline {
            self.due.insert_mut((deadline, update.id));
        }
        row.state = update.state.clone();
        Ok(())
    }

    /// Whether a batch is there and has ended.
    pub(super) fn has_ended(&self, id: BatchId) -> bool {
        self.rows.get(&id).is_some_and(|row| row.state.completed_at.is_some())
    }

    /// When batches ended, of those that ended at or before a time.
    pub(super) fn ended(&self, before: DateTime<Utc>) -> impl Iterator<Item = (DateTime<Utc>, BatchId)> {
        let ended = self.rows.values().filter_map(|row| Some((row.state.completed_at?, row.id())));
        ended.filter(move |(at, _)| *at <= before)
    }

    /// Forgets what came out of a batch.
    pub(super) fn erase_result(&mut self, id: BatchId) {
        if let Some(row) = self.rows.get_mut(&id) {
            row.state.result = None;
        }
    }

    fn load(&self, ids: impl IntoIterator<Item = BatchId>) -> Vec<BatchRecord> {
        ids.into_iter().filter_map(|id| self.rows.get(&id).cloned()).collect()
    }
}

impl Default for BatchTable {
    fn default() -> Self {
        Self {
            rows: RedBlackTreeMapSync::new_sync(),
            due: RedBlackTreeSetSync::new_sync(),
            newest: RedBlackTreeSetSync::new_sync(),
            named: Grouped::default(),
        }
    }
}

#[async_trait]
impl BatchRepository for MemoryUnit {
    async fn insert(&mut self, batches: &[&BatchRecord]) -> Result<(), StoreError> {
        self.write("batch.insert", |tables| batches.iter().try_for_each(|batch| tables.batches.insert(batch)))
    }

    async fn lock(&mut self, ids: &[BatchId]) -> Result<Vec<BatchRecord>, StoreError> {
        self.write("batch.lock", |tables| {
            let mut ids = ids.to_vec();
            ids.sort_unstable();
            ids.dedup();
            Ok(tables.batches.load(ids))
        })
    }

    async fn lock_of(&mut self, comparisons: &[ComparisonId]) -> Result<Vec<BatchRecord>, StoreError> {
        self.write("batch.lock_of", |tables| {
            let homes: BTreeSet<BatchId> = comparisons.iter().filter_map(|id| tables.comparisons.home(*id)).collect();
            Ok(tables.batches.load(homes))
        })
    }

    async fn update(&mut self, updates: &[&BatchUpdate]) -> Result<(), StoreError> {
        self.write("batch.update", |tables| updates.iter().try_for_each(|update| tables.batches.update(update)))
    }

    async fn due(&mut self, before: DateTime<Utc>, limit: u32) -> Result<Vec<BatchId>, StoreError> {
        let due = self.tables().batches.due.iter().take_while(|(deadline, _)| *deadline <= before);
        Ok(due.take(limit as usize).map(|(_, id)| *id).collect())
    }

    async fn find(&mut self, query: &BatchQuery) -> Result<Vec<BatchRecord>, StoreError> {
        let batches = &self.tables().batches;
        Ok(match query {
            BatchQuery::Id(id) => batches.load([*id]),
            BatchQuery::BosBatchId(name) => batches.load(batches.named.rows(name).map(|((_, id), ())| *id)),
            BatchQuery::Newest { limit } => {
                batches.load(batches.newest.iter().take(*limit as usize).map(|(_, id)| *id))
            }
        })
    }
}

impl AnswerRepository for MemoryUnit {}
