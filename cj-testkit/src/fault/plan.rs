//! What goes wrong, and when.

use std::collections::BTreeSet;
use std::future::{Future, pending};
use std::sync::{Mutex, MutexGuard, PoisonError};

use cj_core::id::BatchId;
use cj_core::store::{ErrorKind, StoreError};
use tokio::sync::Notify;

/// What goes wrong at an operation.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Fault {
    /// It is not done, and fails.
    Fail(ErrorKind),
    /// It is not done, and never returns: whoever waits for it has to drop it.
    Hang,
    /// It is done, and fails as `Unavailable`: a commit holds, and the caller does not know.
    LoseAck,
    /// It is done, and never returns.
    HangAfter,
}

impl Fault {
    /// Every way to go wrong, each of which a caller that begins again must survive.
    pub const ALL: [Self; 5] = [
        Self::Fail(ErrorKind::Unavailable),
        Self::Fail(ErrorKind::Conflict),
        Self::Hang,
        Self::LoseAck,
        Self::HangAfter,
    ];
}

/// Counts operations, and lets one of them go wrong.
#[derive(Debug, Default)]
pub(super) struct Plan {
    state: Mutex<State>,
    hung: Notify,
}

#[derive(Debug, Default)]
struct State {
    done: Vec<&'static str>,
    next: Option<(usize, Fault)>,
    unreadable: BTreeSet<BatchId>,
}

impl Plan {
    pub(super) fn inject(&self, operation: usize, fault: Fault) {
        let mut state = self.state();
        state.done.clear();
        state.next = Some((operation, fault));
    }

    pub(super) fn clear(&self) {
        *self.state() = State::default();
    }

    pub(super) fn spoil(&self, batch: BatchId) {
        self.state().unreadable.insert(batch);
    }

    /// Refuses batches of which one cannot be read.
    pub(super) fn require_readable(&self, operation: &'static str, batches: &[BatchId]) -> Result<(), StoreError> {
        let state = self.state();
        let spoilt = batches.iter().find(|id| state.unreadable.contains(id));
        spoilt.map_or(Ok(()), |id| Err(StoreError::corrupt(operation, format!("{INJECTED}: batch {id}"))))
    }

    pub(super) fn operations(&self) -> Vec<&'static str> {
        self.state().done.clone()
    }

    pub(super) fn is_armed(&self) -> bool {
        self.state().next.is_some()
    }

    pub(super) async fn hung(&self) {
        self.hung.notified().await;
    }

    /// Does an operation, or what the plan has for it.
    pub(super) async fn run<T: Send>(
        &self,
        operation: &'static str,
        work: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        let fault = self.count(operation);
        match fault {
            None => work.await,
            Some(Fault::Fail(kind)) => Err(StoreError::new(kind, operation).with_source(INJECTED)),
            Some(Fault::Hang) => self.hang().await,
            Some(Fault::LoseAck) => {
                work.await?;
                Err(StoreError::new(ErrorKind::Unavailable, operation).with_source(INJECTED))
            }
            Some(Fault::HangAfter) => {
                work.await?;
                self.hang().await
            }
        }
    }

    fn count(&self, operation: &'static str) -> Option<Fault> {
        let mut state = self.state();
        let number = state.done.len();
        state.done.push(operation);
        state.next.take_if(|(at, _)| *at == number).map(|(_, fault)| fault)
    }

    async fn hang<T>(&self) -> T {
        self.hung.notify_one();
        pending().await
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const INJECTED: &str = "injected by the test";
