//! A request becomes a batch.

use super::shell::until_not_overtaken;
use super::{Service, ServiceError};
use crate::batch::{Batch, BatchRequest, EssayTexts};
use crate::id::BatchId;
use crate::store::{BatchQuery, apply};

/// The consumer under which requests are admitted.
const CONSUMER: &str = "cj_requests";

impl Service {
    /// Stores a request as a batch and returns its id; the same request again finds the same batch and changes nothing.
    ///
    /// The batch is then in work: [`Service::advance`] takes it on.
    ///
    /// # Errors
    /// The request is refused (nothing is written), or the store fails.
    pub async fn submit(&self, request: BatchRequest) -> Result<BatchId, ServiceError> {
        until_not_overtaken!(self, self.try_submit(request.clone()))
    }

    async fn try_submit(&self, request: BatchRequest) -> Result<BatchId, ServiceError> {
        let (event_id, now) = (request.event_id, self.clock.now());
        let id = BatchId::of_request(event_id);
        let mut unit = self.store.begin().await?;
        let is_new = !unit.admit(CONSUMER, &[event_id], now).await?.is_empty();
        // The inbox forgets in time; the batch does not.
        if !is_new || !unit.find(&BatchQuery::Id(id)).await?.is_empty() {
            return Ok(id);
        }
        let texts = EssayTexts::new();
        let (_, change) = Batch::request(request, &self.context(&texts))?;
        apply(&mut *unit, &change).await?;
        unit.commit().await?;
        self.report(change.occurrences());
        Ok(id)
    }
}
