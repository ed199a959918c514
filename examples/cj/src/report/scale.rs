/// A linear map from data to drawing units, with round tick values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    low: f64,
    high: f64,
    start: f64,
    end: f64,
}

impl Scale {
    /// Maps exactly `low..high` to `start..end`; an empty domain is widened.
    pub(super) fn new(low: f64, high: f64, start: f64, end: f64) -> Self {
        let (low, high) = if low.is_finite() && high.is_finite() && low <= high { (low, high) } else { (0.0, 1.0) };
        let (low, high) = if high - low < 1e-9 { (low - 0.5, high + 0.5) } else { (low, high) };
        Self { low, high, start, end }
    }

    /// Maps a domain that holds all the finite values given, with a margin, to `start..end`.
    pub(super) fn around(values: impl Iterator<Item = f64>, start: f64, end: f64) -> Self {
        let (low, high) = values
            .filter(|value| value.is_finite())
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
        let margin = 0.03 * (high - low);
        Self::new(low - margin, high + margin, start, end)
    }

    /// Where a value is drawn; values outside the domain are drawn at its ends.
    pub(super) fn at(&self, value: f64) -> f64 {
        let share = ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        self.start + share * (self.end - self.start)
    }

    /// Whether the value lies in the domain.
    pub(super) fn holds(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }

    /// Smallest and largest value of the domain.
    pub(super) fn domain(&self) -> (f64, f64) {
        (self.low, self.high)
    }

    /// Round values inside the domain, about as many as wanted.
    pub(super) fn ticks(&self, wanted: usize) -> Vec<f64> {
        let step = round_step((self.high - self.low) / wanted.max(1) as f64);
        let first = (self.low / step - 1e-9).ceil();
        let last = (self.high / step + 1e-9).floor();
        (0..=(last - first).max(0.0) as usize).map(|k| (first + k as f64) * step).collect()
    }

    /// The decimals that [`Scale::ticks`] of the same number need.
    pub(super) fn decimals(&self, wanted: usize) -> usize {
        let step = round_step((self.high - self.low) / wanted.max(1) as f64);
        (-(step.log10() + 1e-9).floor()).max(0.0) as usize
    }
}

/// The smallest of 1, 2, 5 times a power of ten that is at least `rough`.
pub(super) fn round_step(rough: f64) -> f64 {
    if !rough.is_finite() || rough <= 0.0 {
        return 1.0;
    }
    let power = 10f64.powf(rough.log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|m| m * power).find(|step| *step >= rough * (1.0 - 1e-9)).unwrap_or(power)
}

#[cfg(test)]
mod tests {
    use super::{Scale, round_step};

    #[test]
    fn values_outside_are_drawn_at_the_ends() {
        let scale = Scale::new(-2.0, 2.0, 0.0, 100.0);
        assert!((scale.at(0.0) - 50.0).abs() < 1e-12);
        assert!((scale.at(9.0) - 100.0).abs() < 1e-12);
        assert!((scale.at(-9.0)).abs() < 1e-12);
    }

    #[test]
    fn an_empty_or_impossible_domain_still_draws() {
        for scale in [
            Scale::new(3.0, 3.0, 0.0, 10.0),
            Scale::around(std::iter::empty(), 0.0, 10.0),
            Scale::new(f64::NAN, 1.0, 0.0, 10.0),
        ] {
            assert!(scale.at(3.0).is_finite());
            assert!(!scale.ticks(5).is_empty());
        }
    }

    #[test]
    fn ticks_are_round_and_inside() {
        let scale = Scale::new(-3.2, 3.4, 0.0, 10.0);
        assert_eq!(scale.ticks(7), vec![-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0]);
        assert_eq!(scale.decimals(7), 0);
        assert_eq!(Scale::new(0.0, 1.0, 0.0, 1.0).decimals(5), 1);
        assert!((round_step(0.21) - 0.5).abs() < 1e-12);
    }
}
