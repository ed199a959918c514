//! Erased texts are in no table.

use std::sync::Arc;

use cj_core::store::{ErasureScope, Store as _};
use cj_storage_postgres::PgStore;
use cj_testkit::fixture::at;
use cj_testkit::postgres::PgDatabase;
use cj_testkit::{WORDS, batch_full_of_words};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, query_scalar};

/// How many rows of all tables hold the words, as text or as bytes.
async fn rows(conn: &mut PgConnection) -> i64 {
    let tables = "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'";
    let tables: Vec<String> = query_scalar(tables).fetch_all(&mut *conn).await.unwrap();
    assert!(tables.len() > 15, "{tables:?}");
    let hex: String = WORDS.bytes().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    let mut found = 0;
    for table in tables {
        let sql = format!(
            "SELECT count(*) FROM {table} AS it WHERE strpos(it::text, $1::text) > 0 OR strpos(it::text, $2::text) > 0"
        );
        found += query_scalar::<_, i64>(AssertSqlSafe(sql)).bind(WORDS).bind(&hex).fetch_one(&mut *conn).await.unwrap();
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn erased_texts_are_in_no_table() {
    let database = PgDatabase::fresh().await;
    let store = PgStore::connect(database.url()).await.unwrap();
    store.migrate().await.unwrap();
    let mut conn = PgConnection::connect(database.url()).await.unwrap();
    let id = batch_full_of_words(Arc::new(store.clone()), "batch").await;
    let other = batch_full_of_words(Arc::new(store.clone()), "other").await;
    let before = rows(&mut conn).await;
    for (id, left) in [(id, before / 2), (other, 0)] {
        let mut unit = store.begin().await.unwrap();
        unit.erase(&[id], ErasureScope::Texts, at(9_000)).await.unwrap();
        unit.commit().await.unwrap();
        assert_eq!(rows(&mut conn).await, left, "of {before}");
    }
    assert!(before >= 20, "{before}");
}
