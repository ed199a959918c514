//! Essays of a batch, and what came out for each.

use serde::Serialize;

use crate::change::{EssayKind, EssayRecord, EssayResult, EssayScore, EssayStatus};
use crate::id::EssayId;

/// The essays of a batch, counted.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct EssayCounts {
    /// All of them.
    pub total: u32,
    /// Those to be placed on the scale.
    pub students: u32,
    /// Those that tie the scale to grades.
    pub anchors: u32,
    /// Those that are compared.
    pub ready: u32,
    /// Those without a text.
    pub missing: u32,
}

impl EssayCounts {
    pub(super) fn of(essays: &[EssayRecord]) -> Self {
        let count = |test: &dyn Fn(&EssayRecord) -> bool| essays.iter().filter(|essay| test(essay)).count() as u32;
        let anchors = count(&|essay| essay.kind.is_anchor());
        Self {
            total: essays.len() as u32,
            students: essays.len() as u32 - anchors,
            anchors,
            ready: count(&|essay| essay.status == EssayStatus::Ready),
            missing: count(&|essay| essay.status == EssayStatus::Missing),
        }
    }
}

/// One essay, and what came out for it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct EssayDetails {
    /// Its id.
    pub essay_id: EssayId,
    /// Its place in the request, from 0.
    pub ordinal: u32,
    /// Whether it is an anchor.
    pub is_anchor: bool,
    /// An anchor's label.
    pub anchor_label: Option<String>,
    /// An anchor's expert grade.
    pub anchor_grade: Option<String>,
    /// What a person calls it.
    pub title: Option<String>,
    /// Whether it takes part: `pending`, `ready` or `missing_text`.
    pub status: EssayStatus,
    /// Under which id a content service keeps its text.
    pub text_storage_id: Option<String>,
    /// The SHA-256 of its text, in hex.
    pub text_sha256: Option<String>,
    /// Its place on the scale: that of the result, or, until the batch ends, of the last wave that was scored; absent where it
    /// was not compared, nothing was scored, or scores were erased.
    pub figures: Option<EssayFigures>,
}

/// An essay's place on the scale.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct EssayFigures {
    /// Its score, in logits.
    pub score: f64,
    /// The standard error of the score, in logits.
    pub se: f64,
    /// Its rank among all, 1 the best.
    pub rank: u32,
    /// The best rank of its 90 % interval.
    pub rank_low: u32,
    /// The worst rank of its 90 % interval.
    pub rank_high: u32,
    /// Counted verdicts that it took part in.
    pub comparisons: u32,
    /// Information-weighted mean square of its residuals; 1 is expected.
    pub infit: Option<f64>,
    /// Unweighted mean square of its residuals; 1 is expected.
    pub outfit: Option<f64>,
}

impl EssayDetails {
    pub(super) fn of(essay: &EssayRecord, figures: Option<EssayFigures>) -> Self {
        let (anchor_label, anchor_grade) = match &essay.kind {
            EssayKind::Student => (None, None),
            EssayKind::Anchor { label, grade } => (Some(label.clone()), grade.clone()),
        };
        Self {
            essay_id: essay.essay_id.clone(),
            ordinal: essay.ordinal,
            is_anchor: essay.kind.is_anchor(),
            anchor_label,
            anchor_grade,
            title: essay.title.clone(),
            status: essay.status,
            text_storage_id: essay.content.storage_id.clone(),
            text_sha256: essay.content.sha256.clone(),
            figures,
        }
    }
}

impl From<&EssayResult> for EssayFigures {
    fn from(row: &EssayResult) -> Self {
        Self {
            score: row.score,
            se: row.se,
            rank: row.rank,
            rank_low: row.rank_low,
            rank_high: row.rank_high,
            comparisons: row.comparisons,
            infit: row.infit,
            outfit: row.outfit,
        }
    }
}

impl From<&EssayScore> for EssayFigures {
    fn from(row: &EssayScore) -> Self {
        Self {
            score: row.score,
            se: row.se,
            rank: row.rank,
            rank_low: row.rank_low,
            rank_high: row.rank_high,
            comparisons: row.comparisons,
            infit: row.infit,
            outfit: row.outfit,
        }
    }
}
