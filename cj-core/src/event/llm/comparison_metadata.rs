//! What a question carries beside the prompt.
use crate::event::{ContractError, OpenMap, check::At};
use serde::{Deserialize, Serialize};

/// Which comparison a question belongs to. The judge never sees it; the answer echoes it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ComparisonMetadata {
    /// The essay in position A.
    pub essay_a_id: String,
    /// The essay in position B.
    pub essay_b_id: String,
    /// The caller's batch id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bos_batch_id: Option<String>,
    /// This engine's batch id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cj_batch_id: Option<String>,
    /// Where the batch came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cj_source: Option<String>,
    /// `cj_comparison` for the first attempt, `cj_retry` for a later one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cj_request_type: Option<String>,
    /// The wave that the comparison was planned in, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comparison_iteration: Option<u32>,
    /// SHA-256 of the prompt; providers add it to the echo.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_sha256: Option<String>,
}

impl ComparisonMetadata {
    /// An ordered pair, and nothing else.
    pub fn new(essay_a_id: &str, essay_b_id: &str) -> Self {
        Self {
            essay_a_id: essay_a_id.to_owned(),
            essay_b_id: essay_b_id.to_owned(),
            bos_batch_id: None,
            cj_batch_id: None,
            cj_source: None,
            cj_request_type: None,
            comparison_iteration: None,
            prompt_sha256: None,
        }
    }

    /// Reads what an answer echoes.
    ///
    /// # Errors
    /// The key that is missing or not of its type.
    pub fn from_map(map: &OpenMap) -> Result<Self, ContractError> {
        map.read(NAME)
    }

    /// The same as the open map that travels; absent values are left out.
    ///
    /// # Errors
    /// An essay id that is out of bounds, or one essay in both positions.
    pub fn to_map(&self) -> Result<OpenMap, ContractError> {
        let at = At::root(NAME);
        at.field("essay_a_id").essay_id(&self.essay_a_id)?;
        at.field("essay_b_id").essay_id(&self.essay_b_id)?;
        if self.essay_a_id == self.essay_b_id {
            return Err(at.field("essay_b_id").broken("another essay than in position A", &self.essay_b_id));
        }
        OpenMap::of(NAME, self)
    }
}

const NAME: &str = "CJLLMComparisonMetadata";
