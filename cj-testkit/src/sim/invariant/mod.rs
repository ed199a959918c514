//! What must hold at every moment of every run, one promise a file.

mod absorbing;
mod accounted;
mod agreement;
mod budget;
mod events;
mod lease;
mod observed;
mod once;
mod progress;
mod reason;
mod scale;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use cj_core::batch::BatchRequest;
use cj_core::change::{DeadLetter, OutboxMessage};
use cj_core::id::BatchId;
use cj_core::service::Answer;

use super::Snapshot;
use super::scenario::Scenario;
use crate::watch::Counts;

/// One promise.
pub(super) trait Invariant: Send {
    /// What is promised, in a few words.
    fn name(&self) -> &'static str;

    /// Whether a commit kept it: `before` and `after` are all that was stored of one batch.
    fn on_change(&mut self, _before: Option<&Snapshot>, _after: &Snapshot, _now: DateTime<Utc>) -> Result<(), String> {
        Ok(())
    }

    /// Whether it was kept when everything has ended.
    fn at_the_end(&self, _ended: &Ended<'_>) -> Result<(), String> {
        Ok(())
    }
}

/// A run that has ended.
pub(super) struct Ended<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) snapshots: &'a BTreeMap<BatchId, Snapshot>,
    /// Answers whose delivery was acknowledged, repeated deliveries included.
    pub(super) delivered: &'a [Answer],
    /// Events as they arrived, repeated ones included.
    pub(super) events: &'a [OutboxMessage],
    pub(super) dead: &'a [DeadLetter],
    pub(super) requested: &'a [BatchRequest],
    /// What the workers' observer counted.
    pub(super) told: &'a Counts,
}

/// Every promise.
pub(super) fn all() -> Vec<Box<dyn Invariant>> {
    vec![
        Box::new(absorbing::Absorbing),
        Box::new(progress::Progress),
        Box::new(agreement::Agreement),
        Box::new(budget::Budget),
        Box::new(lease::OneWorker),
        Box::new(once::Once),
        Box::new(reason::TrueReason),
        Box::new(scale::RightScale),
        Box::new(accounted::NothingLost),
        Box::new(events::OneEnding),
        Box::new(observed::ToldOnce),
    ]
}
