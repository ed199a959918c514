//! Why an assessment failed.
use crate::event::{ContractError, ErrorCode, OpenMap, check::At};
use serde::{Deserialize, Serialize};

/// Why an assessment failed, for a program and for a person.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct FailureInfo {
    /// One word: `low_success_rate`, `no_usable_text`, `cancelled`, …
    pub reason: String,
    /// The same as a code of the platform.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_code: Option<ErrorCode>,
    /// The same for a person, with what to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
    /// The figures behind it.
    #[serde(default)]
    pub details: OpenMap,
}

impl FailureInfo {
    /// A reason without figures.
    pub fn new(reason: &str, error_code: ErrorCode, error_message: &str) -> Self {
        Self {
            reason: reason.to_owned(),
            error_code: Some(error_code),
            error_message: Some(error_message.to_owned()),
            details: OpenMap::new(),
        }
    }

    pub(super) fn to_map(&self) -> Result<OpenMap, ContractError> {
        At::root(NAME).field("reason").not_blank(&self.reason)?;
        OpenMap::of(NAME, self)
    }
}

const NAME: &str = "CJAssessmentFailedV1.error_info";
