//! Essays in memory.

use async_trait::async_trait;

use super::grouped::Grouped;
use super::unit::MemoryUnit;
use crate::change::EssayRecord;
use crate::id::{BatchId, EssayId};
use crate::store::{ErasureScope, ErrorKind, EssayRepository, StoreError, Texts};

/// Essays by batch and id.
#[derive(Clone, Default)]
pub(super) struct EssayTable {
    rows: Grouped<BatchId, EssayId, EssayRecord>,
}

impl EssayTable {
    fn insert(&mut self, essay: &EssayRecord) -> Result<(), ErrorKind> {
        if self.rows.get(&essay.batch_id, &essay.essay_id).is_some() {
            return Err(ErrorKind::Conflict);
        }
        self.rows.insert(&essay.batch_id, essay.essay_id.clone(), essay.clone());
        Ok(())
    }

    fn update(&mut self, essay: &EssayRecord) -> Result<(), ErrorKind> {
        let row = self.rows.get_mut(&essay.batch_id, &essay.essay_id).ok_or(ErrorKind::Conflict)?;
        if essay.content.text.is_some() {
            row.content = essay.content.clone();
        }
        row.status = essay.status;
        row.score = essay.score;
        row.se = essay.se;
        row.rank = essay.rank;
        row.comparison_count = essay.comparison_count;
        Ok(())
    }

    /// Removes texts and titles, and scores where they are to go.
    pub(super) fn erase(&mut self, batch: BatchId, scope: ErasureScope) {
        self.rows.update_all(&batch, |row| {
            row.title = None;
            row.content.text = None;
            if scope == ErasureScope::TextsAndScores {
                row.score = None;
                row.se = None;
                row.rank = None;
            }
        });
    }
}

#[async_trait]
impl EssayRepository for MemoryUnit {
    async fn insert(&mut self, essays: &[&EssayRecord]) -> Result<(), StoreError> {
        self.write("essay.insert", |tables| essays.iter().try_for_each(|essay| tables.essays.insert(essay)))
    }

    async fn update(&mut self, essays: &[&EssayRecord]) -> Result<(), StoreError> {
        self.write("essay.update", |tables| essays.iter().try_for_each(|essay| tables.essays.update(essay)))
    }

    async fn load(&mut self, batch: BatchId, texts: Texts) -> Result<Vec<EssayRecord>, StoreError> {
        let mut essays: Vec<_> = self.tables().essays.rows.rows(&batch).map(|(_, essay)| essay.clone()).collect();
        essays.sort_by_key(|essay| essay.ordinal);
        if texts == Texts::Omit {
            for essay in &mut essays {
                essay.content.text = None;
            }
        }
        Ok(essays)
    }
}
