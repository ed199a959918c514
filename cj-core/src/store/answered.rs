//! What a slice of answers changes, in one call.

use async_trait::async_trait;

use super::{BatchRepository, ComparisonRepository, DecisionRepository, StoreError};
use crate::change::{BatchUpdate, ComparisonRecord, DecisionRecord, MatrixCell, MatrixKey};

/// The rows that answers change.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "a store must write every field")]
pub struct Answered<'a> {
    /// New states of their batches.
    pub batches: &'a [&'a BatchUpdate],
    /// Their comparisons.
    pub comparisons: &'a [&'a ComparisonRecord],
    /// The answers themselves.
    pub decisions: &'a [DecisionRecord],
    /// What is added to the comparison matrix.
    pub cells: &'a [(&'a MatrixKey, &'a MatrixCell)],
}

impl Answered<'_> {
    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.batches.is_empty() && self.comparisons.is_empty() && self.decisions.is_empty() && self.cells.is_empty()
    }
}

/// Writes what a slice of answers changes.
///
/// This is the write that comes most often, and a server is asked in as many turns as there are statements: a store that can
/// write all of it in one turn overrides [`answer`](Self::answer), which is the same as the calls one by one.
#[async_trait]
pub trait AnswerRepository: BatchRepository + ComparisonRepository + DecisionRepository {
    /// Writes batches, comparisons, answers and cells of the matrix.
    ///
    /// # Errors
    /// `Conflict` when a stored version is not the expected one, or a batch or a comparison is not there.
    async fn answer(&mut self, answered: &Answered<'_>) -> Result<(), StoreError> {
        let Answered { batches, comparisons, decisions, cells } = answered;
        if !batches.is_empty() {
            BatchRepository::update(self, batches).await?;
        }
        if !comparisons.is_empty() {
            ComparisonRepository::update(self, comparisons).await?;
        }
        if !decisions.is_empty() {
            self.record(decisions).await?;
        }
        if !cells.is_empty() {
            self.tally(cells).await?;
        }
        Ok(())
    }
}
