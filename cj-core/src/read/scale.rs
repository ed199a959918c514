//! The last scale of a batch, in short.

use serde::Serialize;

use crate::change::{HonestReliability, ScoreSheet};

/// The last scale of a batch, in short.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ScaleSummary {
    /// Whether it is the result; otherwise the scale after the last wave that was scored.
    pub is_final: bool,
    /// How many counted verdicts it rests on.
    pub verdicts: u32,
    /// How many essays are on it.
    pub essays: u32,
    /// Whether every essay is tied to every other by comparisons; otherwise scores compare inside a group only.
    pub is_connected: bool,
    /// The honest reliability: median and 80 % interval of r² between estimated and true scores.
    pub reliability: Option<HonestReliability>,
    /// Scale separation reliability, the classical figure.
    pub ssr: Option<f64>,
    /// The mean of the standard errors, in logits.
    pub mean_se: Option<f64>,
    /// The largest move of a score since the wave before, in logits.
    pub max_change: Option<f64>,
}

impl ScaleSummary {
    pub(super) fn of(sheet: &ScoreSheet, is_final: bool) -> Self {
        let essays = sheet.essays.len();
        let errors: f64 = sheet.essays.iter().map(|row| row.se).sum();
        Self {
            is_final,
            verdicts: sheet.watermark,
            essays: essays as u32,
            is_connected: sheet.fit.components.len() == 1,
            reliability: sheet.reliability.clone(),
            ssr: sheet.separation.as_ref().map(|found| found.ssr),
            mean_se: (essays > 0).then(|| errors / essays as f64),
            max_change: sheet.max_change,
        }
    }
}
