//! Where texts come from that were not handed in.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::change::EssayContent;

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

/// Keeps texts, and hands them out again.
#[async_trait]
pub trait ContentStore: ContentSource {
    /// Keeps texts; one that is kept already stays as it is.
    ///
    /// # Errors
    /// The store cannot be reached: nothing was kept.
    async fn keep(&self, texts: &[StoredText], at: DateTime<Utc>) -> Result<(), ContentError>;
}

/// A text and what it is found by.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct StoredText {
    /// 32 hexadecimal digits that follow from the text: the same text is kept once.
    pub storage_id: String,
    /// The SHA-256 of the text, in hex.
    pub sha256: String,
    /// The text.
    pub text: String,
}

impl StoredText {
    /// A text under the id that follows from it.
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        let storage_id = Uuid::new_v5(&Uuid::NAMESPACE_OID, text.as_bytes()).simple().to_string();
        let sha256 = EssayContent::of_text(text.as_str()).sha256.unwrap_or_default();
        Self { storage_id, sha256, text }
    }
}

#[cfg(test)]
mod tests {
    use super::StoredText;

    #[test]
    fn the_same_text_has_the_same_id() {
        let (one, same, other) = (StoredText::new("å"), StoredText::new("å"), StoredText::new("ä"));
        assert_eq!((one.storage_id.len(), one.sha256.len()), (32, 64));
        assert_eq!(one, same);
        assert_ne!(one.storage_id, other.storage_id);
    }
}
