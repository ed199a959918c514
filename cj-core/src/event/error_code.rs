//! Error codes: an open set.
use super::ContractError;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::borrow::Cow;
use std::fmt;

/// What went wrong, as an open code: unknown ones survive as text and are not retryable.
///
/// 1 to 100 characters.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ErrorCode(Cow<'static, str>);

impl ErrorCode {
    /// A circuit breaker is open.
    pub const CIRCUIT_BREAKER_OPEN: Self = Self::known("CIRCUIT_BREAKER_OPEN");
    /// No connection.
    pub const CONNECTION_ERROR: Self = Self::known("CONNECTION_ERROR");
    /// Another service failed.
    pub const EXTERNAL_SERVICE_ERROR: Self = Self::known("EXTERNAL_SERVICE_ERROR");
    /// The request breaks its contract.
    pub const INVALID_REQUEST: Self = Self::known("INVALID_REQUEST");
    /// The response breaks its contract.
    pub const INVALID_RESPONSE: Self = Self::known("INVALID_RESPONSE");
    /// A judge's reply is none of the answers asked for.
    pub const LLM_INVALID_RESPONSE: Self = Self::known("LLM_INVALID_RESPONSE");
    /// A judge's reply could not be parsed.
    pub const LLM_PARSING_ERROR: Self = Self::known("LLM_PARSING_ERROR");
    /// The judge is not there.
    pub const LLM_PROVIDER_UNAVAILABLE: Self = Self::known("LLM_PROVIDER_UNAVAILABLE");
    /// A message could not be read.
    pub const PARSING_ERROR: Self = Self::known("PARSING_ERROR");
    /// Work on a batch failed.
    pub const PROCESSING_ERROR: Self = Self::known("PROCESSING_ERROR");
    /// Too many requests.
    pub const RATE_LIMIT: Self = Self::known("RATE_LIMIT");
    /// Something named does not exist.
    pub const RESOURCE_NOT_FOUND: Self = Self::known("RESOURCE_NOT_FOUND");
    /// A service is not there.
    pub const SERVICE_UNAVAILABLE: Self = Self::known("SERVICE_UNAVAILABLE");
    /// No answer in time.
    pub const TIMEOUT: Self = Self::known("TIMEOUT");
    /// Nothing is known about the cause.
    pub const UNKNOWN_ERROR: Self = Self::known("UNKNOWN_ERROR");
    /// A value is out of bounds.
    pub const VALIDATION_ERROR: Self = Self::known("VALIDATION_ERROR");

    /// Longest code, in characters.
    pub const MAX_CHARS: usize = 100;

    const fn known(code: &'static str) -> Self {
        Self(Cow::Borrowed(code))
    }

    /// The code as it stands on the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the same question may be asked again after this failure.
    pub fn is_retryable(&self) -> bool {
        matches!(
            self.as_str(),
            "CONNECTION_ERROR"
                | "EXTERNAL_SERVICE_ERROR"
                | "LLM_API_ERROR"
                | "LLM_INTERNAL_ERROR"
                | "LLM_INVALID_RESPONSE"
                | "LLM_PARSING_ERROR"
                | "LLM_PROVIDER_API_ERROR"
                | "LLM_PROVIDER_RATE_LIMIT"
                | "LLM_PROVIDER_TIMEOUT"
                | "LLM_PROVIDER_UNAVAILABLE"
                | "LLM_QUEUE_FULL"
                | "LLM_RATE_LIMIT"
                | "LLM_TIMEOUT"
                | "RATE_LIMIT"
                | "SERVICE_UNAVAILABLE"
                | "TIMEOUT"
        )
    }
}

impl TryFrom<String> for ErrorCode {
    type Error = ContractError;

    fn try_from(code: String) -> Result<Self, ContractError> {
        let chars = code.chars().count();
        if (1..=Self::MAX_CHARS).contains(&chars) {
            return Ok(Self(Cow::Owned(code)));
        }
        Err(ContractError::new("ErrorCode", "$", EXPECTED, format_args!("{chars} characters")))
    }
}

impl TryFrom<&str> for ErrorCode {
    type Error = ContractError;

    fn try_from(code: &str) -> Result<Self, ContractError> {
        Self::try_from(code.to_owned())
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for ErrorCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for ErrorCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::try_from(code).map_err(|error| {
            de::Error::custom(format_args!("invalid value: {}, expected {}", error.found, error.expected))
        })
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for ErrorCode {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "ErrorCode".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "minLength": 1, "maxLength": Self::MAX_CHARS })
    }
}

const EXPECTED: &str = "1 to 100 characters";

#[cfg(test)]
mod tests {
    use super::ErrorCode;

    #[test]
    fn only_passing_trouble_is_retryable() {
        let retryable = [
            "RATE_LIMIT",
            "TIMEOUT",
            "CONNECTION_ERROR",
            "SERVICE_UNAVAILABLE",
            "EXTERNAL_SERVICE_ERROR",
            "LLM_PROVIDER_UNAVAILABLE",
            "LLM_RATE_LIMIT",
            "LLM_TIMEOUT",
            "LLM_API_ERROR",
            "LLM_PROVIDER_RATE_LIMIT",
            "LLM_PROVIDER_TIMEOUT",
            "LLM_PROVIDER_API_ERROR",
            "LLM_QUEUE_FULL",
            "LLM_INTERNAL_ERROR",
            "LLM_PARSING_ERROR",
            "LLM_INVALID_RESPONSE",
        ];
        for code in retryable {
            assert!(ErrorCode::try_from(code).unwrap().is_retryable(), "{code}");
        }
        let lasting = [
            "LLM_INVALID_PROMPT",
            "LLM_CONTENT_TOO_LONG",
            "LLM_INVALID_CONFIG",
            "LLM_COST_LIMIT_EXCEEDED",
            "LLM_CONFIGURATION_ERROR",
            "LLM_CALLBACK_TOPIC_MISSING",
            "LLM_INVALID_CALLBACK_TOPIC",
            "INVALID_RESPONSE",
            "QUOTA_EXCEEDED",
            "AUTHENTICATION_ERROR",
            "UNKNOWN_ERROR",
            "SOMETHING_NEW",
            "timeout",
        ];
        for code in lasting {
            assert!(!ErrorCode::try_from(code).unwrap().is_retryable(), "{code}");
        }
    }

    #[test]
    fn an_unknown_code_survives_as_text() {
        let code: ErrorCode = serde_json::from_str("\"NÅGOT_NYTT\"").unwrap();
        assert_eq!(serde_json::to_string(&code).unwrap(), "\"NÅGOT_NYTT\"");
    }

    #[test]
    fn length_is_counted_in_characters() {
        assert!(ErrorCode::try_from("Å".repeat(100)).is_ok());
        assert!(ErrorCode::try_from("Å".repeat(101)).is_err());
        let error = ErrorCode::try_from("").unwrap_err();
        assert_eq!(error.to_string(), "ErrorCode: $: expected 1 to 100 characters, found 0 characters");
    }
}
