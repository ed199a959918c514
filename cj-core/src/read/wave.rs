//! Waves, and the scale after each.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::WaveOutcome;
use crate::change::{HonestReliability, WaveRecord};
use crate::id::EssayId;

/// A wave and the scale after it. With seed and watermark it can be reproduced; its scores show how the scale came about.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct WaveDetails {
    /// The number, from 1.
    pub wave: u32,
    /// When it was planned.
    pub planned_at: DateTime<Utc>,
    /// What planned it.
    pub strategy: &'static str,
    /// The seed of the plan, as decimal digits: a reader of JSON may round a number of this size.
    pub seed: String,
    /// Its questions.
    pub pairs_planned: u32,
    /// Its questions decided.
    pub decided: u32,
    /// Its questions that failed in the end.
    pub failed: u32,
    /// When it was scored last.
    pub scored_at: Option<DateTime<Utc>>,
    /// The scale then rests on the counted verdicts numbered 1 to this.
    pub watermark: Option<u32>,
    /// The honest reliability then.
    pub reliability: Option<HonestReliability>,
    /// The largest move of a score since the wave before, in logits.
    pub max_change: Option<f64>,
    /// The scores then, in order of essay id.
    pub scores: Vec<WaveScore>,
}

/// An essay's score after a wave.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct WaveScore {
    /// The essay.
    pub essay_id: EssayId,
    /// Its score, in logits.
    pub score: f64,
    /// The standard error of the score, in logits.
    pub se: f64,
}

impl WaveDetails {
    pub(super) fn of(row: &WaveRecord, outcome: WaveOutcome) -> Self {
        let sheet = row.sheet.as_ref();
        let scores = sheet.into_iter().flat_map(|sheet| &sheet.essays);
        let score = |row: &crate::change::EssayScore| WaveScore {
            essay_id: row.essay_id.clone(),
            score: row.score,
            se: row.se,
        };
        Self {
            wave: row.wave,
            planned_at: row.planned_at,
            strategy: row.strategy.as_str(),
            seed: row.seed.to_string(),
            pairs_planned: row.pairs_planned,
            decided: outcome.decided,
            failed: outcome.failed,
            scored_at: row.scored_at,
            watermark: sheet.map(|sheet| sheet.watermark),
            reliability: sheet.and_then(|sheet| sheet.reliability.clone()),
            max_change: sheet.and_then(|sheet| sheet.max_change),
            scores: scores.map(score).collect(),
        }
    }
}
