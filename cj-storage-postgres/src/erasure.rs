//! Erasure: what people wrote goes, what was counted stays.

use std::ops::DerefMut;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use cj_core::id::BatchId;
use cj_core::store::{Erasure, ErasureRepository, ErasureScope, LetterOwner, StoreError};
use sqlx::PgConnection;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use crate::PgUnit;
use crate::row::Columns;
use crate::slice::{Slice, storable_time};

#[async_trait]
impl<C: DerefMut<Target = PgConnection> + Send> ErasureRepository for PgUnit<C> {
    async fn attribute_letters(&mut self, letters: &[LetterOwner]) -> Result<(), StoreError> {
        if letters.is_empty() {
            return Ok(());
        }
        let slice = Slice::of(ATTRIBUTE_LETTERS, letters)
            .uuid(|it| it.batch_id.as_uuid())
            .text(|it| &it.consumer)
            .uuid(|it| it.event_id.as_uuid());
        self.write("erasure.attribute_letters", slice.query()).await.map(drop)
    }

    async fn erase(&mut self, batches: &[BatchId], scope: ErasureScope, at: DateTime<Utc>) -> Result<(), StoreError> {
        if batches.is_empty() {
            return Ok(());
        }
        let mut ids: Vec<Uuid> = batches.iter().map(|id| id.as_uuid()).collect();
        ids.sort_unstable();
        ids.dedup();
        let with_scores = scope == ErasureScope::TextsAndScores;
        let mark = sqlx::query(MARK).bind(ids.clone()).bind(with_scores).bind(storable_time(at));
        self.write_all(ERASE, mark, ids.len()).await?;
        self.write(ERASE, sqlx::query(OUTBOX_LOCK).bind(ids.clone())).await?;
        for sql in [ESSAYS, OUTBOX] {
            self.write(ERASE, sqlx::query(sql).bind(ids.clone()).bind(with_scores)).await?;
        }
        for sql in [DECISIONS, DEAD_LETTERS] {
            self.write(ERASE, sqlx::query(sql).bind(ids.clone())).await?;
        }
        if with_scores {
            for sql in [WAVES, RESULTS, GRADES] {
                self.write(ERASE, sqlx::query(sql).bind(ids.clone())).await?;
            }
        }
        Ok(())
    }

    async fn erasures(&mut self, batches: &[BatchId]) -> Result<Vec<Erasure>, StoreError> {
        if batches.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<Uuid> = batches.iter().map(|id| id.as_uuid()).collect();
        self.fetch("erasure.erasures", sqlx::query(ERASURES).bind(ids), read).await
    }

    async fn erasable(
        &mut self,
        ended_before: DateTime<Utc>,
        scope: ErasureScope,
        limit: u32,
    ) -> Result<Vec<BatchId>, StoreError> {
        let sql = match scope {
            ErasureScope::Texts => HOLDING_TEXTS,
            ErasureScope::TextsAndScores => HOLDING_SCORES,
        };
        let query = sqlx::query(sql).bind(storable_time(ended_before)).bind(i64::from(limit));
        let read = |row: &PgRow| Columns::new(row, "erasure.erasable", TABLE, 1).uuid().map(BatchId::new);
        self.fetch("erasure.erasable", query, read).await
    }
}

fn read(row: &PgRow) -> Result<Erasure, StoreError> {
    let mut columns = Columns::new(row, "erasure.erasures", TABLE, 1);
    Ok(Erasure {
        batch_id: columns.uuid().map(BatchId::new)?,
        texts_at: columns.time()?,
        scores_at: columns.optional_time()?,
    })
}

const ERASE: &str = "erasure.erase";
const TABLE: &str = "cj_batches";

const ATTRIBUTE_LETTERS: &str = "
UPDATE cj_dead_letters AS it SET batch_id = new.batch_id
FROM unnest($1::uuid[], $2::text[], $3::uuid[]) AS new (batch_id, consumer, event_id)
WHERE it.consumer = new.consumer AND it.event_id = new.event_id";

