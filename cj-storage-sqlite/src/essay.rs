//! Essays.

use std::ops::DerefMut;

use async_trait::async_trait;
use cj_core::change::{EssayContent, EssayKind, EssayRecord, EssayStatus};
use cj_core::id::{BatchId, EssayId};
use cj_core::store::{EssayRepository, StoreError, Texts};
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteRow;

use crate::SqliteUnit;
use crate::row::Columns;
use crate::slice::{Slice, real};

#[async_trait]
impl<C: DerefMut<Target = SqliteConnection> + Send> EssayRepository for SqliteUnit<C> {
    async fn insert(&mut self, essays: &[&EssayRecord]) -> Result<(), StoreError> {
        if essays.is_empty() {
            return Ok(());
        }
        let slice = Slice::of(essays, |row, essay| {
            let (label, grade) = match &essay.kind {
                EssayKind::Student => (None, None),
                EssayKind::Anchor { label, grade } => (Some(label.as_str()), grade.as_deref()),
            };
            put_key(row, essay);
            row.int(essay.ordinal).flag(essay.kind.is_anchor()).optional(label, Slice::text);
            row.optional(grade, Slice::text).optional(essay.title.as_deref(), Slice::text);
            put_state(row, essay);
            put_content(row, &essay.content);
        });
        self.write("essay.insert", INSERT, slice).await.map(drop)
    }

    async fn update(&mut self, essays: &[&EssayRecord]) -> Result<(), StoreError> {
        if essays.is_empty() {
            return Ok(());
        }
        let slice = Slice::of(essays, |row, essay| {
            put_key(row, essay);
            put_state(row, essay);
            row.flag(essay.content.text.is_some());
            put_content(row, &essay.content);
        });
        let met = self.write("essay.update", UPDATE, slice).await?;
        self.require_all("essay.update", essays.len(), met)
    }

    async fn load(&mut self, batch: BatchId, texts: Texts) -> Result<Vec<EssayRecord>, StoreError> {
        let query = sqlx::query(LOAD).bind(batch.to_string()).bind(texts == Texts::Include);
        self.fetch("essay.load", query, read).await
    }
}

fn put_key(row: &mut Slice, essay: &EssayRecord) {
    row.uuid(essay.batch_id.as_uuid()).text(essay.essay_id.as_str());
}

fn put_state(row: &mut Slice, essay: &EssayRecord) {
    row.text(essay.status.code()).optional(essay.score, Slice::real).optional(essay.se, Slice::real);
    row.optional(essay.rank, Slice::int).int(essay.comparison_count);
}

fn put_content(row: &mut Slice, content: &EssayContent) {
    row.optional(content.storage_id.as_deref(), Slice::text).optional(content.sha256.as_deref(), Slice::text);
    row.flag(content.with_judge).optional(content.text.as_deref(), Slice::text);
}

fn read(row: &SqliteRow) -> Result<EssayRecord, StoreError> {
    let mut columns = Columns::new(row, "essay.load", "cj_essays", 2);
    Ok(EssayRecord {
        batch_id: columns.uuid().map(BatchId::new)?,
        essay_id: columns.parse(EssayId::new)?,
        ordinal: columns.int()?,
        kind: {
            let is_anchor = columns.flag()?;
            let label = columns.optional_string()?;
            let grade = columns.optional_string()?;
            match (is_anchor, label) {
                (false, None) => EssayKind::Student,
                (true, Some(label)) => EssayKind::Anchor { label, grade },
                (_, label) => return Err(columns.corrupt(format!("is_anchor {is_anchor}, but anchor_label {label:?}"))),
            }
        },
        title: columns.optional_string()?,
        status: columns.parse(EssayStatus::parse)?,
        score: columns.optional_real()?,
        se: columns.optional_real()?,
        rank: columns.optional_int()?,
        comparison_count: columns.int()?,
        content: EssayContent {
            storage_id: columns.optional_string()?,
            sha256: columns.optional_string()?,
            with_judge: columns.flag()?,
            text: columns.optional_string()?,
        },
    })
}

const INSERT: &str = concat!("
INSERT INTO cj_essays (batch_id, essay_id, ordinal, is_anchor, anchor_label, anchor_grade, title, status, score, se, rank,
    comparison_count, text_storage_id, text_sha256, with_judge, text)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
    ", real!("value", 8), ", ", real!("value", 9), ", value ->> 10, value ->> 11, value ->> 12, value ->> 13, value ->> 14, value ->> 15
FROM jsonb_each(?1)");

const UPDATE: &str = concat!(
    "
UPDATE cj_essays SET status = new.value ->> 2, score = ",
    real!("new.value", 3),
    ", se = ",
    real!("new.value", 4),
    ", rank = new.value ->> 5,
    comparison_count = new.value ->> 6,
    text_storage_id = iif(new.value ->> 7, new.value ->> 8, text_storage_id),
    text_sha256 = iif(new.value ->> 7, new.value ->> 9, text_sha256),
    with_judge = iif(new.value ->> 7, new.value ->> 10, with_judge),
    text = iif(new.value ->> 7, new.value ->> 11, text)
FROM jsonb_each(?1) AS new
WHERE cj_essays.batch_id = new.value ->> 0 AND cj_essays.essay_id = new.value ->> 1"
);

const LOAD: &str = "
SELECT batch_id, essay_id, ordinal, is_anchor, anchor_label, anchor_grade, title, status, score, se, rank,
    comparison_count, text_storage_id, text_sha256, with_judge, iif(?2, text, NULL) AS text
FROM cj_essays WHERE batch_id = ?1 ORDER BY ordinal, essay_id";

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[INSERT, UPDATE, LOAD];
