//! Answers, and the comparison matrix.

use std::ops::DerefMut;

use async_trait::async_trait;
use cj_core::change::{DecisionRecord, DecisionRole, Evidence, MatrixCell, MatrixKey, Winner};
use cj_core::event::ErrorCode;
use cj_core::id::{BatchId, ComparisonId, EssayId, JudgeId};
use cj_core::store::{DecisionRepository, EvidenceTotals, StoreError};
use sqlx::PgConnection;
use sqlx::postgres::PgRow;

use crate::PgUnit;
use crate::row::Columns;
use crate::slice::Slice;

#[async_trait]
impl<C: DerefMut<Target = PgConnection> + Send> DecisionRepository for PgUnit<C> {
    async fn record(&mut self, decisions: &[DecisionRecord]) -> Result<(), StoreError> {
        if decisions.is_empty() {
            return Ok(());
        }
        self.write("decision.record", put_rows(Slice::of(RECORD, decisions)).query()).await.map(drop)
    }

    async fn tally(&mut self, cells: &[(&MatrixKey, &MatrixCell)]) -> Result<(), StoreError> {
        if cells.is_empty() {
            return Ok(());
        }
        self.write("decision.tally", put_counts(Slice::of(TALLY, cells)).query()).await.map(drop)
    }

    async fn matrix(&mut self, batch: BatchId) -> Result<Vec<(MatrixKey, MatrixCell)>, StoreError> {
        self.fetch("decision.matrix", sqlx::query(MATRIX).bind(batch.as_uuid()), read_cell).await
    }

    async fn decisions(&mut self, batch: BatchId) -> Result<Vec<DecisionRecord>, StoreError> {
        self.fetch("decision.decisions", sqlx::query(DECISIONS).bind(batch.as_uuid()), read).await
    }

    async fn totals(&mut self, batch: BatchId) -> Result<EvidenceTotals, StoreError> {
        let rows = self.fetch("decision.totals", sqlx::query(TOTALS).bind(batch.as_uuid()), read_totals).await?;
        Ok(rows.into_iter().next().unwrap_or_default())
    }
}

/// Answers, as [`RECORD`] takes them.
pub(crate) fn put_rows(slice: Slice<'_, DecisionRecord>) -> Slice<'_, DecisionRecord> {
    let slice = slice
        .uuid(|it| it.comparison_id.as_uuid())
        .int(|it| it.ordinal)
        .uuid(|it| it.batch_id.as_uuid())
        .code(|it| it.role.code())
        .optional_int(|it| it.counted)
        .optional_code(|it| it.verdict.map(Winner::code))
        .optional_text(|it| it.error_code.as_ref().map(ErrorCode::as_str))
        .optional_text(|it| it.error_message.as_deref());
    put_evidence(slice).time(|it| it.received_at)
}

/// Cells, as [`TALLY`] takes them.
pub(crate) fn put_counts<'r>(
    slice: Slice<'r, (&'r MatrixKey, &'r MatrixCell)>,
) -> Slice<'r, (&'r MatrixKey, &'r MatrixCell)> {
    slice
        .uuid(|(key, _)| key.batch_id.as_uuid())
        .text(|(key, _)| key.essay_a.as_str())
        .text(|(key, _)| key.essay_b.as_str())
        .int(|(_, cell)| cell.wins_a)
        .int(|(_, cell)| cell.wins_b)
        .int(|(_, cell)| cell.ties)
        .int(|(_, cell)| cell.failures)
}

