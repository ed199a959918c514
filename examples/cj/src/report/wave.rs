use std::collections::BTreeMap;

/// One wave of a batch: what was planned, what came back, and where the scores stood afterwards.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Wave {
    /// Its number, counted from 1.
    pub number: u64,
    /// Comparisons planned in this wave.
    pub planned: u64,
    /// Comparisons of this wave that got a verdict.
    pub decided: u64,
    /// Comparisons of this wave that failed for good.
    pub failed: u64,
    /// Honest reliability of all verdicts so far; none where it was not computed.
    pub reliability: Option<WaveReliability>,
    /// Largest absolute change of a score since the wave before, in logits.
    pub max_change: Option<f64>,
    /// The scores after this wave by item, in logits; empty where they were not kept.
    pub scores: BTreeMap<String, f64>,
}

/// The honest reliability after a wave: its median with its 10 % and 90 % quantiles.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WaveReliability {
    /// The median.
    pub estimate: f64,
    /// The 10 % quantile; the target is compared with this one.
    pub low: f64,
    /// The 90 % quantile.
    pub high: f64,
}
