//! One pass: claim, send, settle.

use std::collections::BTreeSet;
use std::ops::AddAssign;

use chrono::{DateTime, TimeDelta, Utc};

use super::RelayPolicy;
use crate::change::OutboxMessage;
use crate::port::{EventPublisher, PublishError, PublishErrorKind};
use crate::service::{Service, ServiceError};
use crate::store::{Settlement, SettlementOutcome};

/// What a pass of a relay did.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Relayed {
    /// Events accepted.
    pub sent: u32,
    /// Events that will be tried again.
    pub postponed: u32,
    /// Events put aside.
    pub parked: u32,
    /// Events that were not tried: the receiver could not be reached, or an earlier event of their key was not sent.
    pub held: u32,
    /// Before this time nothing was or will be claimed: the circuit breaker is open.
    pub closed_until: Option<DateTime<Utc>>,
}

impl Relayed {
    /// Whether everything that was claimed was accepted.
    pub fn is_smooth(&self) -> bool {
        self.postponed + self.parked + self.held == 0
    }

    /// Whether there was anything to do.
    pub fn is_idle(&self) -> bool {
        self.sent + self.postponed + self.parked + self.held == 0
    }
}

impl AddAssign for Relayed {
    /// Both together; the breaker is as it was later.
    fn add_assign(&mut self, later: Self) {
        self.sent += later.sent;
        self.postponed += later.postponed;
        self.parked += later.parked;
        self.held += later.held;
        self.closed_until = later.closed_until;
    }
}

/// A pass in full, for whoever keeps figures.
pub(super) struct Pass {
    pub(super) relayed: Relayed,
    pub(super) failures: Vec<PublishErrorKind>,
    pub(super) ages: Vec<TimeDelta>,
    pub(super) took: TimeDelta,
}

impl Service {
    /// Sends events that are due, and writes what became of them; without a circuit breaker, which
    /// [`Relay`](super::Relay) has.
    ///
    /// # Errors
    /// The store fails; events that went out then go out again, with the same ids.
    pub async fn relay_events(&self, publisher: &dyn EventPublisher, limit: u32) -> Result<Relayed, ServiceError> {
        let policy = RelayPolicy { limit, ..RelayPolicy::default() };
        let events = self.exchange_events(&[], &policy, limit).await?;
        let (pass, settlements) = self.send_events(publisher, &events, &policy).await;
        self.exchange_events(&settlements, &policy, 0).await?;
        Ok(pass.relayed)
    }

    /// Sends claimed events, and says what is to be written of them.
    pub(super) async fn send_events(
        &self,
        publisher: &dyn EventPublisher,
        events: &[OutboxMessage],
        policy: &RelayPolicy,
    ) -> (Pass, Vec<Settlement>) {
        if events.is_empty() {
            return Pass::of(&[], Vec::new(), policy, self.clock.now(), TimeDelta::zero());
        }
        let since = self.clock.now();
        let outcomes = publisher.publish(events).await;
        let at = self.clock.now();
        Pass::of(events, outcomes, policy, at, at - since)
    }
}

impl Pass {
    /// What becomes of events, by what a publisher said of them.
    fn of(
        events: &[OutboxMessage],
        outcomes: Vec<Result<(), PublishError>>,
        policy: &RelayPolicy,
        at: DateTime<Utc>,
        took: TimeDelta,
    ) -> (Self, Vec<Settlement>) {
        let mut pass = Self { relayed: Relayed::default(), failures: Vec::new(), ages: Vec::new(), took };
        let mut stuck: BTreeSet<&str> = BTreeSet::new();
        let mut settlements = Vec::with_capacity(events.len());
        // What a publisher says nothing of was not sent.
        let unsaid = || Err(PublishError::unreachable("the publisher did not say what became of it"));
        let outcomes = outcomes.into_iter().chain(std::iter::repeat_with(unsaid));
        for (event, outcome) in events.iter().zip(outcomes) {
            let outcome = match outcome {
                Ok(()) => pass.sent(event, at),
                // It is not its fault: neither tried nor parked with the one before it.
                Err(_) if stuck.contains(event.key.as_str()) => pass.held(at, BEHIND.to_owned()),
                Err(error) => {
                    stuck.insert(&event.key);
                    pass.failed(event, error, policy, at)
                }
            };
            settlements.push(Settlement { id: event.id, outcome });
        }
        (pass, settlements)
    }

    fn sent(&mut self, event: &OutboxMessage, at: DateTime<Utc>) -> SettlementOutcome {
        self.relayed.sent += 1;
        self.ages.push(at - event.created_at);
        SettlementOutcome::Sent { at }
    }

    fn held(&mut self, at: DateTime<Utc>, error: String) -> SettlementOutcome {
        self.relayed.held += 1;
        SettlementOutcome::Released { at, error }
    }

    fn failed(
        &mut self,
        event: &OutboxMessage,
        error: PublishError,
        policy: &RelayPolicy,
        at: DateTime<Utc>,
    ) -> SettlementOutcome {
        self.failures.push(error.kind);
        let later = |pause: TimeDelta| at.checked_add_signed(pause).unwrap_or(DateTime::<Utc>::MAX_UTC);
        match error.kind {
            PublishErrorKind::Unreachable => {
                self.held(later(policy.pause_unreachable(event.id, event.attempts)), error.message)
            }
            PublishErrorKind::Passing if event.attempts < policy.max_attempts => {
                self.relayed.postponed += 1;
                SettlementOutcome::Retry { at: later(policy.pause(event.id, event.attempts)), error: error.message }
            }
            PublishErrorKind::Passing | PublishErrorKind::Refused => {
                self.relayed.parked += 1;
                tracing::warn!(event = %event.id, topic = event.topic, error = error.message, "an event was parked");
                SettlementOutcome::Parked { at, error: error.message }
            }
        }
    }
}

const BEHIND: &str = "not sent: an earlier message of its key was not";
