//! Why a judge gave no answer.

use std::fmt;

/// A code of at most 100 characters; unknown ones survive as text.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct ErrorCode(String);

impl ErrorCode {
    /// Wraps a code.
    pub fn new(code: impl Into<String>) -> Self {
        Self(code.into())
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether another try is worth it.
    pub fn is_retryable(&self) -> bool {
        matches!(
            self.0.as_str(),
            "RATE_LIMIT" | "TIMEOUT" | "CONNECTION_ERROR" | "SERVICE_UNAVAILABLE" | "EXTERNAL_SERVICE_ERROR"
        )
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
