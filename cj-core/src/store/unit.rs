//! The unit of work.

use async_trait::async_trait;

use super::{
    AnswerRepository, BatchRepository, ComparisonRepository, DeadLetters, DecisionRepository, ErasureRepository,
    EssayRepository, Inbox, Outbox, OutboxRegister, ResultRepository, StoreError, WaveRepository,
};

/// Every repository of one unit of work. It is there for whatever has them all, a host's own transaction included.
pub trait Repositories:
    AnswerRepository
    + BatchRepository
    + ComparisonRepository
    + DeadLetters
    + DecisionRepository
    + ErasureRepository
    + EssayRepository
    + Inbox
    + Outbox
    + OutboxRegister
    + ResultRepository
    + WaveRepository
{
}

impl<T> Repositories for T where
    T: AnswerRepository
        + BatchRepository
        + ComparisonRepository
        + DeadLetters
        + DecisionRepository
        + ErasureRepository
        + EssayRepository
        + Inbox
        + Outbox
        + OutboxRegister
        + ResultRepository
        + WaveRepository
{
}

/// Writes that hold together. Dropping it rolls back.
#[async_trait]
pub trait UnitOfWork: Repositories {
    /// Makes the writes hold.
    ///
    /// # Errors
    /// `Conflict` and `Unavailable` as the store has it. After an error the outcome is unknown.
    async fn commit(self: Box<Self>) -> Result<(), StoreError>;
}

/// Hands out units of work.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Begins a unit that may write.
    ///
    /// # Errors
    /// `Unavailable` when the store cannot be reached or stays busy.
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StoreError>;

    /// Begins a consistent view that waits for no writer. It shows one committed state, at the latest that of its first
    /// read. Its writes fail with `Unsupported`, and so do `lock`, `lock_of`, `admit` and `claim`.
    ///
    /// # Errors
    /// `Unavailable` when the store cannot be reached.
    async fn read(&self) -> Result<Box<dyn Repositories>, StoreError>;
}
