//! The essay as a row.

use serde::{Deserialize, Serialize};

use super::UnknownCode;
use crate::id::{BatchId, EssayId};

/// One essay of one batch.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "a store must carry every field")]
pub struct EssayRecord {
    /// Its batch.
    pub batch_id: BatchId,
    /// Its id inside the batch.
    pub essay_id: EssayId,
    /// Its place in the request, from 0.
    pub ordinal: u32,
    /// Student or anchor.
    pub kind: EssayKind,
    /// What a person calls it.
    pub title: Option<String>,
    /// Where its text is.
    pub content: EssayContent,
    /// Whether it takes part.
    pub status: EssayStatus,
    /// Its score in logits, once scored.
    pub score: Option<f64>,
    /// The standard error of the score.
    pub se: Option<f64>,
    /// Its rank, 1 the best.
    pub rank: Option<u32>,
    /// Counted verdicts that it took part in.
    pub comparison_count: u32,
}

/// Student or anchor.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[expect(clippy::exhaustive_enums, reason = "there is no third kind")]
pub enum EssayKind {
    /// To be placed on the scale.
    Student,
    /// Ties the scale to grades.
    Anchor {
        /// Its label.
        label: String,
        /// Its expert grade.
        grade: Option<String>,
    },
}

impl EssayKind {
    /// Whether it is an anchor.
    pub const fn is_anchor(&self) -> bool {
        matches!(self, Self::Anchor { .. })
    }
}

/// Where an essay's text is.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[expect(clippy::exhaustive_structs, reason = "a store must carry every field")]
pub struct EssayContent {
    /// The text, where the store keeps it and it was asked for.
    pub text: Option<String>,
    /// The 32 hex digits under which a content service keeps it.
    pub storage_id: Option<String>,
    /// The SHA-256 of the text, in hex; outlives an erased text.
    pub sha256: Option<String>,
    /// Whether the judge has the item itself (a recording, papers on a desk), so that no text is needed.
    pub with_judge: bool,
}

impl EssayContent {
    /// A text that is at hand.
    pub fn of_text(text: impl Into<String>) -> Self {
        use sha2::Digest as _;
        use std::fmt::Write as _;
        let text = text.into();
        let sha256 = sha2::Sha256::digest(text.as_bytes()).iter().fold(String::new(), |mut hex, byte| {
            write!(hex, "{byte:02x}").expect("writing to a string cannot fail");
            hex
        });
        Self { text: Some(text), sha256: Some(sha256), ..Self::default() }
    }

    /// An item that the judge has.
    pub fn with_judge() -> Self {
        Self { with_judge: true, ..Self::default() }
    }

    /// Whether a judge can be asked about it.
    pub fn is_usable(&self) -> bool {
        self.with_judge || self.text.as_deref().is_some_and(|text| !text.trim().is_empty())
    }
}

/// Whether an essay takes part.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "whoever shows an essay must decide about every one")]
pub enum EssayStatus {
    /// Its text is being fetched.
    Pending,
    /// It is compared.
    Ready,
    /// It has no text: it is listed as failed, never dropped.
    Missing,
}

impl EssayStatus {
    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Ready => "ready",
            Self::Missing => "missing_text",
        }
    }

    /// Reads a stored code.
    ///
    /// # Errors
    /// A code that this version does not know.
    pub fn parse(code: &str) -> Result<Self, UnknownCode> {
        match code {
            "pending" => Ok(Self::Pending),
            "ready" => Ok(Self::Ready),
            "missing_text" => Ok(Self::Missing),
            _ => Err(UnknownCode::new("essay status", code)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_text_is_no_text() {
        assert!(!EssayContent::of_text(" \n\t").is_usable());
        assert!(EssayContent::of_text("å").is_usable());
        assert!(EssayContent::with_judge().is_usable());
        assert!(!EssayContent::default().is_usable());
    }

    #[test]
    fn the_hash_is_that_of_the_bytes() {
        let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(EssayContent::of_text("abc").sha256.as_deref(), Some(known));
    }
}
