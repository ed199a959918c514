//! The port to waves.

use async_trait::async_trait;

use super::StoreError;
use crate::change::WaveRecord;
use crate::id::BatchId;

/// Stores waves.
#[async_trait]
pub trait WaveRepository: Send {
    /// Adds waves, or replaces them.
    ///
    /// # Errors
    /// As every write.
    async fn put(&mut self, waves: &[&WaveRecord]) -> Result<(), StoreError>;

    /// The waves of a batch, in order.
    ///
    /// # Errors
    /// `Corrupt`.
    async fn load(&mut self, batch: BatchId) -> Result<Vec<WaveRecord>, StoreError>;
}
