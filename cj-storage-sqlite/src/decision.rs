//! Answers, and the comparison matrix.

use std::ops::DerefMut;

use async_trait::async_trait;
use cj_core::change::{DecisionRecord, DecisionRole, Evidence, MatrixCell, MatrixKey, Winner};
use cj_core::event::ErrorCode;
use cj_core::id::{BatchId, ComparisonId, EssayId, JudgeId};
use cj_core::store::{DecisionRepository, EvidenceTotals, StoreError};
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteRow;

use crate::SqliteUnit;
use crate::cells::Cell;
use crate::row::Columns;
use crate::slice::{Slice, real};

#[async_trait]
impl<C: DerefMut<Target = SqliteConnection> + Send> DecisionRepository for SqliteUnit<C> {
    async fn record(&mut self, decisions: &[DecisionRecord]) -> Result<(), StoreError> {
        if decisions.is_empty() {
            return Ok(());
        }
        self.write("decision.record", RECORD, rows(decisions)).await.map(drop)
    }

    async fn tally(&mut self, cells: &[(&MatrixKey, &MatrixCell)]) -> Result<(), StoreError> {
        if cells.is_empty() {
            return Ok(());
        }
        self.write("decision.tally", TALLY, counts(cells)).await.map(drop)
    }

    async fn matrix(&mut self, batch: BatchId) -> Result<Vec<(MatrixKey, MatrixCell)>, StoreError> {
        let query = sqlx::query(MATRIX).bind(batch.to_string());
        self.fetch_cells("decision.matrix", query, MATRIX_COLUMNS, read_cell).await
    }

    async fn decisions(&mut self, batch: BatchId) -> Result<Vec<DecisionRecord>, StoreError> {
        self.fetch("decision.decisions", sqlx::query(DECISIONS).bind(batch.to_string()), read).await
    }

    async fn totals(&mut self, batch: BatchId) -> Result<EvidenceTotals, StoreError> {
        let rows = self.fetch("decision.totals", sqlx::query(TOTALS).bind(batch.to_string()), read_totals).await?;
        Ok(rows.into_iter().next().unwrap_or_default())
    }
}

/// Answers, as [`RECORD`] takes them.
pub(crate) fn rows(decisions: &[DecisionRecord]) -> String {
    Slice::of(decisions, |row, it| {
        row.uuid(it.comparison_id.as_uuid()).int(it.ordinal).uuid(it.batch_id.as_uuid()).text(it.role.code());
        row.optional(it.counted, Slice::int).optional(it.verdict, |row, winner| row.text(winner.code()));
        row.optional(it.error_code.as_ref(), |row, code| row.text(code.as_str()));
        row.optional(it.error_message.as_deref(), Slice::text);
        put_evidence(row, &it.evidence);
        row.time(it.received_at);
    })
}

/// Cells, as [`TALLY`] takes them.
pub(crate) fn counts(cells: &[(&MatrixKey, &MatrixCell)]) -> String {
    Slice::of(cells, |row, (key, cell)| {
        row.uuid(key.batch_id.as_uuid()).text(key.essay_a.as_str()).text(key.essay_b.as_str());
        row.int(cell.wins_a).int(cell.wins_b).int(cell.ties).int(cell.failures);
    })
}

fn put_evidence(row: &mut Slice, evidence: &Evidence) {
    row.optional(evidence.judge_id.as_ref(), |row, id| row.text(id.as_str()));
    row.optional(evidence.confidence, Slice::real).optional(evidence.justification.as_deref(), Slice::text);
    row.optional(evidence.provider.as_deref(), Slice::text).optional(evidence.model.as_deref(), Slice::text);
    row.optional(evidence.prompt_tokens, Slice::int).optional(evidence.completion_tokens, Slice::int);
    row.optional(evidence.cost, Slice::real).optional(evidence.latency_ms, Slice::int);
}

fn read(row: &SqliteRow) -> Result<DecisionRecord, StoreError> {
    let mut columns = Columns::new(row, "decision.decisions", "cj_judge_decisions", 2);
    Ok(DecisionRecord {
        comparison_id: columns.uuid().map(ComparisonId::new)?,
        ordinal: columns.int()?,
        batch_id: columns.uuid().map(BatchId::new)?,
        role: columns.parse(DecisionRole::parse)?,
        counted: columns.optional_int()?,
        verdict: columns.optional_parse(Winner::parse)?,
        error_code: columns.optional_parse(ErrorCode::try_from)?,
        error_message: columns.optional_string()?,
        evidence: Evidence {
            judge_id: columns.optional_parse(JudgeId::new)?,
            confidence: columns.optional_real()?,
            justification: columns.optional_string()?,
            provider: columns.optional_string()?,
            model: columns.optional_string()?,
            prompt_tokens: columns.optional_int()?,
            completion_tokens: columns.optional_int()?,
            cost: columns.optional_real()?,
            latency_ms: columns.optional_int()?,
        },
        received_at: columns.time()?,
    })
}

