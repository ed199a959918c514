//! The monitor: it asks for what is due, nothing else.

use std::collections::BTreeSet;

use super::fold::FoldOutcome;
use super::shell::until_not_overtaken;
use super::{Service, ServiceError};
use crate::batch::Input;
use crate::id::BatchId;
use crate::store::Texts;

impl Service {
    /// Wakes batches whose deadline has passed and returns those in which this worker has the next move.
    ///
    /// # Errors
    /// The store fails; what was woken before stays so.
    pub async fn wake(&self, limit: u32) -> Result<BTreeSet<BatchId>, ServiceError> {
        let due = {
            let mut view = self.store.read().await?;
            view.due(self.clock.now(), limit).await?
        };
        let mut work = BTreeSet::new();
        for id in due {
            let outcome: Result<FoldOutcome, ServiceError> =
                until_not_overtaken!(self, self.fold(id, &Input::DeadlinePassed, Texts::Include));
            if let FoldOutcome::Moved(batch) = outcome?
                && self.has_the_move(&batch)
            {
                work.insert(id);
            }
        }
        Ok(work)
    }

    /// Ends a batch for its owner; one that has ended stays as it is and is refused.
    ///
    /// # Errors
    /// There is no such batch, it has ended, or the store fails.
    pub async fn cancel(&self, id: BatchId) -> Result<(), ServiceError> {
        let outcome: Result<FoldOutcome, ServiceError> =
            until_not_overtaken!(self, self.fold(id, &Input::CancelRequested, Texts::Omit));
        match outcome? {
            FoldOutcome::Moved(_) => Ok(()),
            FoldOutcome::Overtaken(rejection) => Err(rejection.into()),
        }
    }
}
