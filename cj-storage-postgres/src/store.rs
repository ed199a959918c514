//! The store.

use cj_core::store::{ErrorKind, StoreError};

/// A store in PostgreSQL; there is none yet, so no value of this type exists.
#[derive(Debug)]
#[non_exhaustive]
pub enum PgStore {}

/// What [`PgStore::connect`] has to say.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the PostgreSQL store is not built yet: keep batches in SQLite")]
#[non_exhaustive]
pub struct NotBuilt;

impl PgStore {
    /// Refuses to connect.
    ///
    /// # Errors
    /// Always `Unsupported`: the store is not built yet.
    pub fn connect(_url: &str) -> Result<Self, StoreError> {
        Err(StoreError::new(ErrorKind::Unsupported, "store.connect").with_source(NotBuilt))
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;

    #[test]
    fn connecting_is_refused_with_what_to_do_instead() {
        let refused = PgStore::connect("postgres://localhost/cj").unwrap_err();
        assert_eq!((refused.kind(), refused.operation()), (ErrorKind::Unsupported, "store.connect"));
        assert!(!refused.is_retryable());
        assert!(refused.source().unwrap().to_string().contains("SQLite"));
    }
}
