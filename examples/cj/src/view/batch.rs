//! Everything that is stored of a batch, read in one view.

use cj_core::change::{BatchHeader, BatchRecord, BatchState};
use cj_core::id::BatchId;
use cj_core::read::{BatchRows, BatchSummary};
use cj_core::service::ServiceError;
use cj_core::store::{BatchQuery, Store};

use crate::error::Error;

/// Everything that is stored of a batch.
#[derive(Debug)]
pub struct BatchView {
    pub(super) rows: BatchRows,
    pub(super) summary: BatchSummary,
}

impl BatchView {
    /// Reads a batch.
    ///
    /// # Errors
    /// There is no such batch, or the store fails.
    pub async fn load(store: &dyn Store, id: BatchId) -> Result<Self, ServiceError> {
        let mut view = store.read().await?;
        let rows = BatchRows::read(&mut *view, id).await?.ok_or(ServiceError::UnknownBatch(id))?;
        let summary = BatchSummary::of(&rows);
        Ok(Self { rows, summary })
    }

    /// Finds the batch that a person names: by its id, by the caller's own name for it, or the newest for none.
    ///
    /// # Errors
    /// [`Error::Usage`] where there is none.
    pub async fn find(store: &dyn Store, name: Option<&str>) -> Result<BatchRecord, Error> {
        let failed = |error: cj_core::store::StoreError| Error::failed(crate::store::chain(&error));
        let mut view = store.read().await.map_err(failed)?;
        let query = match name {
            None => BatchQuery::Newest { limit: 1 },
            Some(name) => name.parse().map_or_else(|_| BatchQuery::BosBatchId(name.to_owned()), BatchQuery::Id),
        };
        let mut found = view.find(&query).await.map_err(failed)?;
        if found.is_empty()
            && let (BatchQuery::Id(_), Some(name)) = (&query, name)
        {
            found = view.find(&BatchQuery::BosBatchId(name.to_owned())).await.map_err(failed)?;
        }
        found.into_iter().next().ok_or_else(|| match name {
            Some(name) => {
                Error::usage(format!("there is no batch `{name}` in this store; `cj status` lists those there are"))
            }
            None => Error::usage("there is no batch in this store; `cj run` makes one"),
        })
    }

    /// What was fixed when it was requested.
    pub fn header(&self) -> &BatchHeader {
        &self.rows.record.header
    }

    /// Where it is.
    pub const fn state(&self) -> &BatchState {
        &self.rows.record.state
    }

    /// How many essays it has.
    pub fn essay_count(&self) -> u64 {
        u64::from(self.summary.essays.total)
    }

    pub(super) fn label(&self, name: &str) -> Option<&str> {
        self.header().request.labels.get(name).map(String::as_str)
    }
}
