//! A relay with everything that belongs to it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};

use super::both::both;
use super::pass::Pass;
use super::{RelayFigures, RelayPolicy, Relayed};
use crate::change::{MessageKind, OutboxMessage};
use crate::port::{BreakerSettings, EventPublisher, GuardedPublisher, Permit};
use crate::service::{Service, ServiceError};
use crate::store::{OutboxDepth, Settlement};

/// Sends events of a store to a receiver, behind a circuit breaker, and keeps figures. Any number of relays may share a
/// store; each needs its own worker id.
///
/// It waits for nothing by itself: whoever drives it calls [`drain`](Self::drain), or [`pass`](Self::pass) while that is not
/// idle, and otherwise waits for a notice ([`Wakes`](crate::store::Wakes)), for `next_at` of [`observe`](Self::observe), or for
/// a fixed time.
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
        if let Permit::Wait { until } = self.publisher.outlook() {
            return Ok(Relayed { closed_until: Some(until), ..Relayed::default() });
        }
        let events = self.service.exchange_events(&[], &self.policy, self.allowed()).await?;
        let (pass, settlements) = self.service.send_events(&*self.publisher, &events, &self.policy).await;
        self.service.exchange_events(&settlements, &self.policy, 0).await?;
        Ok(self.note(&pass))
    }

    /// As many passes as it takes until nothing more is due, something could not be sent, or the breaker opens. While one
    /// slice is on its way, the one before it is settled and the next one claimed, in one unit of work.
    ///
    /// # Cancellation
    /// That of [`Self::pass`], for two slices.
    ///
    /// # Errors
    /// Those of [`Self::pass`], for two slices at most.
    pub async fn drain(&self) -> Result<Relayed, ServiceError> {
        let mut all = Relayed::default();
        let mut settled = Vec::new();
        let mut slice = self.next(&[], &all).await?;
        while !(slice.is_empty() && settled.is_empty()) {
            let sending = self.service.send_events(&*self.publisher, &slice, &self.policy);
            // The store first: it works on by itself while events are handed to the publisher.
            let (next, (pass, settlements)) = both(self.next(&settled, &all), sending).await;
            all += self.note(&pass);
            match next {
                Ok(next) => (slice, settled) = (next, settlements),
                Err(error) => {
                    // What is known by now is written if it can be; else it goes out again when its lease ends.
                    settled.extend(settlements);
                    if let Err(again) = self.service.exchange_events(&settled, &self.policy, 0).await {
                        tracing::debug!(error = ?again, events = settled.len(), "they are left to their lease");
                    }
                    return Err(error);
                }
            }
        }
        all.closed_until = self.closed_until();
        Ok(all)
    }

    /// Settles one slice and claims the next, or none: after trouble, or while the breaker is open.
    async fn next(&self, settled: &[Settlement], so_far: &Relayed) -> Result<Vec<OutboxMessage>, ServiceError> {
        let limit = if so_far.is_smooth() { self.allowed() } else { 0 };
        self.figures_mut().passes += u64::from(limit > 0);
        self.service.exchange_events(settled, &self.policy, limit).await
    }

    /// How much the breaker lets go at once.
    fn allowed(&self) -> u32 {
        match self.publisher.outlook() {
            Permit::All(_) => self.policy.limit,
            Permit::One(_) => self.policy.limit.min(1),
            Permit::Wait { .. } => 0,
        }
    }

    fn closed_until(&self) -> Option<DateTime<Utc>> {
        match self.publisher.outlook() {
            Permit::Wait { until } => Some(until),
            Permit::All(_) | Permit::One(_) => None,
        }
    }

    fn note(&self, pass: &Pass) -> Relayed {
        let mut figures = self.figures_mut();
        figures.sent += u64::from(pass.relayed.sent);
        figures.parked += u64::from(pass.relayed.parked);
        for kind in &pass.failures {
            *figures.failures.entry(*kind).or_default() += 1;
        }
        for age in &pass.ages {
            figures.age.observe(*age);
        }
        if !pass.relayed.is_idle() {
            figures.publishing.observe(pass.took);
        }
        Relayed { closed_until: self.closed_until(), ..pass.relayed }
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
