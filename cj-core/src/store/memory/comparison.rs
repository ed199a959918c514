//! Comparisons in memory.

use std::collections::BTreeSet;

use async_trait::async_trait;
use rpds::RedBlackTreeMapSync;

use super::grouped::Grouped;
use super::unit::MemoryUnit;
use crate::change::{ComparisonRecord, ComparisonState, QuestionKey};
use crate::id::{BatchId, ComparisonId};
use crate::store::{ComparisonQuery, ComparisonRepository, ErrorKind, StoreError};

/// Comparisons by question and attempt, by id, and those that are open.
#[derive(Clone)]
pub(super) struct ComparisonTable {
    rows: Grouped<BatchId, (QuestionKey, u32), ComparisonRecord>,
    ids: RedBlackTreeMapSync<ComparisonId, (BatchId, QuestionKey, u32)>,
    open: Grouped<BatchId, (QuestionKey, u32), ()>,
}

impl ComparisonTable {
    fn insert(&mut self, comparison: &ComparisonRecord) -> Result<(), ErrorKind> {
        let (batch, key) = (comparison.batch_id, (comparison.question(), comparison.attempt));
        if self.ids.contains_key(&comparison.id) || self.rows.get(&batch, &key).is_some() {
            return Err(ErrorKind::Conflict);
        }
        self.ids.insert_mut(comparison.id, (batch, key.0, key.1));
        self.rows.insert(&batch, key, comparison.clone());
        if comparison.state.is_open() {
            self.open.insert(&batch, key, ());
        }
        Ok(())
    }

    fn update(&mut self, comparison: &ComparisonRecord) -> Result<(), ErrorKind> {
        let (batch, question, attempt) = *self.ids.get(&comparison.id).ok_or(ErrorKind::Conflict)?;
        let key = (question, attempt);
        let row = self.rows.get_mut(&batch, &key).ok_or(ErrorKind::Corrupt)?;
        row.state = comparison.state;
        row.verdict = comparison.verdict;
        row.error_code.clone_from(&comparison.error_code);
        row.decisions = comparison.decisions;
        row.asked_at = comparison.asked_at;
        row.deadline = comparison.deadline;
        if comparison.state.is_open() {
            self.open.insert(&batch, key, ());
        } else {
            self.open.remove(&batch, &key);
        }
        Ok(())
    }

    /// The batch of a comparison.
    pub(super) fn home(&self, id: ComparisonId) -> Option<BatchId> {
        self.ids.get(&id).map(|(batch, _, _)| *batch)
    }

    fn cancel_open(&mut self, batch: BatchId) {
        let open: Vec<_> = self.open.rows(&batch).map(|(key, ())| *key).collect();
        for key in open {
            if let Some(row) = self.rows.get_mut(&batch, &key) {
                row.state = ComparisonState::Cancelled;
            }
            self.open.remove(&batch, &key);
        }
    }

    fn open_of(&self, batches: &[BatchId]) -> Vec<ComparisonRecord> {
        let open =
            batches.iter().flat_map(|batch| self.open.rows(batch).map(|((question, _), ())| (*batch, *question)));
        self.attempts(&open.collect())
    }

    fn attempts(&self, questions: &BTreeSet<(BatchId, QuestionKey)>) -> Vec<ComparisonRecord> {
        let attempts = questions
            .iter()
            .flat_map(|(batch, question)| self.rows.range(batch, (*question, u32::MIN)..=(*question, u32::MAX)));
        attempts.map(|(_, row)| row.clone()).collect()
    }
}

impl Default for ComparisonTable {
    fn default() -> Self {
        Self { rows: Grouped::default(), ids: RedBlackTreeMapSync::new_sync(), open: Grouped::default() }
    }
}

#[async_trait]
impl ComparisonRepository for MemoryUnit {
    async fn insert(&mut self, comparisons: &[&ComparisonRecord]) -> Result<(), StoreError> {
        self.write("comparison.insert", |tables| {
            comparisons.iter().try_for_each(|comparison| tables.comparisons.insert(comparison))
        })
    }

    async fn update(&mut self, comparisons: &[&ComparisonRecord]) -> Result<(), StoreError> {
        self.write("comparison.update", |tables| {
            comparisons.iter().try_for_each(|comparison| tables.comparisons.update(comparison))
        })
    }

    async fn load(&mut self, query: &ComparisonQuery) -> Result<Vec<ComparisonRecord>, StoreError> {
        let table = &self.tables().comparisons;
        Ok(match query {
            ComparisonQuery::All(batch) => table.rows.rows(batch).map(|(_, row)| row.clone()).collect(),
            ComparisonQuery::Open(batch) => table.open_of(&[*batch]),
            ComparisonQuery::OpenOf(batches) => table.open_of(batches),
            ComparisonQuery::WithSiblings(ids) => {
                let known = ids.iter().filter_map(|id| table.ids.get(id));
                table.attempts(&known.map(|(batch, question, _)| (*batch, *question)).collect())
            }
        })
    }

    async fn cancel_open(&mut self, batches: &[BatchId]) -> Result<(), StoreError> {
        self.write("comparison.cancel_open", |tables| {
            for batch in batches {
                tables.comparisons.cancel_open(*batch);
            }
            Ok(())
        })
    }
}
