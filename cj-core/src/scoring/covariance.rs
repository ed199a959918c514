/// A symmetric matrix over the items, row by row, in squared logits.
///
/// Built by `Fit::covariance`; the variance of a difference is `get(i, i) + get(j, j) − 2 get(i, j)`.
#[derive(Debug, Clone, PartialEq)]
pub struct Covariance {
    items: usize,
    values: Vec<f64>,
}

impl Covariance {
    pub(crate) fn new(items: usize, values: Vec<f64>) -> Self {
        debug_assert_eq!(values.len(), items * items, "a square matrix");
        Self { items, values }
    }

    /// Number of items: rows and columns.
    pub fn items(&self) -> usize {
        self.items
    }

    /// Covariance of two scores.
    ///
    /// # Panics
    /// When an index is not below [`Self::items`].
    pub fn get(&self, i: usize, j: usize) -> f64 {
        self.values[i * self.items + j]
    }

    /// The values, `items × items`, row by row.
    pub fn as_slice(&self) -> &[f64] {
        &self.values
    }

    /// Variance of the difference of two scores.
    ///
    /// # Panics
    /// When an index is not below [`Self::items`].
    pub fn of_difference(&self, i: usize, j: usize) -> f64 {
        (self.get(i, i) + self.get(j, j) - 2.0 * self.get(i, j)).max(0.0)
    }

    /// Standard deviation of each score.
    pub fn standard_errors(&self) -> Vec<f64> {
        (0..self.items).map(|i| self.get(i, i).max(0.0).sqrt()).collect()
    }
}
