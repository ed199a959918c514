//! Taking messages out of the outbox for a while.

use chrono::TimeDelta;

use crate::change::{MessageKind, OutboxMessage};
use crate::service::{Service, ServiceError};
use crate::store::{BehindParked, Claim};

impl Service {
    /// Leases questions that may be put to a judge now. Each is either answered ([`Service::take_verdicts`]), accepted by
    /// a judge that answers later ([`Service::questions_asked`]), or refused ([`Service::questions_refused`]); what is
    /// none of these when the lease ends is given out again.
    ///
    /// # Errors
    /// The store fails.
    pub async fn claim_questions(&self, limit: u32, lease: TimeDelta) -> Result<Vec<OutboxMessage>, ServiceError> {
        self.claim(MessageKind::Question, limit, lease, BehindParked::Wait).await
    }

    pub(super) async fn claim(
        &self,
        kind: MessageKind,
        limit: u32,
        lease: TimeDelta,
        behind_parked: BehindParked,
    ) -> Result<Vec<OutboxMessage>, ServiceError> {
        let mut unit = self.store.begin().await?;
        let claim = Claim { kind, limit, owner: self.worker.clone(), now: self.clock.now(), lease, behind_parked };
        let messages = unit.claim(&claim).await?;
        if !messages.is_empty() {
            unit.commit().await?;
        }
        Ok(messages)
    }
}
