//! What came of a batch, and whether it can be trusted.

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::rows::last_sheet;
use super::{AnswerCounts, BatchProgress, BatchRows, EssayCounts, FailurePool, ScaleSummary};
use crate::change::{BatchRecord, EssayRecord, EssayStatus, EvidenceTotals, ScoreSheet, WaveRecord};
use crate::id::{BatchId, EssayId};
use crate::store::{BatchQuery, Erasure, EssayRepository, Repositories, StoreError, Texts, WaveRepository};

/// What came of a batch, and whether it can be trusted.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct BatchSummary {
    /// How far it is.
    pub progress: BatchProgress,
    /// Travels on every event of the batch.
    pub correlation_id: Uuid,
    /// The course, for instance `ENG5`.
    pub course_code: String,
    /// The language of the essays, for instance `sv`.
    pub language: String,
    /// The assignment.
    pub assignment_id: Option<String>,
    /// Who pays.
    pub user_id: String,
    /// For whom they work.
    pub org_id: Option<String>,
    /// The strategy that chooses its pairs.
    pub strategy: &'static str,
    /// The grade scale of the assignment.
    pub grade_scale: Option<String>,
    /// Its essays, counted.
    pub essays: EssayCounts,
    /// Essays without a text: they are not on the scale.
    pub missing: Vec<EssayId>,
    /// The last scale; absent where nothing was scored, or scores were erased.
    pub scale: Option<ScaleSummary>,
    /// Its answers, by what became of them.
    pub answers: AnswerCounts,
    /// What became of failures.
    pub failure_pool: FailurePool,
    /// What the answers cost.
    pub spending: Spending,
    /// Why there are no grades, where there are none in the result.
    pub grades_unavailable: Option<String>,
    /// What a reader of the figures must know.
    pub warnings: Vec<String>,
    /// What was erased of it; absent while everything is kept.
    pub erased: Option<Erased>,
}

/// What the answers of a batch cost, those that failed included.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Spending {
    /// US dollars; absent where no answer said.
    pub usd: Option<f64>,
    /// Tokens read.
    pub prompt_tokens: u64,
    /// Tokens written.
    pub completion_tokens: u64,
    /// The judge of most verdicts, where they name one.
    pub judge: Option<JudgeName>,
}

/// A judge that is a model.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct JudgeName {
    /// Whose model.
    pub provider: String,
    /// Which model.
    pub model: String,
}

/// What was erased of a batch.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Erased {
    /// When its texts went.
    pub texts_at: DateTime<Utc>,
    /// When its scores went; absent while they are kept.
    pub scores_at: Option<DateTime<Utc>>,
}

impl BatchSummary {
    /// The summary of a batch, from its rows.
    pub fn of(rows: &BatchRows) -> Self {
        Self::assembled(&rows.record, &rows.essays, rows.sheet(), &rows.totals, rows.erasure)
    }

    /// The summary of a batch, through one view and without its comparisons and answers; none where there is no such batch.
    ///
    /// # Errors
    /// The store fails.
    pub async fn read(view: &mut dyn Repositories, id: BatchId) -> Result<Option<Self>, StoreError> {
        let Some(record) = view.find(&BatchQuery::Id(id)).await?.pop() else { return Ok(None) };
        let essays = EssayRepository::load(view, id, Texts::Omit).await?;
        let has_result = record.state.result.as_ref().is_some_and(|result| result.sheet.is_some());
        let waves: Vec<WaveRecord> = if has_result || record.state.wave.number == 0 {
            Vec::new()
        } else {
            WaveRepository::load(view, id).await?
        };
        let totals = view.totals(id).await?;
        let erasure = view.erasures(&[id]).await?.pop();
        Ok(Some(Self::assembled(&record, &essays, last_sheet(&record, &waves), &totals, erasure)))
    }

    fn assembled(
        record: &BatchRecord,
        essays: &[EssayRecord],
        sheet: Option<&ScoreSheet>,
        totals: &EvidenceTotals,
        erasure: Option<Erasure>,
    ) -> Self {
        let (header, state) = (&record.header, &record.state);
        let result = state.result.as_deref();
        let is_final = result.is_some_and(|result| result.sheet.is_some());
        let warnings = result.map(|result| &result.warnings).or_else(|| sheet.map(|sheet| &sheet.warnings));
        let missing = essays.iter().filter(|essay| essay.status == EssayStatus::Missing);
        let judge = totals.judge.clone().map(|(provider, model)| JudgeName { provider, model });
        Self {
            progress: BatchProgress::of(record),
            correlation_id: header.correlation_id,
            course_code: header.course_code.clone(),
            language: header.language.clone(),
            assignment_id: header.assignment_id.clone(),
            user_id: header.user_id.clone(),
            org_id: header.org_id.clone(),
            strategy: header.settings.strategy().as_str(),
            grade_scale: header.request.grade_scale.clone(),
            essays: EssayCounts::of(essays),
            missing: missing.map(|essay| essay.essay_id.clone()).collect(),
            scale: sheet.map(|sheet| ScaleSummary::of(sheet, is_final)),
            answers: AnswerCounts::from(totals),
            failure_pool: FailurePool::of(&state.counters),
            spending: Spending {
                usd: totals.cost,
                prompt_tokens: totals.prompt_tokens,
                completion_tokens: totals.completion_tokens,
                judge,
            },
            grades_unavailable: result.and_then(|result| result.grades_unavailable.clone()),
            warnings: warnings.cloned().unwrap_or_default(),
            erased: erasure.map(|erasure| Erased { texts_at: erasure.texts_at, scores_at: erasure.scores_at }),
        }
    }
}
