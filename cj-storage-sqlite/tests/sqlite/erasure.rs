//! Erased texts are out of the tables at once, and out of the file once it is written anew.

use std::path::Path;
use std::sync::Arc;

use cj_core::store::{ErasureScope, ErrorKind, Store as _};
use cj_storage_sqlite::{Access, SqliteOptions};
use cj_testkit::fixture::at;
use cj_testkit::{WORDS, batch_full_of_words};
use sqlx::{AssertSqlSafe, ConnectOptions as _, SqliteConnection, query_scalar};

use crate::support::Fixture;

async fn raw(path: &Path) -> SqliteConnection {
    sqlx::sqlite::SqliteConnectOptions::new().filename(path).connect().await.unwrap()
}

/// How many cells of all tables hold the words.
async fn cells(path: &Path) -> i64 {
    let mut conn = raw(path).await;
    let columns: Vec<(String, String)> = sqlx::query_as(
        "SELECT t.name, c.name FROM sqlite_schema AS t JOIN pragma_table_xinfo(t.name) AS c WHERE t.type = 'table'",
    )
    .fetch_all(&mut conn)
    .await
    .unwrap();
    assert!(columns.len() > 100, "{columns:?}");
    let mut found = 0;
    for (table, column) in columns {
        let sql = format!("SELECT count(*) FROM {table} WHERE instr(CAST({column} AS BLOB), CAST(?1 AS BLOB)) > 0");
        found += query_scalar::<_, i64>(AssertSqlSafe(sql)).bind(WORDS).fetch_one(&mut conn).await.unwrap();
    }
    found
}

/// How often the words stand in the file, its log and its index.
fn bytes(path: &Path) -> usize {
    let folder = path.parent().unwrap();
    let files = std::fs::read_dir(folder).unwrap().map(|file| std::fs::read(file.unwrap().path()).unwrap());
    files.map(|bytes| bytes.windows(WORDS.len()).filter(|window| *window == WORDS.as_bytes()).count()).sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn erased_texts_are_not_in_the_file() {
    let fixture = Fixture::new().await;
    let path = fixture.path();
    let id = batch_full_of_words(Arc::new(fixture.store.clone()), "batch").await;
    assert!(cells(&path).await >= 15 && bytes(&path) >= 15, "{} cells, {} times", cells(&path).await, bytes(&path));
    let mut unit = fixture.store.begin().await.unwrap();
    unit.erase(&[id], ErasureScope::Texts, at(9_000)).await.unwrap();
    unit.commit().await.unwrap();
    assert_eq!(cells(&path).await, 0);
    assert!(bytes(&path) > 0, "if this fails SQLite forgets by itself, and `compact` is not needed any more");
    fixture.store.compact().await.unwrap();
    assert_eq!(bytes(&path), 0);
    fixture.store.close().await;
    assert_eq!(bytes(&path), 0);
    fixture.store.compact().await.unwrap_err();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_read_is_not_called_clean() {
    let fixture = Fixture::new().await;
    let path = fixture.path();
    let store = SqliteOptions::new(&path).busy_timeout(std::time::Duration::from_millis(50)).open().await.unwrap();
    let id = batch_full_of_words(Arc::new(store.clone()), "batch").await;
    let view = fixture.store.read().await.unwrap();
    let mut unit = store.begin().await.unwrap();
    unit.erase(&[id], ErasureScope::TextsAndScores, at(9_000)).await.unwrap();
    unit.commit().await.unwrap();
    assert_eq!(store.compact().await.unwrap_err().kind(), ErrorKind::Unavailable);
    drop(view);
    // The view ends in its own time.
    while store.compact().await.is_err() {
        tokio::task::yield_now().await;
    }
    assert_eq!((cells(&path).await, bytes(&path)), (0, 0));
    let readable = SqliteOptions::new(&path).access(Access::ReadOnly).open().await.unwrap();
    assert_eq!(readable.compact().await.unwrap_err().kind(), ErrorKind::Unsupported);
}
