//! Answers and the comparison matrix in memory.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use async_trait::async_trait;

use super::grouped::Grouped;
use super::unit::MemoryUnit;
use crate::change::{DecisionRecord, DecisionRole, MatrixCell, MatrixKey};
use crate::id::{BatchId, ComparisonId, EssayId};
use crate::store::{DecisionRepository, ErrorKind, EvidenceTotals, StoreError};

/// Answers by batch, and what they add up to.
#[derive(Clone, Default)]
pub(super) struct DecisionTable {
    rows: Grouped<BatchId, (ComparisonId, u32), DecisionRecord>,
    cells: Grouped<BatchId, (EssayId, EssayId), MatrixCell>,
}

impl DecisionTable {
    fn record(&mut self, decision: &DecisionRecord) -> Result<(), ErrorKind> {
        let (batch, key) = (decision.batch_id, (decision.comparison_id, decision.ordinal));
        if self.rows.get(&batch, &key).is_some() {
            return Err(ErrorKind::Conflict);
        }
        self.rows.insert(&batch, key, decision.clone());
        Ok(())
    }

    fn tally(&mut self, key: &MatrixKey, counts: MatrixCell) {
        let pair = (key.essay_a.clone(), key.essay_b.clone());
        if let Some(cell) = self.cells.get_mut(&key.batch_id, &pair) {
            cell.add(counts);
        } else {
            self.cells.insert(&key.batch_id, pair, counts);
        }
    }

    /// Removes what judges and providers wrote.
    pub(super) fn erase(&mut self, batch: BatchId) {
        self.rows.update_all(&batch, |decision| {
            decision.evidence.justification = None;
            decision.error_message = None;
        });
    }

    fn totals(&self, batch: BatchId) -> EvidenceTotals {
        let mut totals = EvidenceTotals::default();
        let mut judges = BTreeMap::<_, u64>::new();
        for (_, decision) in self.rows.rows(&batch) {
            let evidence = &decision.evidence;
            let count = match decision.role {
                DecisionRole::Counted if decision.verdict.is_some() => &mut totals.counted,
                DecisionRole::Counted => &mut totals.failed,
                DecisionRole::Late => &mut totals.late,
                DecisionRole::Conflict => &mut totals.conflicts,
            };
            *count += 1;
            if let Some(cost) = evidence.cost {
                *totals.cost.get_or_insert_default() += cost;
            }
            totals.prompt_tokens += u64::from(evidence.prompt_tokens.unwrap_or(0));
            totals.completion_tokens += u64::from(evidence.completion_tokens.unwrap_or(0));
            if let (Some(_), Some(provider), Some(model)) = (decision.verdict, &evidence.provider, &evidence.model) {
                *judges.entry((provider, model)).or_default() += 1;
            }
        }
        let most = judges.into_iter().min_by_key(|(name, count)| (Reverse(*count), *name));
        totals.judge = most.map(|((provider, model), _)| (provider.clone(), model.clone()));
        totals
    }
}

#[async_trait]
impl DecisionRepository for MemoryUnit {
    async fn record(&mut self, decisions: &[DecisionRecord]) -> Result<(), StoreError> {
        self.write("decision.record", |tables| {
            decisions.iter().try_for_each(|decision| tables.decisions.record(decision))
        })
    }

    async fn tally(&mut self, cells: &[(&MatrixKey, &MatrixCell)]) -> Result<(), StoreError> {
        self.write("decision.tally", |tables| {
            for (key, counts) in cells {
                tables.decisions.tally(key, **counts);
            }
            Ok(())
        })
    }

    async fn matrix(&mut self, batch: BatchId) -> Result<Vec<(MatrixKey, MatrixCell)>, StoreError> {
        let cells = self.tables().decisions.cells.rows(&batch).filter(|(_, cell)| **cell != MatrixCell::default());
        let named = cells.map(|((essay_a, essay_b), cell)| {
            (MatrixKey { batch_id: batch, essay_a: essay_a.clone(), essay_b: essay_b.clone() }, *cell)
        });
        Ok(named.collect())
    }

    async fn decisions(&mut self, batch: BatchId) -> Result<Vec<DecisionRecord>, StoreError> {
        Ok(self.tables().decisions.rows.rows(&batch).map(|(_, decision)| decision.clone()).collect())
    }

    async fn totals(&mut self, batch: BatchId) -> Result<EvidenceTotals, StoreError> {
        Ok(self.tables().decisions.totals(batch))
    }
}
