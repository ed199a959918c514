//! Texts by their storage ids.

use std::collections::BTreeMap;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use cj_core::port::{ContentError, ContentSource, ContentStore, StoredText};

use crate::SqliteStore;
use crate::slice::Slice;

#[async_trait]
impl ContentSource for SqliteStore {
    async fn fetch(&self, storage_ids: &[String]) -> Result<Vec<Option<String>>, ContentError> {
        let ids = Slice::of(storage_ids, |row, id| {
            row.text(id);
        });
        let query = sqlx::query_as::<_, (String, String)>(FETCH).bind(ids);
        let found = query.fetch_all(self.readers()).await.map_err(|error| self.error("content.fetch", error));
        let found: BTreeMap<String, String> = found.map_err(ContentError::new)?.into_iter().collect();
        Ok(storage_ids.iter().map(|id| found.get(id).cloned()).collect())
    }
}

#[async_trait]
impl ContentStore for SqliteStore {
    async fn keep(&self, texts: &[StoredText], at: DateTime<Utc>) -> Result<(), ContentError> {
        let slice = Slice::of(texts, |row, it| {
            row.text(&it.storage_id).text(&it.sha256).time(at).text(&it.text);
        });
        let writer = self.writer("content.keep").map_err(ContentError::new)?;
        let kept =
            sqlx::query(KEEP).bind(slice).execute(writer).await.map_err(|error| self.error("content.keep", error));
        kept.map(drop).map_err(ContentError::new)
    }
}

const FETCH: &str = "
SELECT storage_id, text FROM json_each(?1) AS given CROSS JOIN cj_content WHERE storage_id = given.value ->> 0";

const KEEP: &str = "
INSERT INTO cj_content (storage_id, sha256, created_at, text)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM jsonb_each(?1) WHERE true
ON CONFLICT (storage_id) DO NOTHING";

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[FETCH, KEEP];
