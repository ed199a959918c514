/// A mean over repetitions with its Monte-Carlo standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Figure {
    /// The mean.
    pub mean: f64,
    /// Its standard error; not a number for a single repetition.
    pub error: f64,
}

impl Figure {
    /// The mean of the values; none where there are none.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let values: Vec<f64> = values.into_iter().collect();
        if values.is_empty() {
            return None;
        }
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        Some(Self { mean, error: (squares / (n - 1.0) / n).sqrt() })
    }

    /// A figure with the error that leaving out each repetition in turn gives it (the jackknife of Tukey 1958).
    pub(super) fn jackknifed(mean: f64, without: &[f64]) -> Self {
        let n = without.len() as f64;
        let centre = without.iter().sum::<f64>() / n;
        let squares: f64 = without.iter().map(|value| (value - centre).powi(2)).sum();
        Self { mean, error: ((n - 1.0) / n * squares).sqrt() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_jackknife_of_a_mean_is_its_standard_error() {
        let values = [1.0, 4.0, 2.0, 7.0, 3.0];
        let sum: f64 = values.iter().sum();
        let without: Vec<f64> = values.iter().map(|value| (sum - value) / 4.0).collect();
        let direct = Figure::of(values).unwrap();
        let jackknifed = Figure::jackknifed(direct.mean, &without);
        assert!((direct.error - jackknifed.error).abs() < 1e-12);
        assert_eq!(Figure::of([]), None);
    }
}
