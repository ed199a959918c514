//! A relay with everything that belongs to it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{RelayFigures, RelayPolicy, Relayed};
use crate::change::MessageKind;
use crate::port::{BreakerSettings, EventPublisher, GuardedPublisher, Permit};
use crate::service::{Service, ServiceError};
use crate::store::OutboxDepth;

/// Sends events of a store to a receiver, behind a circuit breaker, and keeps figures. Any number of relays may share a
/// store; each needs its own worker id.
///
/// It waits for nothing by itself: whoever drives it calls [`pass`](Self::pass) while it is not idle, and otherwise waits
/// for a notice ([`Wakes`](crate::store::Wakes)), for `next_at` of [`observe`](Self::observe), or for a fixed time.
#[derive(Clone)]
pub struct Relay {
    service: Service,
    publisher: Arc<GuardedPublisher>,
    policy: RelayPolicy,
    figures: Arc<Mutex<RelayFigures>>,
}

impl Relay {
    /// A relay with the default policy and breaker.
    pub fn new(service: Service, publisher: Arc<dyn EventPublisher>) -> Self {
        Self::with(service, publisher, RelayPolicy::default(), BreakerSettings::default())
    }

    /// A relay.
    pub fn with(
        service: Service,
        publisher: Arc<dyn EventPublisher>,
        policy: RelayPolicy,
        breaker: BreakerSettings,
    ) -> Self {
        let publisher = Arc::new(GuardedPublisher::new(publisher, Arc::clone(&service.clock), breaker));
        Self { service, publisher, policy, figures: Arc::default() }
    }

    /// Claims events that are due, sends them, and writes what became of them. While the breaker is open nothing is claimed;
    /// while it is half-open, one event is.
    ///
    /// # Cancellation
    /// Events that were claimed are given out again when their lease ends; those that went out go out again, with the same
    /// ids.
    ///
    /// # Errors
    /// The store fails; the same as above then holds.
    pub async fn pass(&self) -> Result<Relayed, ServiceError> {
        self.figures_mut().passes += 1;
        let limit = match self.publisher.outlook() {
            Permit::All(_) => self.policy.limit,
            Permit::One(_) => self.policy.limit.min(1),
            Permit::Wait { until } => return Ok(Relayed { closed_until: Some(until), ..Relayed::default() }),
        };
        let policy = RelayPolicy { limit, ..self.policy };
        let pass = self.service.relay_pass(&*self.publisher, &policy).await?;
        let mut figures = self.figures_mut();
        figures.sent += u64::from(pass.relayed.sent);
        figures.parked += u64::from(pass.relayed.parked);
        for kind in pass.failures {
            *figures.failures.entry(kind).or_default() += 1;
        }
        for age in &pass.ages {
            figures.age.observe(*age);
        }
        if !pass.relayed.is_idle() {
            figures.publishing.observe(pass.took);
        }
        let mut relayed = pass.relayed;
        if let Permit::Wait { until } = self.publisher.outlook() {
            relayed.closed_until = Some(until);
        }
        Ok(relayed)
    }

    /// Looks how much waits, and notes it among the figures.
    ///
    /// # Errors
    /// The store fails.
    pub async fn observe(&self) -> Result<OutboxDepth, ServiceError> {
        let at = self.service.clock.now();
        let depth = self.service.store.read().await?.depth(MessageKind::Event).await?;
        self.figures_mut().depth = Some((depth, at));
        Ok(depth)
    }

    /// What it has done so far.
    pub fn figures(&self) -> RelayFigures {
        self.figures_mut().clone()
    }

    /// State of the circuit breaker: `closed`, `open` or `half_open`.
    pub fn breaker_state(&self) -> &'static str {
        self.publisher.state()
    }

    fn figures_mut(&self) -> MutexGuard<'_, RelayFigures> {
        self.figures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Relay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Relay")
            .field("policy", &self.policy)
            .field("breaker", &self.breaker_state())
            .finish_non_exhaustive()
    }
}
