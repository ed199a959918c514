//! What is known of a batch when its pairs are chosen or its scale is fitted.

use std::collections::BTreeMap;

use super::ServiceError;
use crate::change::{BatchRecord, ComparisonRecord, EssayRecord, EssayStatus, EvidenceTotals, MatrixCell, WaveRecord};
use crate::id::EssayId;
use crate::scoring::{Fit, Judgements, Model, PairCount, Prior};
use crate::store::{ComparisonQuery, ComparisonRepository, EssayRepository, Repositories, Texts, WaveRepository};

/// What is known of a batch, read in one view.
pub(super) struct Known {
    /// All essays, in the order of the request.
    pub(super) essays: Vec<EssayRecord>,
    /// The ids of those that are compared, sorted: indices below are places here.
    pub(super) ready: Vec<EssayId>,
    /// All comparisons, in the order they were planned.
    pub(super) comparisons: Vec<ComparisonRecord>,
    /// Counts per ordered pair.
    pub(super) counts: Vec<PairCount>,
    /// All waves, in order.
    pub(super) waves: Vec<WaveRecord>,
    /// What answers cost.
    pub(super) totals: EvidenceTotals,
}

impl Known {
    pub(super) async fn load(view: &mut dyn Repositories, record: &BatchRecord) -> Result<Self, ServiceError> {
        let id = record.id();
        let essays = EssayRepository::load(view, id, Texts::Omit).await?;
        let mut ready: Vec<EssayId> =
            essays.iter().filter(|e| e.status == EssayStatus::Ready).map(|e| e.essay_id.clone()).collect();
        ready.sort();
        let comparisons = ComparisonRepository::load(view, &ComparisonQuery::All(id)).await?;
        let waves = WaveRepository::load(view, id).await?;
        let totals = view.totals(id).await?;
        let counts =
            counts(&ready, view.matrix(id).await?.iter().map(|(key, cell)| (&key.essay_a, &key.essay_b, *cell)));
        Ok(Self { essays, ready, comparisons, counts, waves, totals })
    }

    /// The place of an essay among those that are compared.
    pub(super) fn index(&self) -> BTreeMap<&EssayId, u32> {
        self.ready.iter().zip(0..).collect()
    }

    pub(super) fn judgements(&self) -> Result<Judgements, ServiceError> {
        Ok(Judgements::from_counts(&self.names(), &self.counts)?)
    }

    pub(super) fn fit(&self, prior_sd: f64) -> Result<Fit, ServiceError> {
        let model = Model::builder().prior(Prior::Normal { sd: prior_sd }).build()?;
        Ok(model.fit(&self.judgements()?)?)
    }

    pub(super) fn names(&self) -> Vec<&str> {
        self.ready.iter().map(EssayId::as_str).collect()
    }
}

/// Counts by index, from cells of the matrix. Cells of essays that are not compared are left out.
pub(super) fn counts<'a>(
    ready: &[EssayId],
    cells: impl IntoIterator<Item = (&'a EssayId, &'a EssayId, MatrixCell)>,
) -> Vec<PairCount> {
    let count = |(a, b, cell): (&EssayId, &EssayId, MatrixCell)| {
        let (left, right) = (ready.binary_search(a).ok()?, ready.binary_search(b).ok()?);
        let count = PairCount::new(left, right, f64::from(cell.wins_a), f64::from(cell.wins_b));
        Some(count.with_ties(f64::from(cell.ties)))
    };
    cells.into_iter().filter_map(count).filter(|count| count.total() > 0.0).collect()
}
