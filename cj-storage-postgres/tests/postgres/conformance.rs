//! This store keeps the contract of every port.

use std::sync::Arc;

use cj_core::store::Store;
use cj_storage_postgres::PgStore;
use cj_testkit::postgres::PgDatabase;

async fn fresh() -> (Arc<dyn Store>, PgDatabase) {
    let database = PgDatabase::fresh().await;
    let store = PgStore::connect(database.url()).await.expect("a new database can be connected to");
    store.migrate().await.expect("a new database can be migrated");
    (Arc::new(store), database)
}

cj_testkit::conformance!(fresh());
