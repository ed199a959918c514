//! What holds for every statement.

use std::collections::BTreeMap;

use cj_testkit::postgres::PgDatabase;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _, PgConnection, query, query_scalar};

use crate::{
    PgOptions, PgStore, answered, batch, comparison, content, dead_letter, decision, erasure, essay, inbox, outbox,
    outbox_register, result, wave,
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
    files.into_iter().flatten().copied().chain([answered::ANSWER.as_str()])
}

async fn migrated() -> (PgDatabase, PgConnection) {
    let database = PgDatabase::fresh().await;
    let store = PgStore::connect(database.url()).await.unwrap();
    store.migrate().await.unwrap();
    store.close().await;
    let conn = PgConnection::connect(database.url()).await.unwrap();
    (database, conn)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn prepares_every_statement() {
    let (_database, mut conn) = migrated().await;
    for sql in all() {
        conn.prepare(sqlx::SqlSafeStr::into_sql_str(sql)).await.unwrap_or_else(|error| panic!("{error}\n{sql}"));
    }
}

/// With a thousand batches of a thousand comparisons each, and the planner's own settings but for one: the plan that is kept
/// for every call, which is the one that the store runs.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_statement_reads_a_whole_table() {
    let (_database, mut conn) = migrated().await;
    for sql in FILL.split(";\n") {
        query(AssertSqlSafe(sql)).execute(&mut conn).await.unwrap_or_else(|error| panic!("{error}\n{sql}"));
    }
    let comparisons: i64 = query_scalar("SELECT count(*) FROM cj_comparisons").fetch_one(&mut conn).await.unwrap();
    assert_eq!(comparisons, 1_000_000);
    query("SET plan_cache_mode = force_generic_plan").execute(&mut conn).await.unwrap();
    let mut plans = BTreeMap::new();
    for (number, sql) in all().enumerate() {
        plans.insert(sql, plan(&mut conn, number, sql).await);
    }
    for (sql, plan) in &plans {
        let scanned = plan.iter().filter_map(|step| step.split_once("Seq Scan on ").map(|(_, table)| table));
        let whole = scanned.filter(|table| table.starts_with("cj_") || table.starts_with("event_"));
        // How much waits is counted by reading what waits, which is a table of its own.
        let whole: Vec<_> =
            whole.filter(|table| *sql != outbox::DEPTH || !table.starts_with("event_outbox_waiting")).collect();
        assert!(whole.is_empty(), "{whole:?}\n{plan:#?}\n{sql}");
    }
    let indexed = plans.values().filter(|plan| plan.iter().any(|step| step.contains("Index"))).count();
    assert!(indexed > 20, "only {indexed} statements use an index: are plans read rightly?");
}

/// A connection that is made before there is anything keeps its plans while tables grow: they must not rest on what is
/// cheapest for an empty table.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn plans_for_an_empty_database_go_row_by_row_through_indexes() {
    let (database, _conn) = migrated().await;
    let mut ours = PgOptions::new(database.url()).unwrap().connection().connect().await.unwrap();
    for (number, sql) in all().enumerate() {
        let plan = plan(&mut ours, number, sql).await;
        for wrong in ["Seq Scan on cj_", "Seq Scan on event_", "Join Filter", "Hash Join", "Merge Join"] {
            assert!(!plan.iter().any(|step| step.contains(wrong)), "{wrong}\n{plan:#?}\n{sql}");
        }
    }
}

async fn plan(conn: &mut PgConnection, number: usize, sql: &str) -> Vec<String> {
    let name = format!("statement_{number}");
    query(AssertSqlSafe(format!("PREPARE {name} AS {sql}"))).execute(&mut *conn).await.unwrap();
    let parameters = (1..100).take_while(|parameter| sql.contains(&format!("${parameter}::"))).count();
    let values = vec!["NULL"; parameters].join(", ");
    let explain = AssertSqlSafe(format!("EXPLAIN EXECUTE {name} ({values})"));
    sqlx::raw_sql(explain).fetch_all(conn).await.unwrap().iter().map(|row| sqlx::Row::get(row, 0)).collect()
}

/// Every table that grows with use, filled.
const FILL: &str = include_str!("statements/fill.sql");
