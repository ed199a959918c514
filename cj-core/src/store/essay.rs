//! The port to essays.

use async_trait::async_trait;

use super::StoreError;
use crate::change::EssayRecord;
use crate::id::BatchId;

/// Stores the essays of batches.
#[async_trait]
pub trait EssayRepository: Send {
    /// Adds essays with their texts.
    ///
    /// # Errors
    /// `Conflict` when one is there already.
    async fn insert(&mut self, essays: &[&EssayRecord]) -> Result<(), StoreError>;

    /// Writes status, score, standard error, rank and count; the content only where it holds a text. Place, kind and title
    /// stay as they were inserted.
    ///
    /// # Errors
    /// `Conflict` when one is not there.
    async fn update(&mut self, essays: &[&EssayRecord]) -> Result<(), StoreError>;

    /// The essays of a batch, in the order of the request.
    ///
    /// # Errors
    /// `Corrupt`.
    async fn load(&mut self, batch: BatchId, texts: Texts) -> Result<Vec<EssayRecord>, StoreError>;
}

/// Whether texts are wanted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "they are or they are not")]
pub enum Texts {
    /// With their texts.
    Include,
    /// Without: `content.text` is `None`.
    Omit,
}
