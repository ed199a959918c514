//! What SQLite can do at all: the rows of answers, each by a prepared statement of its own.

use std::path::Path;

use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, Connection as _, SqlSafeStr as _, Sqlite, SqliteConnection};

use super::Failure;

/// A comparison that waits for its answer: id, batch, and the essays.
type Open = (String, String, String, String);

/// Answers that bare statements are to write into a migrated file whose questions judges have, cut into units.
pub struct Prepared {
    conn: SqliteConnection,
    units: Vec<Vec<Open>>,
    sql: String,
}

impl Prepared {
    /// Reads so many comparisons in order.
    ///
    /// # Errors
    /// The file cannot be read.
    pub async fn new(file: &Path, per_unit: usize, verdicts: u32) -> Result<Self, Failure> {
        let options = SqliteConnectOptions::new().filename(file).journal_mode(SqliteJournalMode::Wal);
        let options = options.synchronous(SqliteSynchronous::Full).pragma("wal_autocheckpoint", "16000");
        let mut conn = SqliteConnection::connect_with(&options.pragma("temp_store", "MEMORY")).await?;
        let open: Vec<Open> = sqlx::query_as(OPEN).bind(verdicts).fetch_all(&mut conn).await?;
        let units = open.chunks_exact(per_unit).map(<[Open]>::to_vec).collect();
        let sql = ["BEGIN IMMEDIATE;", &EACH.repeat(per_unit), BATCH, "COMMIT"].concat();
        Ok(Self { conn, units, sql })
    }

    /// Writes a message, an answer, a new state and a count for each, a unit a commit, and says how many answers that were.
    ///
    /// # Errors
    /// The file cannot be written.
    pub async fn write(mut self) -> Result<u64, Failure> {
        let reason: String = "The first essay argues its case. ".repeat(5).chars().take(150).collect();
        let mut written = 0;
        for unit in self.units {
            let mut query: Query<'_, Sqlite, SqliteArguments> =
                sqlx::query(AssertSqlSafe(self.sql.as_str()).into_sql_str());
            for (id, batch, essay_a, essay_b) in &unit {
                query =
                    query.bind(id).bind(id).bind(id).bind(batch).bind(&reason).bind(batch).bind(essay_a).bind(essay_b);
            }
            query = query.bind(&unit[0].1);
            query.execute(&mut self.conn).await?;
            written += unit.len() as u64;
        }
        self.conn.close().await?;
        Ok(written)
    }
}

const OPEN: &str = "
SELECT id, batch_id, essay_a, essay_b FROM cj_comparisons WHERE state = 'asked' ORDER BY batch_id, wave, ordinal LIMIT ?";

const EACH: &str = "
INSERT INTO event_inbox (consumer, event_id, received_at) VALUES ('cj_verdicts', ?, '2026-01-31T09:05:00.000000Z');
UPDATE cj_comparisons SET state = 'decided', verdict = 'a', error_code = NULL, decisions = 1,
    asked_at = '2026-01-31T09:05:00.000000Z', deadline = '2026-01-31T09:20:00.000000Z' WHERE id = ?;
INSERT INTO cj_judge_decisions (comparison_id, ordinal, batch_id, role, counted, verdict, confidence, justification, provider,
    model, prompt_tokens, completion_tokens, cost, latency_ms, received_at)
VALUES (?, 0, ?, 'counted', 1, 'a', 4.0, ?, 'mock', 'bench', 900, 60, 0.001, 800, '2026-01-31T09:05:00.000000Z');
INSERT INTO cj_comparison_matrix (batch_id, essay_a, essay_b, wins_a, wins_b, ties, failures) VALUES (?, ?, ?, 1, 0, 0, 0)
ON CONFLICT (batch_id, essay_a, essay_b) DO UPDATE SET wins_a = wins_a + 1;";

const BATCH: &str = "UPDATE cj_batches SET version = version + 1, decided = decided + 1 WHERE id = ?;";
