//! Erasure: what people wrote goes, what was counted stays.

use std::ops::DerefMut;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use cj_core::id::BatchId;
use cj_core::store::{Erasure, ErasureRepository, ErasureScope, LetterOwner, StoreError};
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteRow;

use crate::SqliteUnit;
use crate::row::Columns;
use crate::slice::Slice;
use crate::time::time_text;

#[async_trait]
impl<C: DerefMut<Target = SqliteConnection> + Send> ErasureRepository for SqliteUnit<C> {
    async fn attribute_letters(&mut self, letters: &[LetterOwner]) -> Result<(), StoreError> {
        if letters.is_empty() {
            return Ok(());
        }
        let slice = Slice::of(letters, |row, it| {
            row.uuid(it.batch_id.as_uuid()).text(&it.consumer).uuid(it.event_id.as_uuid());
        });
        self.write("erasure.attribute_letters", ATTRIBUTE_LETTERS, slice).await.map(drop)
    }

    async fn erase(&mut self, batches: &[BatchId], scope: ErasureScope, at: DateTime<Utc>) -> Result<(), StoreError> {
        if batches.is_empty() {
            return Ok(());
        }
        let mut ids = batches.to_vec();
        ids.sort_unstable();
        ids.dedup();
        let slice = Slice::of_ids(ids.iter().map(|id| id.as_uuid()));
        let with_scores = scope == ErasureScope::TextsAndScores;
        let mark = sqlx::query(MARK).bind(slice.clone()).bind(with_scores).bind(time_text(at));
        let met = self.execute(ERASE, mark).await?;
        self.require_all(ERASE, ids.len(), met)?;
        self.execute(ERASE, sqlx::query(ESSAYS).bind(slice.clone()).bind(with_scores)).await?;
        let places = sqlx::query(OUTBOX_PLACES).bind(slice.clone()).bind(with_scores);
        let places = self.fetch_cells(ERASE, places, &["place"], |cells| {
            Columns::of_cells(cells, &["place"], ERASE, "event_outbox_messages", 1).int::<i64>()
        });
        let places = places.await?;
        self.execute_whole(ERASE, sqlx::query(OUTBOX).bind(Slice::of_places(&places))).await?;
        for sql in [DECISIONS, DEAD_LETTERS] {
            self.write(ERASE, sql, slice.clone()).await?;
        }
        if with_scores {
            for sql in [WAVES, RESULTS, GRADES] {
                self.write(ERASE, sql, slice.clone()).await?;
            }
        }
        Ok(())
    }

    async fn erasures(&mut self, batches: &[BatchId]) -> Result<Vec<Erasure>, StoreError> {
        if batches.is_empty() {
            return Ok(Vec::new());
        }
        let query = sqlx::query(ERASURES).bind(Slice::of_ids(batches.iter().map(|id| id.as_uuid())));
        self.fetch("erasure.erasures", query, read).await
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
        let query = sqlx::query(sql).bind(time_text(ended_before)).bind(limit);
        let read = |row: &SqliteRow| Columns::new(row, "erasure.erasable", TABLE, 1).uuid().map(BatchId::new);
        self.fetch("erasure.erasable", query, read).await
    }
}

fn read(row: &SqliteRow) -> Result<Erasure, StoreError> {
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
UPDATE cj_dead_letters SET batch_id = new.value ->> 0 FROM jsonb_each(?1) AS new
WHERE consumer = new.value ->> 1 AND event_id = new.value ->> 2";

/// The first time stays: since then they are gone.
const MARK: &str = "
UPDATE cj_batches SET texts_erased_at = ifnull(texts_erased_at, ?3),
    scores_erased_at = iif(?2, ifnull(scores_erased_at, ?3), scores_erased_at), result = iif(?2, NULL, result)
WHERE id IN (SELECT value FROM json_each(?1)) AND completed_at IS NOT NULL";

const ESSAYS: &str = "
UPDATE cj_essays SET text = NULL, title = NULL, score = iif(?2, NULL, score), se = iif(?2, NULL, se),
    rank = iif(?2, NULL, rank)
WHERE batch_id IN (SELECT value FROM json_each(?1))";

const DECISIONS: &str = "
UPDATE cj_judge_decisions SET justification = NULL, error_message = NULL
WHERE batch_id IN (SELECT value FROM json_each(?1))";

/// What tells the scores goes, sent or not; another event that was not sent is the word of the end.
const OUTBOX_PLACES: &str = "
SELECT json_group_array(json_array(it.place)) FROM event_outbox_messages AS it
WHERE it.batch_id IN (SELECT value FROM json_each(?1)) AND (it.kind = 'question' OR (?2 AND (
    it.aggregate_type = 'assessment_result'
    OR it.place = (SELECT sent.place FROM event_outbox_sent AS sent WHERE sent.place = it.place))))";

const OUTBOX: &str = "
DELETE FROM event_outbox_waiting WHERE place IN (SELECT value FROM json_each(?1));
DELETE FROM event_outbox_sent WHERE place IN (SELECT value FROM json_each(?1));
DELETE FROM event_outbox_messages WHERE place IN (SELECT value FROM json_each(?1))";

const DEAD_LETTERS: &str = "
DELETE FROM cj_dead_letters WHERE batch_id IN (SELECT value FROM json_each(?1))";

const WAVES: &str = "
UPDATE cj_waves SET sheet = NULL WHERE batch_id IN (SELECT value FROM json_each(?1))";

const RESULTS: &str = "
DELETE FROM cj_assessment_results WHERE batch_id IN (SELECT value FROM json_each(?1))";

const GRADES: &str = "
DELETE FROM cj_grade_projections WHERE batch_id IN (SELECT value FROM json_each(?1))";

const ERASURES: &str = "
SELECT id, texts_erased_at, scores_erased_at FROM cj_batches
WHERE id IN (SELECT value FROM json_each(?1)) AND texts_erased_at IS NOT NULL ORDER BY id";

const HOLDING_TEXTS: &str = "
SELECT id FROM cj_batches WHERE completed_at IS NOT NULL AND texts_erased_at IS NULL AND completed_at <= ?1
ORDER BY completed_at, id LIMIT ?2";

const HOLDING_SCORES: &str = "
SELECT id FROM cj_batches WHERE completed_at IS NOT NULL AND scores_erased_at IS NULL AND completed_at <= ?1
ORDER BY completed_at, id LIMIT ?2";

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[
    ATTRIBUTE_LETTERS,
    MARK,
    ESSAYS,
    DECISIONS,
    OUTBOX_PLACES,
    OUTBOX,
    DEAD_LETTERS,
    WAVES,
    RESULTS,
    GRADES,
    ERASURES,
    HOLDING_TEXTS,
    HOLDING_SCORES,
];
