//! A store at whose door a worker can be held.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use cj_core::store::{Repositories, Store, StoreError, UnitOfWork};
use tokio::sync::Notify;

/// Passes units on, and holds one that begins until it is let in: what its worker found out before is old by then.
pub(super) struct Gate {
    inner: Arc<dyn Store>,
    /// How many more units may begin before the one that is held, plus one; 0 while the gate is open.
    until_held: AtomicUsize,
    came: Notify,
    opened: Notify,
}

impl Gate {
    pub(super) fn new(inner: Arc<dyn Store>) -> Arc<Self> {
        Arc::new(Self { inner, until_held: AtomicUsize::new(0), came: Notify::new(), opened: Notify::new() })
    }

    /// Lets so many units begin, and holds the next.
    pub(super) fn hold_after(&self, units: usize) {
        self.until_held.store(units + 1, Ordering::SeqCst);
    }

    /// Waits until a unit is held.
    pub(super) async fn is_reached(&self) {
        self.came.notified().await;
    }

    /// Lets the unit that is held begin.
    pub(super) fn open(&self) {
        self.opened.notify_one();
    }
}

#[async_trait]
impl Store for Gate {
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StoreError> {
        let counted = self.until_held.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        if counted == Ok(1) {
            self.came.notify_one();
            self.opened.notified().await;
        }
        self.inner.begin().await
    }

    async fn read(&self) -> Result<Box<dyn Repositories>, StoreError> {
        self.inner.read().await
    }
}
