//! Everything that is stored of a batch, save the texts of its essays.

use std::collections::BTreeMap;

use crate::change::{
    BatchRecord, ComparisonRecord, ComparisonState, DecisionRecord, EssayRecord, EssayResult, EvidenceTotals,
    MatrixCell, MatrixKey, ScoreSheet, WaveRecord,
};
use crate::event::ErrorCode;
use crate::id::{BatchId, ComparisonId};
use crate::store::{
    BatchQuery, ComparisonQuery, ComparisonRepository, Erasure, EssayRepository, Repositories, ResultRepository,
    StoreError, Texts, WaveRepository,
};

/// Everything that is stored of a batch, save the texts of its essays: the rows behind the read models, for whoever shows them
/// in a way of their own.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct BatchRows {
    /// The batch.
    pub record: BatchRecord,
    /// Its essays, in the order of the request, without texts.
    pub essays: Vec<EssayRecord>,
    /// Its comparisons, in the order (wave, place, attempt).
    pub comparisons: Vec<ComparisonRecord>,
    /// Its answers, in the order (comparison, ordinal).
    pub decisions: Vec<DecisionRecord>,
    /// Its matrix, in order of key.
    pub matrix: Vec<(MatrixKey, MatrixCell)>,
    /// Its waves, in order.
    pub waves: Vec<WaveRecord>,
    /// Results of its essays, best first; empty until it completes.
    pub results: Vec<EssayResult>,
    /// Sums over its answers.
    pub totals: EvidenceTotals,
    /// What was erased of it.
    pub erasure: Option<Erasure>,
}

/// What became of the questions of a wave.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct WaveOutcome {
    /// Those decided.
    pub decided: u32,
    /// Those that failed in the end: every attempt came to nothing.
    pub failed: u32,
}

impl BatchRows {
    /// Reads a batch through one view; none where there is no such batch.
    ///
    /// # Errors
    /// The store fails.
    pub async fn read(view: &mut dyn Repositories, id: BatchId) -> Result<Option<Self>, StoreError> {
        let Some(record) = view.find(&BatchQuery::Id(id)).await?.pop() else { return Ok(None) };
        Ok(Some(Self {
            record,
            essays: EssayRepository::load(view, id, Texts::Omit).await?,
            comparisons: ComparisonRepository::load(view, &ComparisonQuery::All(id)).await?,
            decisions: view.decisions(id).await?,
            matrix: view.matrix(id).await?,
            waves: WaveRepository::load(view, id).await?,
            results: ResultRepository::load(view, id).await?,
            totals: view.totals(id).await?,
            erasure: view.erasures(&[id]).await?.pop(),
        }))
    }

    /// The last scale: that of the result, or of the last wave that was scored.
    pub fn sheet(&self) -> Option<&ScoreSheet> {
        last_sheet(&self.record, &self.waves)
    }

    /// Answers that count, with the comparison that each answers, in the order (comparison, ordinal).
    pub fn counted(&self) -> impl Iterator<Item = (&DecisionRecord, &ComparisonRecord)> {
        let by_id: BTreeMap<ComparisonId, &ComparisonRecord> =
            self.comparisons.iter().map(|comparison| (comparison.id, comparison)).collect();
        let counted = self.decisions.iter().filter(|decision| decision.counted.is_some());
        counted.filter_map(move |decision| Some((decision, *by_id.get(&decision.comparison_id)?)))
    }

    /// Attempts that came to nothing, by code. One that failed first and whose answer counted later is not among them.
    pub fn failures(&self) -> BTreeMap<&ErrorCode, u32> {
        let mut codes = BTreeMap::new();
        for comparison in self.comparisons.iter().filter(|comparison| is_lost(comparison)) {
            if let Some(code) = &comparison.error_code {
                *codes.entry(code).or_default() += 1;
            }
        }
        codes
    }

    /// What became of the questions of each wave, by its number.
    pub fn outcomes(&self) -> BTreeMap<u32, WaveOutcome> {
        let mut questions: BTreeMap<_, Vec<&ComparisonRecord>> = BTreeMap::new();
        for comparison in &self.comparisons {
            questions.entry(comparison.question()).or_default().push(comparison);
        }
        let mut waves: BTreeMap<u32, WaveOutcome> = BTreeMap::new();
        for (question, attempts) in questions {
            let outcome = waves.entry(question.wave).or_default();
            outcome.decided += u32::from(attempts.iter().any(|row| row.state == ComparisonState::Decided));
            outcome.failed += u32::from(attempts.iter().all(|row| is_lost(row)));
        }
        waves
    }
}

pub(super) fn last_sheet<'a>(record: &'a BatchRecord, waves: &'a [WaveRecord]) -> Option<&'a ScoreSheet> {
    let result = record.state.result.as_ref().and_then(|result| result.sheet.as_ref());
    result.or_else(|| waves.iter().rev().find_map(|wave| wave.sheet.as_ref()))
}

fn is_lost(comparison: &ComparisonRecord) -> bool {
    matches!(comparison.state, ComparisonState::Failed | ComparisonState::Expired)
}
