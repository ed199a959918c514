//! Where texts come from that were not handed in.

use async_trait::async_trait;

/// Fetches texts by their storage ids.
#[async_trait]
pub trait ContentSource: Send + Sync + 'static {
    /// The text of each id, in the order asked; none where there is no such text.
    ///
    /// # Errors
    /// The source cannot be reached: the batch waits and tries again.
    async fn fetch(&self, storage_ids: &[String]) -> Result<Vec<Option<String>>, ContentError>;
}

/// A source of texts that cannot be reached.
#[derive(Debug, thiserror::Error)]
#[error("the texts could not be fetched")]
pub struct ContentError {
    source: Box<dyn std::error::Error + Send + Sync>,
}

impl ContentError {
    /// Wraps what the source said.
    pub fn new(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { source: source.into() }
    }
}
