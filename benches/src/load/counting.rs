//! How often units are begun.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use cj_core::store::{Repositories, Store, StoreError, UnitOfWork};

/// A store that counts the units that it hands out: more than were asked for were overtaken and run again.
pub struct CountingStore {
    store: Arc<dyn Store>,
    begun: AtomicU64,
}

impl CountingStore {
    /// Counts from zero.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store, begun: AtomicU64::new(0) }
    }

    /// Units handed out so far.
    pub fn begun(&self) -> u64 {
        self.begun.load(Ordering::Relaxed)
    }
}

#[async_trait]
impl Store for CountingStore {
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StoreError> {
        self.begun.fetch_add(1, Ordering::Relaxed);
        self.store.begin().await
    }

    async fn read(&self) -> Result<Box<dyn Repositories>, StoreError> {
        self.store.read().await
    }
}
