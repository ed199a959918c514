//! This store keeps the contract of every port.

use std::sync::Arc;

use cj_core::store::Store;
use cj_storage_sqlite::SqliteStore;
use tempfile::TempDir;

async fn fresh() -> (Arc<dyn Store>, TempDir) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let store = SqliteStore::open(folder.path().join("cj.sqlite")).await.expect("a new file can be opened");
    store.migrate().await.expect("a new file can be migrated");
    (Arc::new(store), folder)
}

cj_testkit::conformance!(fresh());
