//! The port to answers and to the comparison matrix.

use async_trait::async_trait;

use super::StoreError;
use crate::change::{DecisionRecord, EvidenceTotals, MatrixCell, MatrixKey};
use crate::id::BatchId;

/// Stores answers, and the counts per ordered pair that follow from them.
#[async_trait]
pub trait DecisionRepository: Send {
    /// Adds answers.
    ///
    /// # Errors
    /// `Conflict` when a (comparison, ordinal) is there already.
    async fn record(&mut self, decisions: &[DecisionRecord]) -> Result<(), StoreError>;

    /// Adds to cells of the matrix; a cell that is not there starts at zero.
    ///
    /// # Errors
    /// As every write.
    async fn tally(&mut self, cells: &[(&MatrixKey, &MatrixCell)]) -> Result<(), StoreError>;

    /// The matrix of a batch, in order of key (essay ids byte by byte), without empty cells.
    ///
    /// # Errors
    /// `Corrupt`.
    async fn matrix(&mut self, batch: BatchId) -> Result<Vec<(MatrixKey, MatrixCell)>, StoreError>;

    /// The answers of a batch, in the order (comparison, ordinal).
    ///
    /// # Errors
    /// `Corrupt`.
    async fn decisions(&mut self, batch: BatchId) -> Result<Vec<DecisionRecord>, StoreError>;

    /// The answers of a batch in sum: how many, by what became of them, and what they cost.
    ///
    /// # Errors
    /// As every read.
    async fn totals(&mut self, batch: BatchId) -> Result<EvidenceTotals, StoreError>;
}
