//! Migration: fresh, twice, at once, by other processes, of another version.

use std::error::Error as _;
use std::process::{Command, Stdio};

use cj_core::store::{BatchQuery, ErrorKind, Store as _, StoreError};
use cj_storage_postgres::{PgOptions, PgStore};
use cj_testkit::fixture;
use cj_testkit::postgres::PgDatabase;
use sqlx::{Connection as _, PgConnection, query, query_scalar};

async fn raw(database: &PgDatabase) -> PgConnection {
    PgConnection::connect(database.url()).await.unwrap()
}

fn told(error: &StoreError) -> String {
    format!("{error}: {}", error.source().map(ToString::to_string).unwrap_or_default())
}

async fn applied(database: &PgDatabase) -> i64 {
    query_scalar("SELECT count(*) FROM _cj_migrations").fetch_one(&mut raw(database).await).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn migration_twice_is_a_no_op() {
    let database = PgDatabase::fresh().await;
    let store = PgStore::connect(database.url()).await.unwrap();
    assert_eq!(store.schema_version().await.unwrap(), None);
    store.migrate().await.unwrap();
    let objects =
        "SELECT count(*) || ' ' || max(oid::bigint) FROM pg_class WHERE relnamespace = 'public'::regnamespace";
    let before: String = query_scalar(objects).fetch_one(&mut raw(&database).await).await.unwrap();
    store.migrate().await.unwrap();
    let after: String = query_scalar(objects).fetch_one(&mut raw(&database).await).await.unwrap();
    assert_eq!(before, after);
    assert_eq!(store.schema_version().await.unwrap(), Some(3));
    store.check().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_may_migrate_a_new_database_at_once() {
    let database = PgDatabase::fresh().await;
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let url = database.url().to_owned();
            tokio::spawn(async move {
                let store = PgStore::connect(&url).await?;
                store.migrate().await?;
                store.check().await
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap_or_else(|error| panic!("{}", told(&error)));
    }
    assert_eq!(applied(&database).await, 3);
}

/// The work of the other processes of [`two_processes_may_migrate_at_once`]; alone it has nothing to do.
#[tokio::test]
async fn as_another_process() {
    let Some(url) = std::env::var_os(OTHER_PROCESS) else { return };
    let store = PgStore::connect(url.to_str().unwrap()).await.unwrap();
    store.migrate().await.unwrap();
    store.check().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_may_migrate_at_once() {
    let database = PgDatabase::fresh().await;
    let this = std::env::current_exe().unwrap();
    let start = || {
        let mut other = Command::new(&this);
        other
            .args(["--exact", "migrations::as_another_process"])
            .env(OTHER_PROCESS, database.url())
            .stdout(Stdio::piped());
        other.stderr(Stdio::piped()).spawn().unwrap()
    };
    for other in [start(), start()] {
        let ended = other.wait_with_output().unwrap();
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stdout));
    }
    assert_eq!(applied(&database).await, 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_was_never_migrated_says_so() {
    let database = PgDatabase::fresh().await;
    let store = PgStore::connect(database.url()).await.unwrap();
    let error = store.check().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(told(&error).contains("cj_test_") && told(&error).contains("migrate"), "{}", told(&error));
    let error = store.read().await.unwrap().find(&BatchQuery::Id(fixture::batch_id("a"))).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(told(&error).contains("migrate"), "{}", told(&error));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_newer_schema_is_refused() {
    let database = PgDatabase::fresh().await;
    let store = PgStore::connect(database.url()).await.unwrap();
    store.migrate().await.unwrap();
    let newer = "INSERT INTO _cj_migrations SELECT 7, 'later', installed_on, success, checksum, 0 FROM _cj_migrations WHERE version = 1";
    query(newer).execute(&mut raw(&database).await).await.unwrap();
    let errors = [
        PgStore::connect(database.url()).await.unwrap_err(),
        store.migrate().await.unwrap_err(),
        store.check().await.unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(told(&error).contains(": schema version 7") && told(&error).contains("up to 3"), "{}", told(&error));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_migration_is_corrupt() {
    let database = PgDatabase::fresh().await;
    let store = PgStore::connect(database.url()).await.unwrap();
    store.migrate().await.unwrap();
    query("UPDATE _cj_migrations SET checksum = '\\x00'").execute(&mut raw(&database).await).await.unwrap();
    assert_eq!(store.migrate().await.unwrap_err().kind(), ErrorKind::Corrupt);
}

/// A host keeps its own migrations, tables and schema.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_schema_of_its_own_leaves_the_hosts_alone() {
    let database = PgDatabase::fresh().await;
    let mut host = raw(&database).await;
    query("CREATE TABLE _sqlx_migrations (mine text)").execute(&mut host).await.unwrap();
    query("CREATE TABLE cj_batches (mine text)").execute(&mut host).await.unwrap();
    let options = PgOptions::new(database.url()).unwrap().schema("judging").unwrap();
    let store = options.clone().connect().await.unwrap();
    store.migrate().await.unwrap();
    store.migrate().await.unwrap();
    let mut unit = store.begin().await.unwrap();
    cj_core::store::BatchRepository::insert(&mut *unit, &[&fixture::batch("mine")]).await.unwrap();
    unit.commit().await.unwrap();
    let theirs = "SELECT (SELECT count(*) FROM judging.cj_batches) * 10 + (SELECT count(*) FROM public.cj_batches)";
    assert_eq!(query_scalar::<_, i64>(theirs).fetch_one(&mut host).await.unwrap(), 10);
    let others = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'";
    assert_eq!(query_scalar::<_, i64>(others).fetch_one(&mut host).await.unwrap(), 2);
    for wrong in ["", "Judging", "a b", "1st", "x\"; DROP SCHEMA public; --", &"a".repeat(64)] {
        assert_eq!(options.clone().schema(wrong).unwrap_err().kind(), ErrorKind::Unsupported, "{wrong}");
    }
}

const OTHER_PROCESS: &str = "CJ_TEST_MIGRATE_URL";
