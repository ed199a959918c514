//! Texts go: when their owner says so, or when they were kept for long enough.

use chrono::TimeDelta;

use super::shell::until_not_overtaken;
use super::{Service, ServiceError};
use crate::batch::Rejection;
use crate::id::BatchId;
use crate::store::ErasureScope;

impl Service {
    /// Erases the texts of a batch, and what judges wrote about them; with [`ErasureScope::TextsAndScores`] also what came
    /// out of it. [`crate::store::ErasureRepository`] says what goes and what stays. To erase again does no harm.
    ///
    /// The batch itself stays with its phase, reason and counters: its request, delivered again, meets the batch that ended.
    /// Answers that still come are kept without their words.
    ///
    /// A batch that has not ended is refused: to cancel a batch and to erase it are two decisions ([`Service::cancel`]).
    ///
    /// # Errors
    /// There is no such batch, it has not ended ([`Rejection::NotEnded`]), or the store fails: nothing was erased.
    pub async fn erase(&self, id: BatchId, scope: ErasureScope) -> Result<(), ServiceError> {
        until_not_overtaken!(self.try_erase(id, scope))
    }

    async fn try_erase(&self, id: BatchId, scope: ErasureScope) -> Result<(), ServiceError> {
        let mut unit = self.store.begin().await?;
        let record = unit.lock(&[id]).await?.pop().ok_or(ServiceError::UnknownBatch(id))?;
        let phase = record.state.phase;
        if !phase.is_terminal() {
            return Err(Rejection::NotEnded { phase }.into());
        }
        unit.erase(&[id], scope, self.clock.now()).await?;
        unit.commit().await?;
        Ok(())
    }

    /// Erases batches that ended at least `age` ago, at most so many in one unit, and returns them: call it again until it
    /// returns none. The age is the retention period of whoever runs the service; batches that go on are never touched.
    ///
    /// # Errors
    /// The store fails: nothing was erased.
    pub async fn erase_older_than(
        &self,
        age: TimeDelta,
        scope: ErasureScope,
        limit: u32,
    ) -> Result<Vec<BatchId>, ServiceError> {
        until_not_overtaken!(self.try_erase_older_than(age, scope, limit))
    }

    async fn try_erase_older_than(
        &self,
        age: TimeDelta,
        scope: ErasureScope,
        limit: u32,
    ) -> Result<Vec<BatchId>, ServiceError> {
        let now = self.clock.now();
        let Some(ended_before) = now.checked_sub_signed(age) else { return Ok(Vec::new()) };
        let due = self.store.read().await?.erasable(ended_before, scope, limit).await?;
        if due.is_empty() {
            return Ok(due);
        }
        let mut unit = self.store.begin().await?;
        unit.lock(&due).await?;
        unit.erase(&due, scope, now).await?;
        unit.commit().await?;
        Ok(due)
    }
}
