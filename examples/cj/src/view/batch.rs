//! Everything that is stored of a batch, read in one view.

use std::collections::BTreeMap;

use cj_core::change::{
    BatchHeader, BatchRecord, BatchState, ComparisonRecord, DecisionRecord, EssayRecord, MatrixCell, MatrixKey,
    ScoreSheet, WaveRecord,
};
use cj_core::id::{BatchId, ComparisonId};
use cj_core::service::ServiceError;
use cj_core::store::{
    BatchQuery, ComparisonQuery, ComparisonRepository, Erasure, EssayRepository, EvidenceTotals, Store, Texts,
    WaveRepository,
};

use crate::error::Error;

/// Everything that is stored of a batch.
#[derive(Debug)]
pub struct BatchView {
    pub(super) record: BatchRecord,
    pub(super) essays: Vec<EssayRecord>,
    pub(super) comparisons: BTreeMap<ComparisonId, ComparisonRecord>,
    pub(super) decisions: Vec<DecisionRecord>,
    pub(super) matrix: Vec<(MatrixKey, MatrixCell)>,
    pub(super) waves: Vec<WaveRecord>,
    pub(super) totals: EvidenceTotals,
    pub(super) erasure: Option<Erasure>,
}

impl BatchView {
    /// Reads a batch.
    ///
    /// # Errors
    /// There is no such batch, or the store fails.
    pub async fn load(store: &dyn Store, id: BatchId) -> Result<Self, ServiceError> {
        let mut view = store.read().await?;
        let record = view.find(&BatchQuery::Id(id)).await?.pop().ok_or(ServiceError::UnknownBatch(id))?;
        let comparisons = ComparisonRepository::load(&mut *view, &ComparisonQuery::All(id)).await?;
        Ok(Self {
            record,
            essays: EssayRepository::load(&mut *view, id, Texts::Omit).await?,
            comparisons: comparisons.into_iter().map(|comparison| (comparison.id, comparison)).collect(),
            decisions: view.decisions(id).await?,
            matrix: view.matrix(id).await?,
            waves: WaveRepository::load(&mut *view, id).await?,
            totals: view.totals(id).await?,
            erasure: view.erasures(&[id]).await?.pop(),
        })
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
        &self.record.header
    }

    /// Where it is.
    pub const fn state(&self) -> &BatchState {
        &self.record.state
    }

    /// How many essays it has.
    pub fn essay_count(&self) -> u64 {
        self.essays.len() as u64
    }

    /// The last scale: that of the result, or of the last wave that was scored.
    pub(super) fn sheet(&self) -> Option<&ScoreSheet> {
        let result = self.record.state.result.as_ref().and_then(|result| result.sheet.as_ref());
        result.or_else(|| self.waves.iter().rev().find_map(|wave| wave.sheet.as_ref()))
    }

    pub(super) fn label(&self, name: &str) -> Option<&str> {
        self.record.header.request.labels.get(name).map(String::as_str)
    }

    /// Answers that count, with the comparison they answer.
    pub(super) fn counted(&self) -> impl Iterator<Item = (&DecisionRecord, &ComparisonRecord)> {
        let counted = self.decisions.iter().filter(|decision| decision.counted.is_some());
        counted.filter_map(|decision| Some((decision, self.comparisons.get(&decision.comparison_id)?)))
    }
}
