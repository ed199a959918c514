//! The store that keeps everything in memory.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use async_lock::Mutex as AsyncMutex;
use async_trait::async_trait;

use super::tables::Tables;
use super::unit::MemoryUnit;
use crate::store::{Bell, BellWakes, Repositories, Store, StoreError, UnitOfWork};

/// A store in memory; a clone is the same store.
///
/// Units are exclusive: one that begins waits until the one before has ended. Views wait for nothing.
///
/// ```
/// use cj_core::store::memory::MemoryStore;
/// let store = MemoryStore::new();
/// let same = store.clone();
/// # drop((store, same));
/// ```
#[derive(Clone, Default)]
pub struct MemoryStore {
    shared: Arc<Shared>,
}

/// What the clones and the units of one store share.
#[derive(Default)]
pub(super) struct Shared {
    committed: Mutex<Tables>,
    turn: Arc<AsyncMutex<()>>,
    pub(super) bell: Bell,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// A store of its own that holds what is committed here; from then on neither sees what the other writes.
    #[must_use]
    pub fn fork(&self) -> Self {
        let fork = Self::default();
        fork.shared.publish(self.shared.committed());
        fork
    }

    /// Notices of commits that put something into the outbox.
    pub fn wakes(&self) -> BellWakes {
        self.shared.bell.wakes()
    }
}

impl Shared {
    pub(super) fn publish(&self, tables: Tables) {
        *self.committed.lock().unwrap_or_else(PoisonError::into_inner) = tables;
    }

    fn committed(&self) -> Tables {
        self.committed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StoreError> {
        let turn = self.shared.turn.lock_arc().await;
        Ok(Box::new(MemoryUnit::writing(self.shared.committed(), Arc::clone(&self.shared), turn)))
    }

    async fn read(&self) -> Result<Box<dyn Repositories>, StoreError> {
        Ok(Box::new(MemoryUnit::reading(self.shared.committed())))
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").finish_non_exhaustive()
    }
}
