//! What the parts of a simulated world share: its clock, its dice, what is on its way.

use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use chrono::{DateTime, Utc};
use cj_core::port::{Clock, ManualClock};
use cj_core::service::Answer;
use cj_core::store::{ErrorKind, StoreError};

use super::dice::Dice;
use super::scenario::Scenario;

/// What the parts of a simulated world share.
pub(super) struct Shared {
    pub(super) scenario: Scenario,
    pub(super) clock: Arc<ManualClock>,
    inner: Mutex<Inner>,
}

pub(super) struct Inner {
    pub(super) dice: Dice,
    /// What the task that is being run waits for.
    pub(super) pause: Option<Pause>,
    /// Whether something was committed since this was last looked at.
    pub(super) committed: bool,
    /// Answers on their way, with the time at which each is delivered.
    pub(super) answers: Vec<(DateTime<Utc>, Answer)>,
    /// Nothing goes wrong any more.
    pub(super) calm: bool,
}

/// What a task waits for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Pause {
    /// A time.
    Until(DateTime<Utc>),
    /// Nothing: its worker has died.
    Dead,
}

impl Shared {
    pub(super) fn new(scenario: Scenario, dice: Dice, start: DateTime<Utc>) -> Self {
        let inner = Inner { dice, pause: None, committed: false, answers: Vec::new(), calm: false };
        Self { scenario, clock: Arc::new(ManualClock::at(start)), inner: Mutex::new(inner) }
    }

    pub(super) fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Comes before every storage operation: others may work meanwhile, and something may go wrong.
    pub(super) async fn gate(&self, operation: &'static str) -> Result<(), StoreError> {
        let (pause, fails) = {
            let mut inner = self.inner();
            let scenario = &self.scenario;
            let rate = |rate: f64| if inner.calm { 0.0 } else { rate };
            let (dies, stalls, fails) =
                (rate(scenario.worker_dies), rate(scenario.worker_stalls), rate(scenario.store_fails));
            let pause = if inner.dice.happens(dies) {
                Pause::Dead
            } else if inner.dice.happens(stalls) {
                Pause::Until(self.now() + inner.dice.between(1, 180))
            } else {
                Pause::Until(self.now() + inner.dice.milliseconds(20))
            };
            let fails = inner
                .dice
                .happens(fails)
                .then(|| if inner.dice.unit() < 0.5 { ErrorKind::Unavailable } else { ErrorKind::Conflict });
            (pause, fails)
        };
        self.wait(pause).await;
        match fails {
            Some(kind) => Err(StoreError::new(kind, operation).with_source("simulated")),
            None => Ok(()),
        }
    }

    /// Whether the acknowledgement of a commit that holds is lost.
    pub(super) fn loses_acknowledgement(&self) -> bool {
        let mut inner = self.inner();
        let rate = if inner.calm { 0.0 } else { self.scenario.acknowledgement_lost };
        inner.dice.happens(rate)
    }

    async fn wait(&self, pause: Pause) {
        let mut told = false;
        poll_fn(|_| {
            if told && matches!(pause, Pause::Until(time) if time <= self.now()) {
                return Poll::Ready(());
            }
            told = true;
            self.inner().pause = Some(pause);
            Poll::Pending
        })
        .await;
    }
}
