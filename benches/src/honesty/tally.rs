/// What one simulated study reported, and what was true.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::exhaustive_structs, reason = "benchmarks read every field")]
pub struct Repetition {
    /// Squared correlation of scores and truth; NaN for coin flips, which have no truth.
    pub truth: f64,
    /// Honest reliability: median of the posterior.
    pub reported: f64,
    /// Its 10 % quantile.
    pub low: f64,
    /// Classical separation reliability.
    pub ssr: f64,
    /// Share of the true scores within 1.96 posterior SDs of the scores.
    pub covered: f64,
    /// Share of the centred true scores within 1.96 SEs of the unshrunk scores.
    pub covered_unshrunk: f64,
}

/// Repetitions of one cell.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    runs: Vec<Repetition>,
}

impl Tally {
    /// Adds a repetition.
    pub fn push(&mut self, run: Repetition) {
        self.runs.push(run);
    }

    /// How many repetitions there are.
    pub fn count(&self) -> usize {
        self.runs.len()
    }

    /// Mean and Monte-Carlo error of a figure over the repetitions that have it.
    pub fn mean(&self, figure: impl Fn(&Repetition) -> f64) -> (f64, f64) {
        let values: Vec<f64> = self.runs.iter().map(figure).filter(|value| value.is_finite()).collect();
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let variance = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / (n - 1.0).max(1.0);
        (mean, (variance / n).sqrt())
    }

    /// Mean and Monte-Carlo error of how often something is so.
    pub fn share(&self, is_so: impl Fn(&Repetition) -> bool) -> (f64, f64) {
        self.mean(|run| f64::from(u8::from(is_so(run))))
    }
}

/// Squared correlation of two lists of one length; NaN where one of them does not vary.
pub fn squared_correlation(a: &[f64], b: &[f64]) -> f64 {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let (mut aa, mut bb, mut ab) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(b) {
        aa += (x - mean_a) * (x - mean_a);
        bb += (y - mean_b) * (y - mean_b);
        ab += (x - mean_a) * (y - mean_b);
    }
    ab * ab / (aa * bb)
}
