//! All that is stored of a batch.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use cj_core::change::{BatchRecord, ComparisonRecord, DecisionRecord, EssayRecord, EssayResult, MatrixCell, MatrixKey};
use cj_core::id::BatchId;
use cj_core::store::memory::MemoryStore;
use cj_core::store::{
    BatchQuery, ComparisonQuery, ComparisonRepository, EssayRepository, ResultRepository, Store, StoreError, Texts,
};

/// All that is stored of a batch at one time.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Snapshot {
    pub(crate) record: BatchRecord,
    pub(crate) essays: Vec<EssayRecord>,
    pub(crate) comparisons: Vec<ComparisonRecord>,
    pub(crate) decisions: Vec<DecisionRecord>,
    pub(crate) matrix: Vec<(MatrixKey, MatrixCell)>,
    pub(crate) results: Vec<EssayResult>,
}

impl Snapshot {
    /// What the store holds of a batch, if it holds it.
    pub(super) fn of(store: &MemoryStore, id: BatchId) -> Result<Option<Self>, StoreError> {
        at_once(async {
            let mut view = store.read().await?;
            let Some(record) = view.find(&BatchQuery::Id(id)).await?.pop() else { return Ok(None) };
            Ok(Some(Self {
                record,
                essays: EssayRepository::load(&mut *view, id, Texts::Omit).await?,
                comparisons: ComparisonRepository::load(&mut *view, &ComparisonQuery::All(id)).await?,
                decisions: view.decisions(id).await?,
                matrix: view.matrix(id).await?,
                results: ResultRepository::load(&mut *view, id).await?,
            }))
        })
    }
}

/// The outcome of a future that never waits: views of the store in memory do not.
pub(super) fn at_once<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => unreachable!("a view of the store in memory waits for nobody"),
    }
}
