//! Files: migration, versions, what is no database, who may write.

use std::error::Error as _;
use std::time::Duration;

use crate::support::{self, Fixture, at, batch, batch_id};
use cj_core::store::{BatchQuery, BatchRepository, ErrorKind, Store as _, StoreError, UnitOfWork};
use cj_storage_sqlite::{Access, SqliteOptions, SqliteStore, SqliteUnit, Synchronous};
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection, query, query_scalar};

async fn raw(path: &std::path::Path) -> SqliteConnection {
    sqlx::sqlite::SqliteConnectOptions::new().filename(path).create_if_missing(true).connect().await.unwrap()
}

fn told(error: &StoreError) -> String {
    format!("{error}: {}", error.source().map(ToString::to_string).unwrap_or_default())
}

#[tokio::test]
async fn migration_twice_is_a_no_op() {
    let fixture = Fixture::new().await;
    let schema = "SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_schema ORDER BY name)";
    let before: String = query_scalar(schema).fetch_one(&mut raw(&fixture.path()).await).await.unwrap();
    fixture.store.migrate().await.unwrap();
    let after: String = query_scalar(schema).fetch_one(&mut raw(&fixture.path()).await).await.unwrap();
    assert_eq!(before, after);
    assert_eq!(fixture.store.schema_version().await.unwrap(), Some(3));
    fixture.store.check().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_may_open_and_migrate_a_new_file_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cj.sqlite");
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let path = path.clone();
            tokio::spawn(async move {
                let store = SqliteStore::open(path).await?;
                store.migrate().await?;
                store.check().await
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap_or_else(|error| panic!("{}", told(&error)));
    }
    let applied: i64 =
        query_scalar("SELECT count(*) FROM _cj_migrations").fetch_one(&mut raw(&path).await).await.unwrap();
    assert_eq!(applied, 3);
}

#[tokio::test]
async fn a_file_that_was_never_migrated_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path().join("cj.sqlite")).await.unwrap();
    assert_eq!(store.schema_version().await.unwrap(), None);
    let error = store.check().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(told(&error).contains("cj.sqlite") && told(&error).contains("migrate"), "{}", told(&error));
    let error = store.read().await.unwrap().find(&BatchQuery::Id(batch_id(1))).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(told(&error).contains("migrate"), "{}", told(&error));
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let fixture = Fixture::new().await;
    let mut conn = raw(&fixture.path()).await;
    let newer = "INSERT INTO _cj_migrations SELECT 7, 'later', installed_on, success, checksum, 0 FROM _cj_migrations WHERE version = 1";
    query(newer).execute(&mut conn).await.unwrap();
    let errors = [
        SqliteStore::open(fixture.path()).await.unwrap_err(),
        SqliteOptions::new(fixture.path()).access(Access::ReadOnly).open().await.unwrap_err(),
        fixture.store.migrate().await.unwrap_err(),
        fixture.store.check().await.unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(told(&error).contains("cj.sqlite: schema version 7"), "{}", told(&error));
        assert!(told(&error).contains("up to 3"), "{}", told(&error));
    }
}

#[tokio::test]
async fn a_changed_migration_is_corrupt() {
    let fixture = Fixture::new().await;
    query("UPDATE _cj_migrations SET checksum = x'00'").execute(&mut raw(&fixture.path()).await).await.unwrap();
    assert_eq!(fixture.store.migrate().await.unwrap_err().kind(), ErrorKind::Corrupt);
}

#[tokio::test]
async fn what_is_not_a_database_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    std::fs::write(&path, "no database, but long enough to be looked at as one\n".repeat(20)).unwrap();
    for access in [Access::Create, Access::ReadWrite, Access::ReadOnly] {
        let error = SqliteOptions::new(&path).access(access).open().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Corrupt, "{access:?}: {}", told(&error));
        assert!(told(&error).contains("notes.txt"), "{}", told(&error));
    }
    for access in [Access::ReadWrite, Access::ReadOnly] {
        let missing = folder.path().join("missing.sqlite");
        let error = SqliteOptions::new(&missing).access(access).open().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable, "{}", told(&error));
        assert!(told(&error).contains("missing.sqlite") && !missing.exists(), "{}", told(&error));
    }
}

