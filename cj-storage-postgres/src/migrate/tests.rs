//! From every earlier version, to the same schema.

use cj_testkit::postgres::PgDatabase;
use sqlx::query_scalar;

use super::*;

async fn connect(database: &PgDatabase) -> PgConnection {
    PgConnection::connect(database.url()).await.unwrap()
}

/// Everything that a migration can make, in words.
async fn shape(conn: &mut PgConnection) -> Vec<String> {
    query_scalar(SHAPE).fetch_all(conn).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_earlier_version_becomes_the_newest() {
    let fresh = PgDatabase::fresh().await;
    let mut conn = connect(&fresh).await;
    migrate(&mut conn, None, "fresh").await.unwrap();
    let expected = shape(&mut conn).await;
    assert!(expected.len() > 100, "{expected:#?}");
    for version in 0..=known_version() {
        let database = PgDatabase::fresh().await;
        let mut conn = connect(&database).await;
        migrate_to(&mut conn, None, "older", Some(version)).await.unwrap();
        let stored = stored_version(&mut conn, "older", "test").await.unwrap();
        assert_eq!(stored.unwrap_or_default(), version);
        assert_eq!(require_current(stored, "test", "older").is_ok(), version == known_version());
        migrate(&mut conn, None, "older").await.unwrap();
        assert_eq!(shape(&mut conn).await, expected, "from version {version}");
    }
}

#[test]
fn versions_count_up_without_gaps() {
    let versions: Vec<i64> = MIGRATOR.iter().map(|migration| migration.version).collect();
    assert_eq!(versions, (1..=known_version()).collect::<Vec<_>>());
}

const SHAPE: &str = "
SELECT format('%s.%s %s %s %s', table_name, column_name, data_type, is_nullable, column_default)
FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT format('%s %s', conrelid::regclass, pg_get_constraintdef(oid)) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
ORDER BY 1";
