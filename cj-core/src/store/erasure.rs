//! The port to erasure: what people wrote goes, what was counted stays.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::StoreError;
use crate::id::{BatchId, EventId};

/// Removes what people and judges wrote in batches that ended.
///
/// # Contract
/// - Gone after `erase`: texts and titles of essays; justifications and the messages of providers beside answers; the bytes of
///   questions, sent or not; the dead letters that were attributed to the batch. With [`ErasureScope::TextsAndScores`] also
///   scores, errors and ranks of essays, results, projected grades, the scales of waves and of the batch, events that were sent,
///   and those of [`OutboxMessage::RESULT`](crate::change::OutboxMessage::RESULT), sent or not. Any other event that is still to be sent stays: it is the word of the
///   end, and holds no score.
/// - Kept: the batch with phase, reason, counters and what its caller said to the judges; which pairs were asked and what was
///   answered, with what it cost; hashes of texts, which tell a redelivered request from a new one.
/// - What is erased cannot be read through any port. How long the medium keeps it is for the adapter to say.
#[async_trait]
pub trait ErasureRepository: Send {
    /// Says whose dead letters are, so that they go with their batch. Letters that are not there are passed over.
    ///
    /// # Errors
    /// As every write.
    async fn attribute_letters(&mut self, letters: &[LetterOwner]) -> Result<(), StoreError>;

    /// Erases what batches hold, each of which has ended; to erase again does no harm, and what is not there is not missed.
    /// Nothing brings scores back: a batch whose scores are erased keeps that mark.
    ///
    /// # Errors
    /// `Conflict` when a batch is not there or has not ended.
    async fn erase(&mut self, batches: &[BatchId], scope: ErasureScope, at: DateTime<Utc>) -> Result<(), StoreError>;

    /// What was erased of batches, in order of id. Batches of which nothing was erased, and unknown ones, are left out.
    ///
    /// # Errors
    /// `Corrupt`.
    async fn erasures(&mut self, batches: &[BatchId]) -> Result<Vec<Erasure>, StoreError>;

    /// Batches that ended at or before a time and still hold some of what the scope names, those that ended first first, equal
    /// times in order of id.
    ///
    /// # Errors
    /// As every read.
    async fn erasable(
        &mut self,
        ended_before: DateTime<Utc>,
        scope: ErasureScope,
        limit: u32,
    ) -> Result<Vec<BatchId>, StoreError>;
}

/// What is erased.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "a store must erase every scope")]
pub enum ErasureScope {
    /// What people and judges wrote; scores are kept.
    Texts,
    /// That, and what was computed of it.
    TextsAndScores,
}

/// What was erased of a batch.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "a store must fill every field")]
pub struct Erasure {
    /// The batch.
    pub batch_id: BatchId,
    /// When its texts went, for the first time.
    pub texts_at: DateTime<Utc>,
    /// When its scores went, for the first time; none while they are kept.
    pub scores_at: Option<DateTime<Utc>>,
}

/// Whose a dead letter is.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "callers construct it")]
pub struct LetterOwner {
    /// The batch.
    pub batch_id: BatchId,
    /// Who could not use the message.
    pub consumer: String,
    /// The message.
    pub event_id: EventId,
}