#[tokio::test]
async fn a_file_opened_for_reading_is_only_read() {
    let fixture = Fixture::new().await;
    let mut unit = fixture.store.begin().await.unwrap();
    unit.put_batch().await;
    unit.commit().await.unwrap();
    let store = SqliteOptions::new(fixture.path()).access(Access::ReadOnly).open().await.unwrap();
    store.check().await.unwrap();
    let found = store.read().await.unwrap().find(&BatchQuery::Id(batch_id(1))).await.unwrap();
    assert_eq!(found, [batch(1)]);
    for error in [store.begin().await.map(drop).unwrap_err(), store.migrate().await.unwrap_err()] {
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(told(&error).contains("reading only"), "{}", told(&error));
    }
}

#[tokio::test]
async fn a_view_refuses_to_write_and_stays_as_it_is() {
    let fixture = Fixture::new().await;
    let mut view = fixture.store.read().await.unwrap();
    let mut unit = fixture.store.begin().await.unwrap();
    unit.put_batch().await;
    unit.commit().await.unwrap();
    assert_eq!(view.find(&BatchQuery::Id(batch_id(1))).await.unwrap(), [], "the view is that of its beginning");
    let ids = [cj_core::id::EventId::of_bytes(b"x")];
    assert_eq!(view.admit("a", &ids, at(0)).await.unwrap_err().kind(), ErrorKind::Unsupported);
    assert_eq!(view.lock(&[batch_id(1)]).await.unwrap_err().kind(), ErrorKind::Unsupported);
    assert_eq!(view.cancel_open(&[batch_id(1)]).await.unwrap_err().kind(), ErrorKind::Unsupported);
    drop(view);
    let found = fixture.store.read().await.unwrap().find(&BatchQuery::Id(batch_id(1))).await.unwrap();
    assert_eq!(found, [batch(1)]);
}

#[tokio::test]
async fn a_dropped_unit_leaves_nothing() {
    let fixture = Fixture::new().await;
    let mut unit = fixture.store.begin().await.unwrap();
    unit.put_batch().await;
    drop(unit);
    let mut unit = fixture.store.begin().await.unwrap();
    assert_eq!(unit.find(&BatchQuery::Id(batch_id(1))).await.unwrap(), []);
}

#[tokio::test]
async fn a_locked_file_is_unavailable() {
    let fixture = Fixture::new().await;
    let hasty = SqliteOptions::new(fixture.path()).busy_timeout(Duration::from_millis(50));
    let hasty = hasty.synchronous(Synchronous::Normal).open().await.unwrap();
    let mut unit = fixture.store.begin().await.unwrap();
    let error = hasty.begin().await.map(drop).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.is_retryable() && told(&error).contains("locked"), "{}", told(&error));
    assert_eq!(hasty.migrate().await.unwrap_err().kind(), ErrorKind::Unavailable);
    unit.put_batch().await;
    unit.commit().await.unwrap();
    let first = hasty.begin().await.unwrap();
    let error = hasty.begin().await.map(drop).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "one writer: {}", told(&error));
    drop(first);
    hasty.begin().await.unwrap();
}

#[tokio::test]
async fn a_host_and_the_store_hold_or_fail_together() {
    let fixture = Fixture::new().await;
    let mut host = raw(&fixture.path()).await;
    query("CREATE TABLE host (note TEXT)").execute(&mut host).await.unwrap();
    let count = "SELECT (SELECT count(*) FROM host) * 10 + (SELECT count(*) FROM cj_batches)";
    for (commits, expected) in [(false, 0), (true, 11)] {
        let mut tx = host.begin_with("BEGIN IMMEDIATE").await.unwrap();
        BatchRepository::insert(&mut SqliteUnit::on(&mut tx), &[&batch(1)]).await.unwrap();
        query("INSERT INTO host VALUES ('ours')").execute(&mut *tx).await.unwrap();
        assert_eq!(SqliteUnit::on(&mut tx).lock(&[batch_id(1)]).await.unwrap(), [batch(1)]);
        if commits {
            tx.commit().await.unwrap();
        } else {
            tx.rollback().await.unwrap();
        }
        let found: i64 = query_scalar(count).fetch_one(&mut raw(&fixture.path()).await).await.unwrap();
        assert_eq!(found, expected);
    }
}

#[tokio::test]
async fn a_view_that_began_before_another_write_conflicts_when_it_writes() {
    let fixture = Fixture::new().await;
    let mut host = raw(&fixture.path()).await;
    let mut tx = host.begin().await.unwrap();
    assert_eq!(SqliteUnit::on(&mut tx).find(&BatchQuery::Id(batch_id(1))).await.unwrap(), []);
    let mut unit = fixture.store.begin().await.unwrap();
    unit.put_batch().await;
    unit.commit().await.unwrap();
    let error = BatchRepository::insert(&mut SqliteUnit::on(&mut tx), &[&batch(2)]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict, "{}", told(&error));
}