fn put_evidence(slice: Slice<'_, DecisionRecord>) -> Slice<'_, DecisionRecord> {
    slice
        .optional_text(|it| it.evidence.judge_id.as_ref().map(JudgeId::as_str))
        .optional_real(|it| it.evidence.confidence)
        .optional_text(|it| it.evidence.justification.as_deref())
        .optional_text(|it| it.evidence.provider.as_deref())
        .optional_text(|it| it.evidence.model.as_deref())
        .optional_int(|it| it.evidence.prompt_tokens)
        .optional_int(|it| it.evidence.completion_tokens)
        .optional_real(|it| it.evidence.cost)
        .optional_int(|it| it.evidence.latency_ms)
}

fn read(row: &PgRow) -> Result<DecisionRecord, StoreError> {
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

fn read_cell(row: &PgRow) -> Result<(MatrixKey, MatrixCell), StoreError> {
    let mut columns = Columns::new(row, "decision.matrix", "cj_comparison_matrix", 3);
    let key = MatrixKey {
        batch_id: columns.uuid().map(BatchId::new)?,
        essay_a: columns.parse(EssayId::new)?,
        essay_b: columns.parse(EssayId::new)?,
    };
    let cell =
        MatrixCell { wins_a: columns.int()?, wins_b: columns.int()?, ties: columns.int()?, failures: columns.int()? };
    Ok((key, cell))
}

fn read_totals(row: &PgRow) -> Result<EvidenceTotals, StoreError> {
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

pub(crate) const RECORD: &str = "
INSERT INTO cj_judge_decisions (comparison_id, ordinal, batch_id, role, counted, verdict, error_code, error_message,
    judge_id, confidence, justification, provider, model, prompt_tokens, completion_tokens, cost, latency_ms, received_at)
SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::text[], $5::bigint[], $6::text[], $7::text[], $8::text[],
    $9::text[], $10::float8[], $11::text[], $12::text[], $13::text[], $14::bigint[], $15::bigint[], $16::float8[],
    $17::bigint[], $18::timestamptz[])";

/// In order of key, as batches are locked.
pub(crate) const TALLY: &str = "
INSERT INTO cj_comparison_matrix AS it (batch_id, essay_a, essay_b, wins_a, wins_b, ties, failures)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[])
ON CONFLICT (batch_id, essay_a, essay_b) DO UPDATE SET wins_a = it.wins_a + excluded.wins_a,
    wins_b = it.wins_b + excluded.wins_b, ties = it.ties + excluded.ties, failures = it.failures + excluded.failures";

const MATRIX: &str = "
SELECT batch_id, essay_a, essay_b, wins_a, wins_b, ties, failures FROM cj_comparison_matrix
WHERE batch_id = $1::uuid AND (wins_a <> 0 OR wins_b <> 0 OR ties <> 0 OR failures <> 0)
ORDER BY batch_id, essay_a, essay_b";

const DECISIONS: &str = "
SELECT comparison_id, ordinal, batch_id, role, counted, verdict, error_code, error_message, judge_id, confidence,
    justification, provider, model, prompt_tokens, completion_tokens, cost, latency_ms, received_at
FROM cj_judge_decisions WHERE batch_id = $1::uuid ORDER BY comparison_id, ordinal";

const TOTALS: &str = "
WITH answers AS MATERIALIZED (
    SELECT role, verdict, provider, model, prompt_tokens, completion_tokens, cost FROM cj_judge_decisions
    WHERE batch_id = $1::uuid ORDER BY comparison_id, ordinal),
most AS (
    SELECT provider, model FROM answers WHERE verdict IS NOT NULL AND provider IS NOT NULL AND model IS NOT NULL
    GROUP BY provider, model ORDER BY count(*) DESC, provider, model LIMIT 1)
SELECT sum(cost) AS cost, coalesce(sum(prompt_tokens), 0)::bigint AS prompt_tokens,
    coalesce(sum(completion_tokens), 0)::bigint AS completion_tokens,
    (SELECT provider FROM most) AS provider, (SELECT model FROM most) AS model,
    count(*) FILTER (WHERE role = 'counted' AND verdict IS NOT NULL) AS counted,
    count(*) FILTER (WHERE role = 'counted' AND verdict IS NULL) AS failed,
    count(*) FILTER (WHERE role = 'late') AS late, count(*) FILTER (WHERE role = 'conflict') AS conflicts
FROM answers";

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[RECORD, TALLY, MATRIX, DECISIONS, TOTALS];