/// The first time stays: since then they are gone.
const MARK: &str = "
UPDATE cj_batches SET texts_erased_at = coalesce(texts_erased_at, $3::timestamptz),
    scores_erased_at = CASE WHEN $2::boolean THEN coalesce(scores_erased_at, $3::timestamptz) ELSE scores_erased_at END,
    result = CASE WHEN $2::boolean THEN NULL ELSE result END
WHERE id = ANY ($1::uuid[]) AND completed_at IS NOT NULL";

const ESSAYS: &str = "
UPDATE cj_essays SET text = NULL, title = NULL, score = CASE WHEN $2::boolean THEN NULL ELSE score END,
    se = CASE WHEN $2::boolean THEN NULL ELSE se END, rank = CASE WHEN $2::boolean THEN NULL ELSE rank END
WHERE batch_id = ANY ($1::uuid[])";

const DECISIONS: &str = "
UPDATE cj_judge_decisions SET justification = NULL, error_message = NULL WHERE batch_id = ANY ($1::uuid[])";

/// What a relay has just settled must be seen as sent by [`OUTBOX`], which sees what was committed when it begins.
const OUTBOX_LOCK: &str = "
SELECT id FROM event_outbox_waiting
WHERE id = ANY (ARRAY(SELECT it.id FROM event_outbox_messages AS it WHERE it.batch_id = ANY ($1::uuid[])))
ORDER BY id FOR UPDATE";

/// What tells the scores goes, sent or not; another event that was not sent is the word of the end.
const OUTBOX: &str = "
WITH gone AS MATERIALIZED (
    DELETE FROM event_outbox_messages AS it
    WHERE it.batch_id = ANY ($1::uuid[]) AND (it.kind = 'question' OR ($2::boolean AND (
        it.aggregate_type = 'assessment_result'
        OR it.id = (SELECT sent.id FROM event_outbox_sent AS sent WHERE sent.id = it.id))))
    RETURNING id),
waiting AS (
    DELETE FROM event_outbox_waiting WHERE id = ANY (ARRAY(SELECT gone.id FROM gone)))
DELETE FROM event_outbox_sent WHERE id = ANY (ARRAY(SELECT gone.id FROM gone))";

const DEAD_LETTERS: &str = "
DELETE FROM cj_dead_letters WHERE batch_id = ANY ($1::uuid[])";

const WAVES: &str = "
UPDATE cj_waves SET sheet = NULL WHERE batch_id = ANY ($1::uuid[])";

const RESULTS: &str = "
DELETE FROM cj_assessment_results WHERE batch_id = ANY ($1::uuid[])";

const GRADES: &str = "
DELETE FROM cj_grade_projections WHERE batch_id = ANY ($1::uuid[])";

const ERASURES: &str = "
SELECT id, texts_erased_at, scores_erased_at FROM cj_batches
WHERE id = ANY ($1::uuid[]) AND texts_erased_at IS NOT NULL ORDER BY id";

const HOLDING_TEXTS: &str = "
SELECT id FROM cj_batches
WHERE completed_at IS NOT NULL AND texts_erased_at IS NULL AND completed_at <= $1::timestamptz
ORDER BY completed_at, id LIMIT $2::bigint";

const HOLDING_SCORES: &str = "
SELECT id FROM cj_batches
WHERE completed_at IS NOT NULL AND scores_erased_at IS NULL AND completed_at <= $1::timestamptz
ORDER BY completed_at, id LIMIT $2::bigint";

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[
    ATTRIBUTE_LETTERS,
    MARK,
    ESSAYS,
    DECISIONS,
    OUTBOX_LOCK,
    OUTBOX,
    DEAD_LETTERS,
    WAVES,
    RESULTS,
    GRADES,
    ERASURES,
    HOLDING_TEXTS,
    HOLDING_SCORES,
];
