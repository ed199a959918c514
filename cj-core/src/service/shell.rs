//! The shell's frame.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};

use super::Precision;
use crate::batch::{Context, EssayTexts};
use crate::id::{BatchId, WorkerId};
use crate::port::{Clock, ContentSource, Observer};
use crate::store::Store;

/// How often a unit that was overtaken is run again before the caller is told.
pub(super) const TRIES: u32 = 20;

/// Drives batches on a store: submit a request, take verdicts, do what is due, relay what leaves.
///
/// Any number of these may share one store, in one process or in many; each needs its own worker id.
#[derive(Clone)]
pub struct Service {
    pub(super) store: Arc<dyn Store>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) content: Option<Arc<dyn ContentSource>>,
    pub(super) worker: WorkerId,
    pub(super) precision: Precision,
    pub(super) observer: Arc<dyn Observer>,
    /// Batches that could not be woken: the next sweep goes on behind them.
    pub(super) passed_over: Arc<Mutex<BTreeSet<BatchId>>>,
}

impl Service {
    /// A shell over a store and a clock.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, worker: WorkerId) -> Self {
        Self {
            store,
            clock,
            content: None,
            worker,
            precision: Precision::FINE,
            observer: Arc::new(()),
            passed_over: Arc::default(),
        }
    }

    /// Fetches texts that requests name by storage id.
    #[must_use]
    pub fn with_content(mut self, content: Arc<dyn ContentSource>) -> Self {
        self.content = Some(content);
        self
    }

    /// Draws the honest reliability otherwise than [`Precision::FINE`]. All workers on one store must agree on it: a
    /// scoring that is done again must come out alike.
    #[must_use]
    pub fn with_precision(mut self, precision: Precision) -> Self {
        self.precision = precision;
        self
    }

    /// Tells somebody what happens, for metrics.
    #[must_use]
    pub fn with_observer(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observer = observer;
        self
    }

    /// The store.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// The time.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    pub(super) fn context<'a>(&'a self, texts: &'a EssayTexts) -> Context<'a> {
        Context { now: self.clock.now(), worker: &self.worker, texts }
    }
}

/// Runs a unit again while another worker is faster; with a service, its observer is told of each run that was lost.
macro_rules! until_not_overtaken {
    (@telling $tell:expr, $unit:expr) => {{
        let mut tries = 0;
        loop {
            tries += 1;
            match $unit.await {
                Err(error) if ServiceError::is_conflict(&error) && tries < crate::service::shell::TRIES => {
                    tracing::debug!(tries, "overtaken by another worker");
                    $tell;
                }
                outcome => break outcome,
            }
        }
    }};
    ($unit:expr) => {
        until_not_overtaken!(@telling (), $unit)
    };
    ($service:expr, $unit:expr) => {
        until_not_overtaken!(@telling $service.report(&[crate::change::Occurrence::Overtaken]), $unit)
    };
}
pub(super) use until_not_overtaken;
