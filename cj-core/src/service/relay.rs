//! The relay: what waits in the outbox goes out.

use chrono::TimeDelta;

use super::{Service, ServiceError};
use crate::change::{MessageKind, OutboxMessage};
use crate::port::EventPublisher;
use crate::store::{Claim, Settlement, SettlementOutcome};

/// How often an event is tried before it is put aside.
const MAX_ATTEMPTS: u32 = 10;
/// The longest pause between two tries.
const LONGEST_PAUSE_S: i64 = 300;

/// What a relay did.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Relayed {
    /// Events accepted.
    pub sent: u32,
    /// Events that will be tried again.
    pub postponed: u32,
    /// Events put aside.
    pub parked: u32,
}

impl Service {
    /// Leases questions that may be put to a judge now. Each is either answered ([`Service::take_verdicts`]), accepted by
    /// a judge that answers later ([`Service::questions_asked`]), or refused ([`Service::questions_refused`]); what is
    /// none of these when the lease ends is given out again.
    ///
    /// # Errors
    /// The store fails.
    pub async fn claim_questions(&self, limit: u32, lease: TimeDelta) -> Result<Vec<OutboxMessage>, ServiceError> {
        self.claim(MessageKind::Question, limit, lease).await
    }

    /// Sends events that are due, and writes what became of them.
    ///
    /// # Errors
    /// The store fails; events that went out then go out again, with the same ids.
    pub async fn relay_events(&self, publisher: &dyn EventPublisher, limit: u32) -> Result<Relayed, ServiceError> {
        let events = self.claim(MessageKind::Event, limit, TimeDelta::seconds(60)).await?;
        if events.is_empty() {
            return Ok(Relayed::default());
        }
        let outcomes = publisher.publish(&events).await;
        let at = self.clock.now();
        let mut relayed = Relayed::default();
        let mut settlements = Vec::with_capacity(events.len());
        for (event, outcome) in events.iter().zip(outcomes) {
            let outcome = match outcome {
                Ok(()) => {
                    relayed.sent += 1;
                    SettlementOutcome::Sent { at }
                }
                Err(error) if error.is_final || event.attempts >= MAX_ATTEMPTS => {
                    relayed.parked += 1;
                    SettlementOutcome::Parked { at, error: error.message }
                }
                Err(error) => {
                    relayed.postponed += 1;
                    SettlementOutcome::Retry { at: at + pause(event.attempts), error: error.message }
                }
            };
            settlements.push(Settlement { id: event.id, outcome });
        }
        let mut unit = self.store.begin().await?;
        unit.settle(&settlements).await?;
        unit.commit().await?;
        Ok(relayed)
    }

    async fn claim(&self, kind: MessageKind, limit: u32, lease: TimeDelta) -> Result<Vec<OutboxMessage>, ServiceError> {
        let mut unit = self.store.begin().await?;
        let claim = Claim { kind, limit, owner: self.worker.clone(), now: self.clock.now(), lease };
        let messages = unit.claim(&claim).await?;
        if !messages.is_empty() {
            unit.commit().await?;
        }
        Ok(messages)
    }
}

/// Doubles with every try, up to five minutes.
fn pause(attempts: u32) -> TimeDelta {
    let seconds = 1_i64.checked_shl(attempts.min(16)).unwrap_or(LONGEST_PAUSE_S);
    TimeDelta::seconds(seconds.min(LONGEST_PAUSE_S))
}
