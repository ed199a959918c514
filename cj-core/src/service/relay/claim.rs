//! Taking messages out of the outbox for a while.

use chrono::TimeDelta;

use super::RelayPolicy;
use crate::change::{MessageKind, OutboxMessage};
use crate::service::shell::until_not_overtaken;
use crate::service::{Service, ServiceError};
use crate::store::{BehindParked, Claim, Settlement};

impl Service {
    /// Leases questions that may be put to a judge now. Each is either answered ([`Service::take_verdicts`]), accepted by
    /// a judge that answers later ([`Service::questions_asked`]), or refused ([`Service::questions_refused`]); what is
    /// none of these when the lease ends is given out again.
    ///
    /// # Errors
    /// The store fails.
    pub async fn claim_questions(&self, limit: u32, lease: TimeDelta) -> Result<Vec<OutboxMessage>, ServiceError> {
        let claim = self.claim(MessageKind::Question, limit, lease, BehindParked::Wait);
        let mut unit = self.store.begin().await?;
        let questions = unit.claim(&claim).await?;
        if !questions.is_empty() {
            unit.commit().await?;
        }
        Ok(questions)
    }

    /// Writes what became of events, and leases the next ones, at most `limit`, in one unit of work.
    pub(super) async fn exchange_events(
        &self,
        settlements: &[Settlement],
        policy: &RelayPolicy,
        limit: u32,
    ) -> Result<Vec<OutboxMessage>, ServiceError> {
        until_not_overtaken!(self.try_exchange(settlements, policy, limit))
    }

    async fn try_exchange(
        &self,
        settlements: &[Settlement],
        policy: &RelayPolicy,
        limit: u32,
    ) -> Result<Vec<OutboxMessage>, ServiceError> {
        if settlements.is_empty() && limit == 0 {
            return Ok(Vec::new());
        }
        let mut unit = self.store.begin().await?;
        // First: what was sent makes way for what is behind it.
        if !settlements.is_empty() {
            unit.settle(settlements).await?;
        }
        let mut events = Vec::new();
        if limit > 0 {
            events = unit.claim(&self.claim(MessageKind::Event, limit, policy.lease, policy.behind_parked)).await?;
        }
        if !(settlements.is_empty() && events.is_empty()) {
            unit.commit().await?;
        }
        Ok(events)
    }

    fn claim(&self, kind: MessageKind, limit: u32, lease: TimeDelta, behind_parked: BehindParked) -> Claim {
        Claim { kind, limit, owner: self.worker.clone(), now: self.clock.now(), lease, behind_parked }
    }
}
