//! The reference store keeps the contract.

use std::sync::Arc;

use cj_core::store::Store;
use cj_core::store::memory::MemoryStore;

cj_testkit::conformance!(async { Arc::new(MemoryStore::new()) as Arc<dyn Store> });

#[tokio::test]
async fn a_commit_that_puts_something_out_is_told() {
    use cj_core::change::MessageKind;
    use cj_core::store::{Wake, Wakes as _};
    use cj_testkit::fixture;
    let store = MemoryStore::new();
    let mut wakes = store.clone().wakes();
    let waiting = tokio::spawn(async move { wakes.next().await });
    tokio::task::yield_now().await;
    let messages = [fixture::event(fixture::batch_id("batch"), 1, 0)];
    let mut dropped = store.begin().await.unwrap();
    dropped.append(&messages).await.unwrap();
    drop(dropped);
    tokio::task::yield_now().await;
    assert!(!waiting.is_finished(), "it was not committed");
    let mut unit = store.begin().await.unwrap();
    unit.append(&messages).await.unwrap();
    unit.commit().await.unwrap();
    assert_eq!(waiting.await.unwrap().unwrap(), Wake::Appended(MessageKind::Event));
}
