//! A store that is open.

use std::sync::Arc;

use cj_core::store::{Store, StoreError};
use cj_storage_sqlite::SqliteStore;

/// A store that is open.
pub(crate) enum Opened {
    /// A file.
    Sqlite(SqliteStore),
    /// A server.
    #[cfg(feature = "postgres")]
    Postgres(cj_storage_postgres::PgStore),
}

impl Opened {
    /// As the engine knows it.
    pub(crate) fn store(&self) -> Arc<dyn Store> {
        match self {
            Self::Sqlite(store) => Arc::new(store.clone()),
            #[cfg(feature = "postgres")]
            Self::Postgres(store) => Arc::new(store.clone()),
        }
    }

    /// Makes sure that what was deleted is not in a file any more. A server does that in its own time.
    pub(crate) async fn forget_deleted(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(store) => store.compact().await,
            #[cfg(feature = "postgres")]
            Self::Postgres(_) => Ok(()),
        }
    }

    /// As a keeper of texts.
    #[cfg(feature = "kafka")]
    pub(crate) fn content(&self) -> Arc<dyn cj_core::port::ContentStore> {
        match self {
            Self::Sqlite(store) => Arc::new(store.clone()),
            #[cfg(feature = "postgres")]
            Self::Postgres(store) => Arc::new(store.clone()),
        }
    }

    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite(store) => store.close().await,
            #[cfg(feature = "postgres")]
            Self::Postgres(store) => store.close().await,
        }
    }
}
