//! A failure, told to another service.
use crate::event::{ErrorCode, OpenMap, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A failure: what, where, when, and the details that help to find the cause.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ErrorDetail {
    /// What went wrong.
    pub error_code: ErrorCode,
    /// The same for a person.
    pub message: String,
    /// Correlation id of the work that failed.
    pub correlation_id: Uuid,
    /// When it failed.
    pub timestamp: Timestamp,
    /// The service in which it failed.
    pub service: String,
    /// What that service was doing.
    pub operation: String,
    /// Whatever else is known.
    #[serde(default)]
    pub details: OpenMap,
    /// Only ever read: nothing here sends one.
    pub stack_trace: Option<String>,
    /// Trace id, 32 hexadecimal digits.
    pub trace_id: Option<String>,
    /// Span id, 16 hexadecimal digits.
    pub span_id: Option<String>,
}

impl ErrorDetail {
    /// A failure without further details.
    pub fn new(
        error_code: ErrorCode,
        message: &str,
        correlation_id: Uuid,
        at: Timestamp,
        service: &str,
        operation: &str,
    ) -> Self {
        Self {
            error_code,
            message: message.to_owned(),
            correlation_id,
            timestamp: at,
            service: service.to_owned(),
            operation: operation.to_owned(),
            details: OpenMap::new(),
            stack_trace: None,
            trace_id: None,
            span_id: None,
        }
    }
}