#[tokio::test]
async fn deleting_a_batch_deletes_what_is_its_own() {
    let fixture = Fixture::new().await;
    let mut unit = fixture.store.begin().await.unwrap();
    unit.put_batch().await;
    unit.put_children().await;
    unit.commit().await.unwrap();
    let mut conn = raw(&fixture.path()).await;
    query("DELETE FROM cj_batches").execute(&mut conn).await.unwrap();
    let left: i64 = query_scalar(
        "SELECT (SELECT count(*) FROM cj_essays) + (SELECT count(*) FROM cj_waves) + (SELECT count(*) FROM cj_comparisons)
            + (SELECT count(*) FROM cj_judge_decisions) + (SELECT count(*) FROM cj_comparison_matrix)
            + (SELECT count(*) FROM cj_assessment_results)",
    )
    .fetch_one(&mut conn)
    .await
    .unwrap();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn what_cannot_be_read_is_named_by_table_column_and_row() {
    let fixture = Fixture::new().await;
    let mut unit = fixture.store.begin().await.unwrap();
    unit.put_batch().await;
    unit.put_children().await;
    unit.commit().await.unwrap();
    let mut conn = raw(&fixture.path()).await;
    for (change, place) in [
        ("UPDATE cj_batches SET phase = 'DREAMING'", "cj_batches.reason"),
        ("UPDATE cj_batches SET phase = 'CANCELLED', budget = -1", "cj_batches.budget"),
        ("UPDATE cj_batches SET budget = 1, next_deadline = 'tomorrow'", "cj_batches.next_deadline"),
        ("UPDATE cj_batches SET next_deadline = NULL, settings = '{\"buget\": 1}'", "cj_batches.settings"),
    ] {
        query(change).execute(&mut conn).await.unwrap();
        let error = fixture.store.read().await.unwrap().find(&BatchQuery::Id(batch_id(1))).await.unwrap_err();
        assert_eq!((error.kind(), error.operation()), (ErrorKind::Corrupt, "batch.find"));
        let told = told(&error);
        assert!(told.contains(place) && told.contains(&batch_id(1).to_string()), "{told}");
    }
}

trait TestRows {
    async fn put_batch(&mut self);
    async fn put_children(&mut self);
}

impl TestRows for Box<dyn UnitOfWork> {
    async fn put_batch(&mut self) {
        BatchRepository::insert(&mut **self, &[&batch(1)]).await.unwrap();
    }

    async fn put_children(&mut self) {
        use cj_core::store::{
            ComparisonRepository, DecisionRepository, EssayRepository, ResultRepository, WaveRepository,
        };
        let comparison = support::comparison(1, 1, 0, 1);
        let key = cj_core::change::MatrixKey {
            batch_id: batch_id(1),
            essay_a: support::essay_id(1),
            essay_b: support::essay_id(2),
        };
        EssayRepository::insert(&mut **self, &[&support::essay(1, 0)]).await.unwrap();
        WaveRepository::put(&mut **self, &[&support::wave(1, Some(support::sheet()))]).await.unwrap();
        ComparisonRepository::insert(&mut **self, &[&comparison]).await.unwrap();
        DecisionRepository::record(&mut **self, &[support::decision(comparison.id, 0)]).await.unwrap();
        let cell = cj_core::change::MatrixCell { wins_a: 1, ..Default::default() };
        DecisionRepository::tally(&mut **self, &[(&key, &cell)]).await.unwrap();
        ResultRepository::put(&mut **self, &[support::essay_result(1, 1)]).await.unwrap();
    }
}

#[tokio::test]
async fn texts_are_found_by_their_ids_in_the_order_asked() {
    use cj_core::port::{ContentSource as _, ContentStore as _, StoredText};
    let fixture = Fixture::new().await;
    let (one, other) = (StoredText::new("Åsa åt\u{2028}\"sju\" \\ äpplen"), StoredText::new("b"));
    fixture.store.keep(&[one.clone(), other.clone()], at(0)).await.unwrap();
    fixture.store.keep(std::slice::from_ref(&other), at(1)).await.unwrap();
    let ids = [other.storage_id, "0".repeat(32), one.storage_id];
    assert_eq!(fixture.store.fetch(&ids).await.unwrap(), [Some(other.text), None, Some(one.text)]);
}
