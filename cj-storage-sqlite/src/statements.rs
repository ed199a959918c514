//! What holds for every statement.

use sqlx::{Executor as _, Row as _, SqliteConnection};

use crate::{
    SqliteStore, batch, comparison, content, dead_letter, decision, erasure, essay, inbox, outbox, outbox_register,
    result, wave,
};

fn all() -> impl Iterator<Item = &'static str> {
    let files = [
        batch::STATEMENTS,
        comparison::STATEMENTS,
        content::STATEMENTS,
        dead_letter::STATEMENTS,
        decision::STATEMENTS,
        erasure::STATEMENTS,
        essay::STATEMENTS,
        inbox::STATEMENTS,
        outbox::STATEMENTS,
        outbox_register::STATEMENTS,
        result::STATEMENTS,
        wave::STATEMENTS,
    ];
    files.into_iter().flatten().copied()
}

async fn migrated() -> (tempfile::TempDir, SqliteConnection) {
    use sqlx::ConnectOptions as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cj.sqlite");
    let store = SqliteStore::open(&path).await.unwrap();
    store.migrate().await.unwrap();
    store.close().await;
    let conn = sqlx::sqlite::SqliteConnectOptions::new().filename(path).connect().await.unwrap();
    (folder, conn)
}

#[tokio::test]
async fn prepares_every_statement() {
    let (_folder, mut conn) = migrated().await;
    for sql in all() {
        conn.prepare(sqlx::SqlSafeStr::into_sql_str(sql)).await.unwrap_or_else(|error| panic!("{error}\n{sql}"));
    }
}

#[tokio::test]
async fn no_statement_reads_a_whole_table() {
    let (_folder, mut conn) = migrated().await;
    for sql in all().flat_map(|sql| sql.split(";\n")) {
        let explain = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
        let plan: Vec<String> = sqlx::query(explain)
            .fetch_all(&mut conn)
            .await
            .unwrap()
            .iter()
            .map(|row| row.get::<String, _>("detail"))
            .collect();
        for step in &plan {
            let scanned = step.strip_prefix("SCAN ").filter(|_| !step.contains("INDEX"));
            let ours = |name: &str| name.starts_with("cj_") || name.starts_with("event_") || ALIASES.contains(&name);
            let whole = scanned.and_then(|what| what.split(' ').next()).is_some_and(ours);
            assert!(!whole, "{step}\n{plan:#?}\n{sql}");
        }
    }
}

/// What the statements call our tables where they name one twice.
const ALIASES: [&str; 9] = ["asked", "earlier", "head", "it", "message", "old", "sent", "stored", "waiting"];