fn read_cell(cells: &[Cell<'_>]) -> Result<(MatrixKey, MatrixCell), StoreError> {
    let mut columns = Columns::of_cells(cells, MATRIX_COLUMNS, "decision.matrix", "cj_comparison_matrix", 3);
    let key = MatrixKey {
        batch_id: columns.uuid().map(BatchId::new)?,
        essay_a: columns.parse(EssayId::new)?,
        essay_b: columns.parse(EssayId::new)?,
    };
    let cell =
        MatrixCell { wins_a: columns.int()?, wins_b: columns.int()?, ties: columns.int()?, failures: columns.int()? };
    Ok((key, cell))
}

fn read_totals(row: &SqliteRow) -> Result<EvidenceTotals, StoreError> {
    let mut columns = Columns::new(row, "decision.totals", "cj_judge_decisions", 0);
    Ok(EvidenceTotals {
        cost: columns.optional_real()?,
        prompt_tokens: columns.int()?,
        completion_tokens: columns.int()?,
        judge: {
            let provider = columns.optional_string()?;
            provider.zip(columns.optional_string()?)
        },
        counted: columns.int()?,
        failed: columns.int()?,
        late: columns.int()?,
        conflicts: columns.int()?,
    })
}

pub(crate) const RECORD: &str = concat!("
INSERT INTO cj_judge_decisions (comparison_id, ordinal, batch_id, role, counted, verdict, error_code, error_message,
    judge_id, confidence, justification, provider, model, prompt_tokens, completion_tokens, cost, latency_ms, received_at)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
    value ->> 8, ", real!("value", 9), ", value ->> 10, value ->> 11, value ->> 12, value ->> 13, value ->> 14, ", real!("value", 15), ",
    value ->> 16, value ->> 17
FROM jsonb_each(?1)");

pub(crate) const TALLY: &str = "
INSERT INTO cj_comparison_matrix (batch_id, essay_a, essay_b, wins_a, wins_b, ties, failures)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6
FROM jsonb_each(?1) WHERE true
ON CONFLICT (batch_id, essay_a, essay_b) DO UPDATE SET wins_a = wins_a + excluded.wins_a,
    wins_b = wins_b + excluded.wins_b, ties = ties + excluded.ties, failures = failures + excluded.failures";

const MATRIX_COLUMNS: &[&str] = &["batch_id", "essay_a", "essay_b", "wins_a", "wins_b", "ties", "failures"];

const MATRIX: &str = "
SELECT json_group_array(json_array(batch_id, essay_a, essay_b, wins_a, wins_b, ties, failures)
    ORDER BY batch_id, essay_a, essay_b)
FROM cj_comparison_matrix
WHERE batch_id = ?1 AND (wins_a <> 0 OR wins_b <> 0 OR ties <> 0 OR failures <> 0)";

const DECISIONS: &str = "
SELECT comparison_id, ordinal, batch_id, role, counted, verdict, error_code, error_message, judge_id, confidence,
    justification, provider, model, prompt_tokens, completion_tokens, cost, latency_ms, received_at
FROM cj_judge_decisions WHERE batch_id = ?1 ORDER BY comparison_id, ordinal";

const TOTALS: &str = "
WITH answers AS MATERIALIZED (
    SELECT role, verdict, provider, model, prompt_tokens, completion_tokens, cost FROM cj_judge_decisions WHERE batch_id = ?1),
most AS (
    SELECT provider, model FROM answers WHERE verdict IS NOT NULL AND provider IS NOT NULL AND model IS NOT NULL
    GROUP BY provider, model ORDER BY count(*) DESC, provider, model LIMIT 1)
SELECT sum(cost) AS cost, ifnull(sum(prompt_tokens), 0) AS prompt_tokens,
    ifnull(sum(completion_tokens), 0) AS completion_tokens,
    (SELECT provider FROM most) AS provider, (SELECT model FROM most) AS model,
    count(*) FILTER (WHERE role = 'counted' AND verdict IS NOT NULL) AS counted,
    count(*) FILTER (WHERE role = 'counted' AND verdict IS NULL) AS failed,
    count(*) FILTER (WHERE role = 'late') AS late, count(*) FILTER (WHERE role = 'conflict') AS conflicts
FROM answers";

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[RECORD, TALLY, MATRIX, DECISIONS, TOTALS];
