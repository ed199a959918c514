//! Texts by their storage ids.

use std::collections::BTreeMap;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use cj_core::port::{ContentError, ContentSource, ContentStore, StoredText};

use crate::PgStore;
use crate::slice::Slice;

#[async_trait]
impl ContentSource for PgStore {
    async fn fetch(&self, storage_ids: &[String]) -> Result<Vec<Option<String>>, ContentError> {
        let query = sqlx::query_as::<_, (String, String)>(FETCH).bind(storage_ids);
        let found = query.fetch_all(self.pool()).await.map_err(|error| self.error("content.fetch", error));
        let found: BTreeMap<String, String> = found.map_err(ContentError::new)?.into_iter().collect();
        Ok(storage_ids.iter().map(|id| found.get(id).cloned()).collect())
    }
}

#[async_trait]
impl ContentStore for PgStore {
    async fn keep(&self, texts: &[StoredText], at: DateTime<Utc>) -> Result<(), ContentError> {
        let slice = Slice::of(KEEP, texts)
            .text(|it| &it.storage_id)
            .text(|it| &it.sha256)
            .time(move |_| at)
            .text(|it| &it.text);
        let kept = slice.query().execute(self.pool()).await.map_err(|error| self.error("content.keep", error));
        kept.map(drop).map_err(ContentError::new)
    }
}

const FETCH: &str = "
SELECT storage_id, text FROM unnest($1::text[]) AS given (id) JOIN cj_content ON storage_id = given.id";

const KEEP: &str = "
INSERT INTO cj_content (storage_id, sha256, created_at, text)
SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[])
ON CONFLICT (storage_id) DO NOTHING";

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[FETCH, KEEP];
