//! The store that fails on purpose.

use std::sync::Arc;

use async_trait::async_trait;
use cj_core::id::BatchId;
use cj_core::store::{Repositories, Store, StoreError, UnitOfWork};

use super::Fault;
use super::plan::Plan;
use super::unit::Faulty;

/// A store that passes everything on to another, and lets one operation go wrong when it is told to.
///
/// Operations are the calls of [`Store`], of [`UnitOfWork`] and of every repository, counted from 0 over all units and
/// views. A clone is the same store. To crash a piece of work everywhere, run it once to see how many operations it has,
/// then once for each of them:
///
/// ```
/// use std::sync::Arc;
///
/// use cj_core::store::memory::MemoryStore;
/// use cj_core::store::{BatchQuery, BatchRepository, Store, StoreError};
/// use cj_testkit::{Fault, FaultStore, fixture};
///
/// async fn work(store: &dyn Store) -> Result<(), StoreError> {
///     let mut unit = store.begin().await?;
///     BatchRepository::insert(&mut *unit, &[&fixture::batch("batch")]).await?;
///     unit.commit().await
/// }
///
/// cj_testkit::run(async {
///     let store = FaultStore::new(Arc::new(MemoryStore::new()));
///     work(&store).await.unwrap();
///     assert_eq!(store.operations(), ["store.begin", "batch.insert", "unit.commit"]);
///
///     for operation in 0..3 {
///         let store = FaultStore::new(Arc::new(MemoryStore::new()));
///         store.inject(operation, Fault::LoseAck);
///         assert!(work(&store).await.is_err());
///         let found = store.read().await.unwrap().find(&BatchQuery::Newest { limit: 1 }).await.unwrap();
///         assert_eq!(found.len(), usize::from(operation == 2), "only the commit held");
///     }
/// });
/// ```
#[derive(Clone)]
pub struct FaultStore {
    inner: Arc<dyn Store>,
    plan: Arc<Plan>,
}

impl FaultStore {
    /// Wraps a store; nothing goes wrong until [`FaultStore::inject`].
    pub fn new(inner: Arc<dyn Store>) -> Self {
        Self { inner, plan: Arc::default() }
    }

    /// The store that it wraps: what is done there is not counted.
    pub fn inner(&self) -> Arc<dyn Store> {
        Arc::clone(&self.inner)
    }

    /// Counts from 0 again, and lets the operation of that number go wrong, once.
    pub fn inject(&self, operation: usize, fault: Fault) {
        self.plan.inject(operation, fault);
    }

    /// Lets the row of one batch be unreadable from now on: every unit that wants to hold it is refused as `Corrupt`.
    pub fn spoil(&self, batch: BatchId) {
        self.plan.spoil(batch);
    }

    /// Counts from 0 again, and lets nothing go wrong any more.
    pub fn heal(&self) {
        self.plan.clear();
    }

    /// The operations that were begun since the count began, in order, by name: `aggregate.method`.
    pub fn operations(&self) -> Vec<&'static str> {
        self.plan.operations()
    }

    /// Whether what was injected has yet to happen.
    pub fn is_armed(&self) -> bool {
        self.plan.is_armed()
    }

    /// Waits until an operation hangs: the time to drop what waits for it.
    pub async fn hung(&self) {
        self.plan.hung().await;
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl Store for FaultStore {
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StoreError> {
        let plan = Arc::clone(&self.plan);
        let unit = self.plan.run("store.begin", self.inner.begin()).await?;
        Ok(Box::new(Faulty::new(unit, plan)))
    }

    async fn read(&self) -> Result<Box<dyn Repositories>, StoreError> {
        let plan = Arc::clone(&self.plan);
        let view = self.plan.run("store.read", self.inner.read()).await?;
        Ok(Box::new(Faulty::new(view, plan)))
    }
}

impl std::fmt::Debug for FaultStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FaultStore").field("plan", &self.plan).finish_non_exhaustive()
    }
}
