//! A content service.

use async_trait::async_trait;
use cj_core::port::{ContentError, ContentSource};
use reqwest::{Client, StatusCode};

/// Fetches texts from a service that answers `GET BASE/ID` with the bare text.
pub(super) struct ContentService {
    base: String,
    client: Client,
}

impl ContentService {
    /// The service at an address such as `http://content:8000/v1/content`.
    pub(super) fn new(base: &str) -> Result<Self, reqwest::Error> {
        let client = Client::builder().timeout(std::time::Duration::from_secs(30)).build()?;
        Ok(Self { base: base.trim_end_matches('/').to_owned(), client })
    }

    async fn one(&self, id: &str) -> Result<Option<String>, reqwest::Error> {
        let answer = self.client.get(format!("{}/{id}", self.base)).send().await?;
        if answer.status() == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        let bytes = answer.error_for_status()?.bytes().await?;
        // A text that is no text is none: the essay is listed as failed.
        Ok(String::from_utf8(bytes.to_vec()).ok())
    }
}

#[async_trait]
impl ContentSource for ContentService {
    async fn fetch(&self, storage_ids: &[String]) -> Result<Vec<Option<String>>, ContentError> {
        let mut texts = Vec::with_capacity(storage_ids.len());
        for id in storage_ids {
            texts.push(self.one(id).await.map_err(ContentError::new)?);
        }
        Ok(texts)
    }
}
