//! Everything about a batch.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    AnswerDetails, BatchRows, BatchSummary, ComparisonDetails, EssayDetails, EssayFigures, PairDetails, WaveDetails,
};
use crate::change::EssayRecord;
use crate::event::ErrorCode;
use crate::id::{BatchId, ComparisonId, EssayId};
use crate::store::{Repositories, StoreError};

/// Everything about a batch: each essay with its figures, each question with its answers, the matrix, and how the scale came
/// about. Of a large batch this is large.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct BatchDetails {
    /// The batch in short.
    pub summary: BatchSummary,
    /// Its essays: those on the scale best first, equal ranks in order of id; then the others in the order of the request.
    pub essays: Vec<EssayDetails>,
    /// Every attempt of every question, in the order (wave, place, attempt).
    pub comparisons: Vec<ComparisonDetails>,
    /// The comparison matrix, in order of the essays' ids, without empty cells.
    pub matrix: Vec<PairDetails>,
    /// Its waves, in order.
    pub waves: Vec<WaveDetails>,
    /// Attempts that came to nothing, by code, in order of code.
    pub failures: Vec<CodeCount>,
}

/// How many attempts came to nothing with one code.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CodeCount {
    /// The code.
    pub error_code: ErrorCode,
    /// How many.
    pub attempts: u32,
}

impl BatchDetails {
    /// Everything about a batch, from its rows.
    pub fn of(rows: &BatchRows) -> Self {
        let mut answers: BTreeMap<ComparisonId, Vec<AnswerDetails>> = BTreeMap::new();
        for decision in &rows.decisions {
            answers.entry(decision.comparison_id).or_default().push(AnswerDetails::from(decision));
        }
        let comparisons = rows.comparisons.iter();
        let outcomes = rows.outcomes();
        let failures = rows.failures().into_iter();
        Self {
            summary: BatchSummary::of(rows),
            essays: essays(rows),
            comparisons: comparisons
                .map(|row| ComparisonDetails::of(row, answers.remove(&row.id).unwrap_or_default()))
                .collect(),
            matrix: rows.matrix.iter().map(PairDetails::from).collect(),
            waves: rows
                .waves
                .iter()
                .map(|wave| WaveDetails::of(wave, outcomes.get(&wave.wave).copied().unwrap_or_default()))
                .collect(),
            failures: failures.map(|(code, attempts)| CodeCount { error_code: code.clone(), attempts }).collect(),
        }
    }

    /// Everything about a batch, through one view; none where there is no such batch.
    ///
    /// # Errors
    /// The store fails.
    pub async fn read(view: &mut dyn Repositories, id: BatchId) -> Result<Option<Self>, StoreError> {
        Ok(BatchRows::read(view, id).await?.as_ref().map(Self::of))
    }
}

fn essays(rows: &BatchRows) -> Vec<EssayDetails> {
    let figures: BTreeMap<&EssayId, EssayFigures> = if rows.results.is_empty() {
        let sheet = rows.sheet().into_iter().flat_map(|sheet| &sheet.essays);
        sheet.map(|row| (&row.essay_id, EssayFigures::from(row))).collect()
    } else {
        rows.results.iter().map(|row| (&row.essay_id, EssayFigures::from(row))).collect()
    };
    let details = |essay: &EssayRecord| EssayDetails::of(essay, figures.get(&essay.essay_id).copied());
    let mut essays: Vec<EssayDetails> = rows.essays.iter().map(details).collect();
    // The sort is stable: what has no rank stays in the order of the request.
    essays.sort_by(|a, b| match (&a.figures, &b.figures) {
        (Some(one), Some(other)) => one.rank.cmp(&other.rank).then_with(|| a.essay_id.cmp(&b.essay_id)),
        (one, other) => other.is_some().cmp(&one.is_some()),
    });
    essays
}
