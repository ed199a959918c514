//! A publisher behind a circuit breaker.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::{Breaker, BreakerSettings, Clock, EventPublisher, Permit, PublishError, PublishErrorKind, Ticket};
use crate::change::OutboxMessage;

/// A publisher behind a circuit breaker: while that is open nothing is sent, and every event is told to be
/// [unreachable](PublishErrorKind::Unreachable), which means later and never sent.
pub struct GuardedPublisher {
    inner: Arc<dyn EventPublisher>,
    clock: Arc<dyn Clock>,
    breaker: Mutex<Breaker>,
}

impl GuardedPublisher {
    /// Guards a publisher.
    pub fn new(inner: Arc<dyn EventPublisher>, clock: Arc<dyn Clock>, settings: BreakerSettings) -> Self {
        Self { inner, clock, breaker: Mutex::new(Breaker::new(settings)) }
    }

    /// What the breaker would allow now.
    pub fn outlook(&self) -> Permit {
        self.breaker().outlook(self.clock.now())
    }

    /// `closed`, `open` or `half_open`.
    pub fn state(&self) -> &'static str {
        self.breaker().code()
    }

    fn breaker(&self) -> MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn send(&self, events: &[OutboxMessage], ticket: Ticket) -> Vec<Result<(), PublishError>> {
        let outcomes = self.inner.publish(events).await;
        let now = self.clock.now();
        let mut breaker = self.breaker();
        let mut stuck: BTreeSet<&str> = BTreeSet::new();
        for (event, outcome) in events.iter().zip(&outcomes) {
            match outcome {
                Ok(()) => breaker.succeeded(ticket),
                // Of a key none may succeed after one that failed: that says nothing more about the receiver.
                Err(_) if !stuck.insert(&event.key) => {}
                // Who refuses is there.
                Err(error) if error.kind == PublishErrorKind::Refused => breaker.succeeded(ticket),
                Err(_) => breaker.failed(ticket, now),
            }
        }
        outcomes
    }
}

#[async_trait]
impl EventPublisher for GuardedPublisher {
    async fn publish(&self, events: &[OutboxMessage]) -> Vec<Result<(), PublishError>> {
        if events.is_empty() {
            return Vec::new();
        }
        let permit = self.breaker().ask(self.clock.now());
        let (ticket, allowed) = match permit {
            Permit::All(ticket) => (ticket, events),
            Permit::One(ticket) => (ticket, &events[..1]),
            Permit::Wait { .. } => return vec![Err(PublishError::unreachable(OPEN)); events.len()],
        };
        let mut outcomes = self.send(allowed, ticket).await;
        outcomes.resize(events.len(), Err(PublishError::unreachable(OPEN)));
        outcomes
    }
}

impl std::fmt::Debug for GuardedPublisher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GuardedPublisher").field("state", &self.state()).finish_non_exhaustive()
    }
}

const OPEN: &str = "not sent: the circuit breaker is open";
