//! The port to results of essays.

use async_trait::async_trait;

use super::StoreError;
use crate::change::EssayResult;
use crate::id::BatchId;

/// Stores the results of batches that completed.
#[async_trait]
pub trait ResultRepository: Send {
    /// Adds results, or replaces them.
    ///
    /// # Errors
    /// As every write.
    async fn put(&mut self, results: &[EssayResult]) -> Result<(), StoreError>;

    /// The results of a batch, best first; equal ranks in order of essay id, byte by byte.
    ///
    /// # Errors
    /// `Corrupt`.
    async fn load(&mut self, batch: BatchId) -> Result<Vec<EssayResult>, StoreError>;
}
