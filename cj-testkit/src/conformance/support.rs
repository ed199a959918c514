//! What cases have in common.

use std::fmt::Debug;
use std::sync::Arc;

use cj_core::change::{BatchRecord, ComparisonRecord, EssayRecord};
use cj_core::store::{
    BatchQuery, BatchRepository, ComparisonRepository, ErrorKind, EssayRepository, Repositories, Store, StoreError,
    UnitOfWork,
};

use crate::fixture;

pub(super) async fn begin(store: &Arc<dyn Store>) -> Box<dyn UnitOfWork> {
    store.begin().await.expect("a unit begins")
}

pub(super) async fn view(store: &Arc<dyn Store>) -> Box<dyn Repositories> {
    store.read().await.expect("a view begins")
}

pub(super) async fn commit(unit: Box<dyn UnitOfWork>) {
    unit.commit().await.expect("the unit commits");
}

pub(super) fn refs<T>(rows: &[T]) -> Vec<&T> {
    rows.iter().collect()
}

/// Asserts that a call failed, and how.
pub(super) fn refused<T: Debug>(result: Result<T, StoreError>, kind: ErrorKind) {
    let error = result.expect_err("the call must fail");
    assert_eq!(error.kind(), kind, "{error}: {:?}", std::error::Error::source(&error));
}

pub(super) async fn put_batches(store: &Arc<dyn Store>, batches: &[BatchRecord]) {
    let mut unit = begin(store).await;
    BatchRepository::insert(&mut *unit, &refs(batches)).await.expect("new batches are inserted");
    commit(unit).await;
}

pub(super) async fn put_essays(store: &Arc<dyn Store>, essays: &[EssayRecord]) {
    let mut unit = begin(store).await;
    EssayRepository::insert(&mut *unit, &refs(essays)).await.expect("new essays are inserted");
    commit(unit).await;
}

pub(super) async fn put_comparisons(store: &Arc<dyn Store>, comparisons: &[ComparisonRecord]) {
    let mut unit = begin(store).await;
    ComparisonRepository::insert(&mut *unit, &refs(comparisons)).await.expect("new comparisons are inserted");
    commit(unit).await;
}

/// Stores a batch with the essays that the fixture's comparisons are about.
pub(super) async fn seeded(store: &Arc<dyn Store>, name: &str) -> BatchRecord {
    let batch = fixture::batch(name);
    put_batches(store, std::slice::from_ref(&batch)).await;
    put_essays(store, &fixture::essays(batch.id())).await;
    batch
}

pub(super) async fn find(store: &Arc<dyn Store>, query: BatchQuery) -> Vec<BatchRecord> {
    view(store).await.find(&query).await.expect("batches are found")
}

/// The stored state of a batch that is there.
pub(super) async fn stored(store: &Arc<dyn Store>, batch: &BatchRecord) -> BatchRecord {
    find(store, BatchQuery::Id(batch.id())).await.pop().expect("the batch is stored")
}
