//! Essays.

use std::ops::DerefMut;

use async_trait::async_trait;
use cj_core::change::{EssayContent, EssayKind, EssayRecord, EssayStatus};
use cj_core::id::{BatchId, EssayId};
use cj_core::store::{EssayRepository, StoreError, Texts};
use sqlx::PgConnection;
use sqlx::postgres::PgRow;

use crate::PgUnit;
use crate::row::Columns;
use crate::slice::Slice;

#[async_trait]
impl<C: DerefMut<Target = PgConnection> + Send> EssayRepository for PgUnit<C> {
    async fn insert(&mut self, essays: &[&EssayRecord]) -> Result<(), StoreError> {
        if essays.is_empty() {
            return Ok(());
        }
        let slice = put_key(Slice::of(INSERT, essays))
            .int(|essay| essay.ordinal)
            .flag(|essay| essay.kind.is_anchor())
            .optional_text(|essay| match &essay.kind {
                EssayKind::Student => None,
                EssayKind::Anchor { label, .. } => Some(label),
            })
            .optional_text(|essay| match &essay.kind {
                EssayKind::Student => None,
                EssayKind::Anchor { grade, .. } => grade.as_deref(),
            })
            .optional_text(|essay| essay.title.as_deref());
        self.write("essay.insert", put_content(put_state(slice)).query()).await.map(drop)
    }

    async fn update(&mut self, essays: &[&EssayRecord]) -> Result<(), StoreError> {
        if essays.is_empty() {
            return Ok(());
        }
        let slice = put_state(put_key(Slice::of(UPDATE, essays))).flag(|essay| essay.content.text.is_some());
        self.write_all("essay.update", put_content(slice).query(), essays.len()).await
    }

    async fn load(&mut self, batch: BatchId, texts: Texts) -> Result<Vec<EssayRecord>, StoreError> {
        let query = sqlx::query(LOAD).bind(batch.as_uuid()).bind(texts == Texts::Include);
        self.fetch("essay.load", query, read).await
    }
}

fn put_key<'r>(slice: Slice<'r, &'r EssayRecord>) -> Slice<'r, &'r EssayRecord> {
    slice.uuid(|essay| essay.batch_id.as_uuid()).text(|essay| essay.essay_id.as_str())
}

fn put_state<'r>(slice: Slice<'r, &'r EssayRecord>) -> Slice<'r, &'r EssayRecord> {
    slice
        .code(|essay| essay.status.code())
        .optional_real(|essay| essay.score)
        .optional_real(|essay| essay.se)
        .optional_int(|essay| essay.rank)
        .int(|essay| essay.comparison_count)
}

fn put_content<'r>(slice: Slice<'r, &'r EssayRecord>) -> Slice<'r, &'r EssayRecord> {
    slice
        .optional_text(|essay| essay.content.storage_id.as_deref())
        .optional_text(|essay| essay.content.sha256.as_deref())
        .flag(|essay| essay.content.with_judge)
        .optional_text(|essay| essay.content.text.as_deref())
}

fn read(row: &PgRow) -> Result<EssayRecord, StoreError> {
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

const INSERT: &str = "
INSERT INTO cj_essays (batch_id, essay_id, ordinal, is_anchor, anchor_label, anchor_grade, title, status, score, se, rank,
    comparison_count, text_storage_id, text_sha256, with_judge, text)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::boolean[], $5::text[], $6::text[], $7::text[], $8::text[],
    $9::float8[], $10::float8[], $11::bigint[], $12::bigint[], $13::text[], $14::text[], $15::boolean[], $16::text[])";

const UPDATE: &str = "
UPDATE cj_essays AS it SET status = new.status, score = new.score, se = new.se, rank = new.rank,
    comparison_count = new.comparison_count,
    text_storage_id = CASE WHEN new.has_text THEN new.text_storage_id ELSE it.text_storage_id END,
    text_sha256 = CASE WHEN new.has_text THEN new.text_sha256 ELSE it.text_sha256 END,
    with_judge = CASE WHEN new.has_text THEN new.with_judge ELSE it.with_judge END,
    text = CASE WHEN new.has_text THEN new.text ELSE it.text END
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::float8[], $5::float8[], $6::bigint[], $7::bigint[], $8::boolean[],
    $9::text[], $10::text[], $11::boolean[], $12::text[])
    AS new (batch_id, essay_id, status, score, se, rank, comparison_count, has_text, text_storage_id, text_sha256,
        with_judge, text)
WHERE it.batch_id = new.batch_id AND it.essay_id = new.essay_id";

const LOAD: &str = "
SELECT batch_id, essay_id, ordinal, is_anchor, anchor_label, anchor_grade, title, status, score, se, rank,
    comparison_count, text_storage_id, text_sha256, with_judge, CASE WHEN $2::boolean THEN text END AS text
FROM cj_essays WHERE batch_id = $1::uuid ORDER BY ordinal, essay_id";

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[INSERT, UPDATE, LOAD];
