//! The store of a simulated world.

use std::sync::Arc;

use async_trait::async_trait;
use cj_core::store::memory::MemoryStore;
use cj_core::store::{Repositories, Store, StoreError, UnitOfWork};

use super::shared::Shared;
use super::unit::SimUnit;

/// A store whose units run beside each other and meet only when they commit, as on a server without row locks: one that
/// was overtaken fails with `Conflict`. Nothing but the engine's own guards keeps workers apart here.
pub(super) struct SimStore {
    pub(super) truth: MemoryStore,
    pub(super) shared: Arc<Shared>,
}

#[async_trait]
impl Store for SimStore {
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StoreError> {
        self.shared.gate("store.begin").await?;
        let scratch = self.truth.fork().begin().await?;
        Ok(Box::new(SimUnit::new(scratch, self.truth.clone(), Arc::clone(&self.shared))))
    }

    async fn read(&self) -> Result<Box<dyn Repositories>, StoreError> {
        self.shared.gate("store.read").await?;
        self.truth.read().await
    }
}
