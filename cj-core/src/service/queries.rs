//! Questions about batches.

use super::{Service, ServiceError};
use crate::id::BatchId;
use crate::read::{BatchDetails, BatchProgress, BatchSummary};

impl Service {
    /// How far a batch is.
    ///
    /// # Errors
    /// There is no such batch, or the store fails.
    pub async fn progress(&self, id: BatchId) -> Result<BatchProgress, ServiceError> {
        let mut view = self.store.read().await?;
        BatchProgress::read(&mut *view, id).await?.ok_or(ServiceError::UnknownBatch(id))
    }

    /// How far the newest batches are, newest first, at most so many.
    ///
    /// # Errors
    /// The store fails.
    pub async fn newest(&self, limit: u32) -> Result<Vec<BatchProgress>, ServiceError> {
        let mut view = self.store.read().await?;
        Ok(BatchProgress::newest(&mut *view, limit).await?)
    }

    /// What came of a batch, and whether it can be trusted.
    ///
    /// # Errors
    /// There is no such batch, or the store fails.
    pub async fn summary(&self, id: BatchId) -> Result<BatchSummary, ServiceError> {
        let mut view = self.store.read().await?;
        BatchSummary::read(&mut *view, id).await?.ok_or(ServiceError::UnknownBatch(id))
    }

    /// Everything about a batch, save the texts of its essays.
    ///
    /// # Errors
    /// There is no such batch, or the store fails.
    pub async fn details(&self, id: BatchId) -> Result<BatchDetails, ServiceError> {
        let mut view = self.store.read().await?;
        BatchDetails::read(&mut *view, id).await?.ok_or(ServiceError::UnknownBatch(id))
    }
}
