//! Units of work as PostgreSQL has them: time-outs, lost connections, lent transactions, notices, what may not be written.

use std::error::Error as _;
use std::time::Duration;

use cj_core::change::{BatchRecord, MessageKind};
use cj_core::store::{
    BatchQuery, BatchRepository, ErrorKind, EssayRepository, Store as _, StoreError, Texts, Wake, Wakes as _,
};
use cj_storage_postgres::{PgOptions, PgStore, PgUnit, Tls};
use cj_testkit::fixture::{self, at};
use cj_testkit::postgres::PgDatabase;
use sqlx::{Connection as _, PgConnection, query, query_scalar};

async fn migrated() -> (PgDatabase, PgStore) {
    let database = PgDatabase::fresh().await;
    let store = PgStore::connect(database.url()).await.unwrap();
    store.migrate().await.unwrap();
    (database, store)
}

async fn raw(database: &PgDatabase) -> PgConnection {
    PgConnection::connect(database.url()).await.unwrap()
}

async fn put(store: &PgStore, name: &str) -> BatchRecord {
    let batch = fixture::batch(name);
    let mut unit = store.begin().await.unwrap();
    BatchRepository::insert(&mut *unit, &[&batch]).await.unwrap();
    unit.commit().await.unwrap();
    batch
}

