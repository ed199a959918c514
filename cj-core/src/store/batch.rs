//! The port to batches.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::StoreError;
use crate::change::{BatchRecord, BatchUpdate};
use crate::id::{BatchId, ComparisonId};

/// Stores batches.
///
/// # Contract
/// `update` writes all of its rows or none, and every `expected_version` must be the stored one.
#[async_trait]
pub trait BatchRepository: Send {
    /// Adds batches.
    ///
    /// # Errors
    /// `Conflict` when one is there already.
    async fn insert(&mut self, batches: &[&BatchRecord]) -> Result<(), StoreError>;

    /// Loads batches in order of id, each once, holding them until the unit ends. Unknown ids are left out.
    ///
    /// # Errors
    /// `Conflict` where waiting for another holder would deadlock; `Corrupt`.
    async fn lock(&mut self, ids: &[BatchId]) -> Result<Vec<BatchRecord>, StoreError>;

    /// Loads the batches that comparisons belong to, as [`Self::lock`] does. Unknown ids are left out.
    ///
    /// # Errors
    /// Those of [`Self::lock`].
    async fn lock_of(&mut self, comparisons: &[ComparisonId]) -> Result<Vec<BatchRecord>, StoreError>;

    /// Writes new states.
    ///
    /// # Errors
    /// `Conflict` when a stored version is not the expected one, or the batch is gone.
    async fn update(&mut self, updates: &[&BatchUpdate]) -> Result<(), StoreError>;

    /// The ids of batches whose `next_deadline` is at or before a time, the longest due first, equal times in order of id.
    ///
    /// # Errors
    /// As every read.
    async fn due(&mut self, before: DateTime<Utc>, limit: u32) -> Result<Vec<BatchId>, StoreError>;

    /// Looks batches up without holding them.
    ///
    /// # Errors
    /// `Corrupt`.
    async fn find(&mut self, query: &BatchQuery) -> Result<Vec<BatchRecord>, StoreError>;
}

/// Which batches.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum BatchQuery {
    /// That of the id.
    Id(BatchId),
    /// Those of the caller's own name, newest first by `created_at`, equal times in order of id.
    BosBatchId(String),
    /// The newest by `created_at`, newest first, equal times in order of id.
    Newest {
        /// At most so many.
        limit: u32,
    },
}
