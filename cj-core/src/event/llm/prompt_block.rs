//! A prompt in pieces.
use crate::event::text::wire_enum;
use crate::event::{ContractError, check::At};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt::Write;

wire_enum! {
    /// The role in which a block is sent.
    PromptTarget {
        System = "system",
        UserContent = "user_content",
    }
}

wire_enum! {
    /// How long a provider may keep a block in its prefix cache.
    PromptTtl {
        FiveMinutes = "5m",
        OneHour = "1h",
    }
}

/// A piece of a prompt, and whether it is the same for many questions.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct PromptBlock {
    /// The role in which it is sent.
    pub target: PromptTarget,
    /// The text.
    pub content: String,
    /// Whether a provider may keep it in its prefix cache.
    pub cacheable: bool,
    /// For how long.
    pub ttl: PromptTtl,
    /// SHA-256 of the text, in lower-case hexadecimal digits.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = r"^[0-9a-f]{64}$")))]
    pub content_hash: String,
}

impl PromptBlock {
    /// What is the same for many questions of a batch.
    pub fn cacheable(content: String) -> Self {
        Self { cacheable: true, ..Self::passing(content) }
    }

    /// What belongs to one question.
    pub fn passing(content: String) -> Self {
        Self {
            target: PromptTarget::UserContent,
            content_hash: sha256_hex(&content),
            content,
            cacheable: false,
            ttl: PromptTtl::FiveMinutes,
        }
    }

    pub(super) fn check(&self, at: At<'_>) -> Result<(), ContractError> {
        at.field("content").not_blank(&self.content)?;
        let due = sha256_hex(&self.content);
        if self.content_hash == due {
            return Ok(());
        }
        Err(at.field("content_hash").broken(format!("the content's SHA-256, {due}"), &self.content_hash))
    }
}

/// SHA-256 of a text, in lower-case hexadecimal digits.
pub(crate) fn sha256_hex(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().fold(String::with_capacity(64), |mut hex, byte| {
        write!(hex, "{byte:02x}").expect("writing into a string");
        hex
    })
}
