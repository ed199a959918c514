//! The port to comparisons.

use async_trait::async_trait;

use super::StoreError;
use crate::change::ComparisonRecord;
use crate::id::{BatchId, ComparisonId};

/// Stores comparisons.
#[async_trait]
pub trait ComparisonRepository: Send {
    /// Adds comparisons.
    ///
    /// # Errors
    /// `Conflict` when an id, or a (batch, wave, ordinal, attempt), is there already.
    async fn insert(&mut self, comparisons: &[&ComparisonRecord]) -> Result<(), StoreError>;

    /// Writes state, verdict, error code, count of decisions, time of asking and deadline.
    ///
    /// # Errors
    /// `Conflict` when one is not there.
    async fn update(&mut self, comparisons: &[&ComparisonRecord]) -> Result<(), StoreError>;

    /// Loads comparisons in the order (batch, wave, ordinal, attempt), each once.
    ///
    /// # Errors
    /// `Corrupt`.
    async fn load(&mut self, query: &ComparisonQuery) -> Result<Vec<ComparisonRecord>, StoreError>;

    /// Cancels every open comparison of batches that ended: their state changes and nothing else.
    ///
    /// # Errors
    /// As every write.
    async fn cancel_open(&mut self, batches: &[BatchId]) -> Result<(), StoreError>;
}

/// Which comparisons.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ComparisonQuery {
    /// All of a batch.
    All(BatchId),
    /// Those of a batch that are planned or asked, with every other attempt of their questions.
    Open(BatchId),
    /// The same of several batches.
    OpenOf(Vec<BatchId>),
    /// Those of the ids, with every other attempt of their questions. Unknown ids are left out.
    WithSiblings(Vec<ComparisonId>),
}