fn told(error: &StoreError) -> String {
    format!("{error}: {}", error.source().map(ToString::to_string).unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_that_is_not_had_in_time_is_a_conflict() {
    let (database, store) = migrated().await;
    let batch = put(&store, "batch").await;
    let hasty = PgOptions::new(database.url()).unwrap().lock_timeout(Duration::from_millis(50));
    let hasty = hasty.connect().await.unwrap();
    let mut holder = store.begin().await.unwrap();
    holder.lock(&[batch.id()]).await.unwrap();
    let error = hasty.begin().await.unwrap().lock(&[batch.id()]).await.unwrap_err();
    assert_eq!((error.kind(), error.operation()), (ErrorKind::Conflict, "batch.lock"), "{}", told(&error));
    // Reading waits for nobody.
    assert_eq!(hasty.read().await.unwrap().find(&BatchQuery::Id(batch.id())).await.unwrap(), [batch]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_statement_that_takes_too_long_is_unavailable() {
    let (database, store) = migrated().await;
    let batch = put(&store, "batch").await;
    let options = PgOptions::new(database.url()).unwrap().lock_timeout(Duration::ZERO);
    let hasty = options.statement_timeout(Duration::from_millis(50)).connect().await.unwrap();
    let mut holder = store.begin().await.unwrap();
    holder.lock(&[batch.id()]).await.unwrap();
    let error = hasty.begin().await.unwrap().lock(&[batch.id()]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{}", told(&error));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pool_without_a_free_connection_is_unavailable() {
    let (database, _store) = migrated().await;
    let options = PgOptions::new(database.url()).unwrap().connections(1).acquire_timeout(Duration::from_millis(50));
    let store = options.connect().await.unwrap();
    let held = store.begin().await.unwrap();
    let error = store.begin().await.map(drop).unwrap_err();
    assert_eq!((error.kind(), error.operation()), (ErrorKind::Unavailable, "store.begin"));
    assert!(error.is_retryable() && told(&error).contains("cj_test_"), "{}", told(&error));
    drop(held);
    store.begin().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_not_there_is_unavailable() {
    let options = PgOptions::new("postgres://me:secret@127.0.0.1:1/cj").unwrap();
    let error = options.acquire_timeout(Duration::from_millis(100)).connect().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{}", told(&error));
    assert!(told(&error).contains("127.0.0.1:1/cj") && !told(&error).contains("secret"), "{}", told(&error));
    assert_eq!(PgOptions::new("not a url").unwrap_err().kind(), ErrorKind::Unsupported);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_was_cut_is_replaced() {
    let (database, store) = migrated().await;
    put(&store, "batch").await;
    let mut unit = store.begin().await.unwrap();
    cut(&database).await;
    let lost = BatchRepository::insert(&mut *unit, &[&fixture::batch("lost")]).await.unwrap_err();
    assert_eq!(lost.kind(), ErrorKind::Unavailable, "{}", told(&lost));
    assert_eq!(unit.commit().await.unwrap_err().kind(), ErrorKind::Unavailable);
    // Those that nobody used are passed over: the next unit begins at once.
    let held = [store.begin().await.unwrap(), store.begin().await.unwrap(), store.begin().await.unwrap()];
    drop(held);
    cut(&database).await;
    put(&store, "another").await;
    let found = store.read().await.unwrap().find(&BatchQuery::Newest { limit: 9 }).await.unwrap();
    assert_eq!(found.len(), 2);
}

async fn cut(database: &PgDatabase) {
    let all = "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'cj'";
    assert!(query_scalar::<_, i64>(all).fetch_one(&mut raw(database).await).await.unwrap() > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_unit_that_failed_does_not_commit() {
    let (_database, store) = migrated().await;
    let batch = put(&store, "batch").await;
    let mut unit = store.begin().await.unwrap();
    BatchRepository::insert(&mut *unit, &[&fixture::batch("fresh")]).await.unwrap();
    BatchRepository::insert(&mut *unit, &[&batch]).await.unwrap_err();
    let error = unit.commit().await.unwrap_err();
    assert_eq!((error.kind(), error.operation()), (ErrorKind::Conflict, "unit.commit"));
    let found = store.read().await.unwrap().find(&BatchQuery::Newest { limit: 9 }).await.unwrap();
    assert_eq!(found, [batch]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_and_the_store_hold_or_fail_together() {
    let (database, _store) = migrated().await;
    let mut host = raw(&database).await;
    query("CREATE TABLE host (note text)").execute(&mut host).await.unwrap();
    let count = "SELECT (SELECT count(*) FROM host) * 10 + (SELECT count(*) FROM cj_batches)";
    let batch = fixture::batch("batch");
    for (commits, expected) in [(false, 0), (true, 11)] {
        let mut tx = host.begin().await.unwrap();
        BatchRepository::insert(&mut PgUnit::on(&mut tx), &[&batch]).await.unwrap();
        query("INSERT INTO host VALUES ('ours')").execute(&mut *tx).await.unwrap();
        assert_eq!(PgUnit::on(&mut tx).lock(&[batch.id()]).await.unwrap(), std::slice::from_ref(&batch));
        if commits {
            tx.commit().await.unwrap();
        } else {
            tx.rollback().await.unwrap();
        }
        let found: i64 = query_scalar(count).fetch_one(&mut raw(&database).await).await.unwrap();
        assert_eq!(found, expected);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_wakes_who_listens() {
    let (database, store) = migrated().await;
    let listener = PgStore::connect(database.url()).await.unwrap();
    let mut wakes = listener.wakes().await.unwrap();
    let id = fixture::batch_id("batch");
    let mut unit = store.begin().await.unwrap();
    unit.append(&[fixture::event(id, 1, 0)]).await.unwrap();
    drop(unit);
    let mut unit = store.begin().await.unwrap();
    let question = fixture::question(&fixture::comparison(id, 1, 0, 1));
    unit.append(std::slice::from_ref(&question)).await.unwrap();
    unit.commit().await.unwrap();
    // What was rolled back woke nobody.
    assert_eq!(wakes.next().await.unwrap(), Wake::Appended(MessageKind::Question));
    cut(&database).await;
    let mut unit = store.begin().await.unwrap();
    unit.append(&[fixture::event(id, 2, 0)]).await.unwrap();
    unit.commit().await.unwrap();
    assert_eq!(wakes.next().await.unwrap(), Wake::Reconnected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_with_a_nul_does_not_keep_others_out() {
    let (_database, store) = migrated().await;
    let batch = put(&store, "batch").await;
    let mut essay = fixture::essay(batch.id(), 0);
    essay.content.text = Some("a\0b".to_owned());
    let mut unit = store.begin().await.unwrap();
    EssayRepository::insert(&mut *unit, &[&essay, &fixture::essay(batch.id(), 1)]).await.unwrap();
    let stored = EssayRepository::load(&mut *unit, batch.id(), Texts::Include).await.unwrap();
    assert_eq!(stored[0].content.text.as_deref(), Some("a\u{fffd}b"));
    unit.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_role_that_may_only_read_is_told() {
    let (database, store) = migrated().await;
    let id = fixture::event_id("message");
    let read_only = "ALTER DATABASE {} SET default_transaction_read_only = on";
    let name: String =
        query_scalar("SELECT current_database()::text").fetch_one(&mut raw(&database).await).await.unwrap();
    let change = sqlx::AssertSqlSafe(read_only.replace("{}", &name));
    query(change).execute(&mut raw(&database).await).await.unwrap();
    let other = PgStore::connect(database.url()).await.unwrap();
    // A unit says what it is; the database's own default does not matter.
    assert_eq!(other.begin().await.unwrap().admit("a", &[id], at(0)).await.unwrap(), [id]);
    let error = store.read().await.unwrap().admit("a", &[id], at(0)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tls_is_as_it_is_wanted() {
    let (database, _store) = migrated().await;
    PgOptions::new(database.url()).unwrap().tls(Tls::Prefer).connect().await.unwrap();
    PgOptions::new(database.url()).unwrap().tls(Tls::Disable).connect().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_read_is_named_by_table_column_and_row() {
    let (database, store) = migrated().await;
    let batch = put(&store, "batch").await;
    let mut conn = raw(&database).await;
    for (change, place) in [
        ("UPDATE cj_batches SET phase = 'COMPLETED', reason = 'dreaming'", "cj_batches.reason"),
        ("UPDATE cj_batches SET phase = 'CANCELLED', reason = NULL, budget = -1", "cj_batches.budget"),
        ("UPDATE cj_batches SET budget = 1, settings = '{\"buget\": 1}'", "cj_batches.settings"),
    ] {
        query(change).execute(&mut conn).await.unwrap();
        let error = store.read().await.unwrap().find(&BatchQuery::Id(batch.id())).await.unwrap_err();
        assert_eq!((error.kind(), error.operation()), (ErrorKind::Corrupt, "batch.find"));
        assert!(told(&error).contains(place) && told(&error).contains(&batch.id().to_string()), "{}", told(&error));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn texts_are_found_by_their_ids_in_the_order_asked() {
    use cj_core::port::{ContentSource as _, ContentStore as _, StoredText};
    let (_database, store) = migrated().await;
    let (one, other) = (StoredText::new("Åsa åt\u{2028}\"sju\" \\ äpplen"), StoredText::new("b"));
    store.keep(&[one.clone(), other.clone()], at(0)).await.unwrap();
    store.keep(std::slice::from_ref(&other), at(1)).await.unwrap();
    let ids = [other.storage_id, "0".repeat(32), one.storage_id];
    assert_eq!(store.fetch(&ids).await.unwrap(), [Some(other.text), None, Some(one.text)]);
}
