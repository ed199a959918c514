//! The schema: types, nullability, indexes, codes; and that it is that of the twin.

use std::collections::{BTreeMap, BTreeSet};

use cj_core::change::{ComparisonState, DecisionRole, EssayStatus, MessageKind, Phase, Winner};
use cj_storage_postgres::PgStore;
use cj_testkit::postgres::PgDatabase;
use sqlx::{Connection as _, PgConnection, query, query_as, query_scalar};

async fn migrated() -> (PgDatabase, PgConnection) {
    let database = PgDatabase::fresh().await;
    PgStore::connect(database.url()).await.unwrap().migrate().await.unwrap();
    let conn = PgConnection::connect(database.url()).await.unwrap();
    (database, conn)
}

/// `table.column` → type and whether it may be null.
async fn columns(conn: &mut PgConnection) -> BTreeMap<String, (String, bool)> {
    let all: Vec<(String, String, bool)> = query_as(
        "SELECT attrelid::regclass || '.' || attname, format_type(atttypid, atttypmod), NOT attnotnull
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0 AND relname <> '_cj_migrations'",
    )
    .fetch_all(conn)
    .await
    .unwrap();
    all.into_iter().map(|(name, kind, nullable)| (name, (kind, nullable))).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn columns_have_the_types_that_were_promised() {
    let (_database, mut conn) = migrated().await;
    let columns = columns(&mut conn).await;
    for (name, kind, nullable) in [
        ("batch_results.assignment_id", "character varying(255)", true),
        ("batch_results.batch_id", "character varying(255)", false),
        ("cj_batches.bos_batch_id", "character varying(36)", false),
        ("cj_batches.next_deadline", "timestamp with time zone", true),
        ("cj_batches.version", "bigint", false),
        ("cj_comparisons.error_code", "character varying(100)", true),
        ("cj_comparisons.id", "uuid", false),
        ("cj_essays.essay_id", "character varying(36)", false),
        ("cj_judge_decisions.error_code", "character varying(100)", true),
        ("event_outbox_messages.event_data", "bytea", false),
        ("event_outbox_sent.published_at", "timestamp with time zone", false),
        ("event_outbox_waiting.parked_at", "timestamp with time zone", true),
    ] {
        assert_eq!(columns[name], (kind.to_owned(), nullable), "{name}");
    }
    let times = columns.iter().filter(|(name, _)| name.ends_with("_at") || name.ends_with("_until"));
    for (name, (kind, _)) in times.filter(|(name, _)| !name.ends_with("reliability_judged_at")) {
        assert_eq!(kind, "timestamp with time zone", "{name}");
    }
    let enums: i64 =
        query_scalar("SELECT count(*) FROM pg_type WHERE typtype = 'e'").fetch_one(&mut conn).await.unwrap();
    assert_eq!(enums, 0, "codes are text");
    let unordered: Vec<String> = query_scalar(
        "SELECT attrelid::regclass || '.' || attname FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> '_cj_migrations'
            AND attcollation NOT IN (0, (SELECT oid FROM pg_collation WHERE collname = 'C'))",
    )
    .fetch_all(&mut conn)
    .await
    .unwrap();
    assert_eq!(unordered, [""; 0], "texts are compared byte by byte");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn indexes_have_the_names_that_were_promised() {
    let (_database, mut conn) = migrated().await;
    let names =
        "SELECT indexname::text FROM pg_indexes WHERE schemaname = 'public' AND indexname LIKE 'ix%' ORDER BY 1";
    let names: Vec<String> = query_scalar(names).fetch_all(&mut conn).await.unwrap();
    assert_eq!(names, INDEXES);
    let of = "SELECT indexdef FROM pg_indexes WHERE indexname = 'ix_batch_results_assignment_id'";
    let of: String = query_scalar(of).fetch_one(&mut conn).await.unwrap();
    assert!(of.ends_with("batch_results USING btree (assignment_id)"), "{of}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn checks_name_the_codes_of_the_engine() {
    let (_database, mut conn) = migrated().await;
    let phases = [Phase::Preparing, Phase::Pairing, Phase::Cancelled].into_iter();
    let phases = phases.chain(cj_core::change::WaitingFor::ALL.iter().copied().map(Phase::Waiting));
    let phases = phases.chain(cj_core::change::ScoringCause::ALL.iter().copied().map(Phase::Scoring));
    let phases = phases.chain(cj_core::change::CompletionReason::ALL.iter().copied().map(Phase::Completed));
    let phases = phases.chain(cj_core::change::FailureReason::ALL.iter().copied().map(Phase::Failed));
    let winners: BTreeSet<_> = [Winner::A, Winner::B, Winner::Tie].map(Winner::code).into();
    let expected: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::from([
        ("cj_batches.phase", phases.map(Phase::name).collect()),
        ("cj_comparisons.state", ComparisonState::ALL.iter().map(|state| state.code()).collect()),
        ("cj_comparisons.verdict", winners.clone()),
        (
            "cj_essays.status",
            [EssayStatus::Pending, EssayStatus::Ready, EssayStatus::Missing].map(EssayStatus::code).into(),
        ),
        (
            "cj_judge_decisions.role",
            [DecisionRole::Counted, DecisionRole::Late, DecisionRole::Conflict].map(DecisionRole::code).into(),
        ),
        ("cj_judge_decisions.verdict", winners),
        ("event_outbox_messages.kind", [MessageKind::Event, MessageKind::Question].map(MessageKind::code).into()),
    ]);
    let checks: Vec<(String, String)> = query_as(
        "SELECT conrelid::regclass || '.' || attname, pg_get_constraintdef(pg_constraint.oid)
        FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
        WHERE contype = 'c' AND cardinality(conkey) = 1 AND pg_get_constraintdef(pg_constraint.oid) LIKE '%ARRAY[%'",
    )
    .fetch_all(&mut conn)
    .await
    .unwrap();
    let quoted = |check: &str| check.split('\'').skip(1).step_by(2).map(str::to_owned).collect::<BTreeSet<String>>();
    let found: BTreeMap<_, _> = checks.iter().map(|(column, check)| (column.as_str(), quoted(check))).collect();
    let expected: BTreeMap<_, _> =
        expected.into_iter().map(|(column, codes)| (column, codes.into_iter().map(str::to_owned).collect())).collect();
    assert_eq!(found, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn instructions_keep_their_scale() {
    let (_database, mut conn) = migrated().await;
    let insert = "INSERT INTO cj_assessment_instructions (id, assignment_id, instructions, grade_scale, context_origin, created_at)
        VALUES ('1', 'assignment', 'judge', 'eng5', 'research', now())";
    query(insert).execute(&mut conn).await.unwrap();
    query("UPDATE cj_assessment_instructions SET instructions = 'judge well'").execute(&mut conn).await.unwrap();
    let error =
        query("UPDATE cj_assessment_instructions SET grade_scale = 'other'").execute(&mut conn).await.unwrap_err();
    assert!(error.to_string().contains("cannot change"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_result_tables_take_a_row() {
    let (_database, mut conn) = migrated().await;
    for insert in [
        "INSERT INTO batch_results (batch_id, overall_status, essay_count, completed_essay_count, failed_essay_count,
            expected_phases, phase_outcomes, created_at, updated_at) VALUES ('b', 'new', 1, 0, 0, '[]', '{}', now(), now())",
        "INSERT INTO essay_results (batch_id, essay_id, created_at, updated_at) VALUES ('b', 'e', now(), now())",
    ] {
        query(insert).execute(&mut conn).await.unwrap();
    }
    let without: Option<String> =
        query_scalar("SELECT assignment_id FROM batch_results").fetch_one(&mut conn).await.unwrap();
    assert_eq!(without, None);
}

/// Both stores have the same tables with the same columns in the same order, but for the place of a message, which is what
/// SQLite sorts its rows by.
#[test]
fn the_twin_has_the_same_columns() {
    let twin = concat!(env!("CARGO_MANIFEST_DIR"), "/../cj-storage-sqlite/migrations");
    let ours = tables(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations"));
    assert!(ours.len() > 15, "{ours:?}");
    let mut twins = tables(twin);
    for (table, columns) in &mut twins {
        if table == "event_outbox_sent" {
            assert_eq!(columns[0], "place");
            "id".clone_into(&mut columns[0]);
        }
        columns.retain(|column| column != "place");
    }
    assert_eq!(ours, twins);
}

/// The columns of every table of a folder of migrations, as they are written.
fn tables(folder: &str) -> BTreeMap<String, Vec<String>> {
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let text: String = files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect();
    let tables = text.split("CREATE TABLE ").skip(1).map(|rest| rest.split("\n)").next().unwrap());
    let names = |table: &str| {
        let (name, columns) = table.split_once(" (").unwrap();
        let columns = columns.lines().filter_map(|line| line.trim().split(' ').next()).filter(|word| is_name(word));
        (name.to_owned(), columns.map(str::to_owned).collect())
    };
    tables.map(names).collect()
}

fn is_name(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

const INDEXES: [&str; 23] = [
    "ix_batch_results_assignment_id",
    "ix_batch_results_overall_status",
    "ix_batch_results_user_id",
    "ix_cj_batches_assignment_id",
    "ix_cj_batches_bos_batch_id",
    "ix_cj_batches_created_at",
    "ix_cj_batches_holding_scores",
    "ix_cj_batches_holding_texts",
    "ix_cj_batches_next_deadline",
    "ix_cj_batches_user_id",
    "ix_cj_content_sha256",
    "ix_cj_dead_letters_batch_id",
    "ix_cj_dead_letters_event_id",
    "ix_cj_dead_letters_received_at",
    "ix_cj_grade_projections_grade",
    "ix_essay_results_essay_id",
    "ix_essay_results_file_upload_id",
    "ix_event_inbox_received_at",
    "ix_event_outbox_batch_id",
    "ix_event_outbox_parked",
    "ix_event_outbox_pending",
    "ix_event_outbox_sent",
    "ix_event_outbox_unpublished",
];
