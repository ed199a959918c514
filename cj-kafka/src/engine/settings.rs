//! How an engine runs.

use std::time::Duration;

use cj_core::port::BreakerSettings;
use cj_core::service::RelayPolicy;

use crate::IntakeSettings;

/// How an engine runs.
#[derive(Clone, Debug)]
#[must_use]
pub struct EngineSettings {
    pub(super) intake: IntakeSettings,
    pub(super) poll: Duration,
    pub(super) monitor: Duration,
    pub(super) slice: u32,
    pub(super) events: u32,
    pub(super) breaker: BreakerSettings,
    pub(super) drain: Duration,
    pub(super) hands: usize,
}

impl Default for EngineSettings {
    fn default() -> Self {
        Self {
            intake: IntakeSettings::default(),
            poll: Duration::from_millis(500),
            monitor: Duration::from_secs(1),
            slice: 500,
            events: RelayPolicy::default().limit,
            breaker: BreakerSettings::default(),
            drain: Duration::from_secs(10),
            hands: 2,
        }
    }
}

impl EngineSettings {
    /// What requests leave open.
    pub fn with_intake(mut self, intake: IntakeSettings) -> Self {
        self.intake = intake;
        self
    }

    /// How often the outbox is looked into when nobody says that something waits there. Default: twice a second.
    pub const fn with_poll(mut self, poll: Duration) -> Self {
        self.poll = poll;
        self
    }

    /// How often batches are woken whose deadline has passed. Default: every second.
    pub const fn with_monitor(mut self, monitor: Duration) -> Self {
        self.monitor = monitor;
        self
    }

    /// How many questions are claimed at once. Default: 500.
    pub const fn with_slice(mut self, slice: u32) -> Self {
        self.slice = slice;
        self
    }

    /// How many events are claimed at once. Default: that of [`RelayPolicy`].
    pub const fn with_events(mut self, events: u32) -> Self {
        self.events = events;
        self
    }

    /// When the relay leaves a broker that is away alone, and when it asks again. Default: that of [`BreakerSettings`].
    pub const fn with_breaker(mut self, breaker: BreakerSettings) -> Self {
        self.breaker = breaker;
        self
    }

    /// How long a stop may take. Default: 10 s.
    pub const fn with_drain(mut self, drain: Duration) -> Self {
        self.drain = drain;
        self
    }

    /// How many batches are planned or scored at a time. Default: 2.
    pub const fn with_hands(mut self, hands: usize) -> Self {
        self.hands = hands;
        self
    }
}
