//! What a store says when it could not do something.

use std::error::Error;
use std::fmt;

/// A failed storage operation: what kind of failure, in which operation, and the driver's own words as source.
#[derive(Debug)]
pub struct StoreError {
    kind: ErrorKind,
    operation: &'static str,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// What kind of failure, which says what to do about it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Another unit changed the same rows: do the work again, from the start.
    Conflict,
    /// Stored data that this version cannot read, or that contradicts itself: a person must look.
    Corrupt,
    /// Anything else.
    Other,
    /// The store cannot be reached, is locked or busy: try again later.
    Unavailable,
    /// The store cannot do this at all: it is read-only, or of a newer version.
    Unsupported,
}

impl StoreError {
    /// A failure without a source.
    pub fn new(kind: ErrorKind, operation: &'static str) -> Self {
        Self { kind, operation, source: None }
    }

    /// Adds what the driver said.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Stored data that cannot be read.
    pub fn corrupt(operation: &'static str, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::new(ErrorKind::Corrupt, operation).with_source(source)
    }

    /// What kind of failure.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The operation that failed, for instance `batch.update`.
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// Whether doing the whole unit again may succeed.
    pub fn is_retryable(&self) -> bool {
        matches!(self.kind, ErrorKind::Conflict | ErrorKind::Unavailable)
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            ErrorKind::Conflict => "was overtaken by another worker",
            ErrorKind::Corrupt => "found data that cannot be read",
            ErrorKind::Other => "failed",
            ErrorKind::Unavailable => "could not reach the store",
            ErrorKind::Unsupported => "is not supported by this store",
        };
        write!(f, "{} {what}", self.operation)
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_ref().map(|source| &**source as &(dyn Error + 'static))
    }
}
