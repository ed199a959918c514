//! The only file that names nalgebra.
use nalgebra::linalg::Cholesky;
use nalgebra::{DMatrix, DVector, Dyn};

use super::Covariance;
use super::information::{Bordered, Information, Singular, dot};
use super::solver::{Plan, Solver};

/// Cholesky's factor of a reduced information matrix; of one without rows there is nothing to hold.
#[derive(Debug, Clone)]
pub(crate) struct DenseFactor(Option<Cholesky<f64, Dyn>>);

impl DenseFactor {
    /// Factorises; none where the matrix is not positive definite to working precision.
    pub(crate) fn new(information: &Information, plan: &Plan) -> Option<Self> {
        if plan.size == 0 {
            return Some(Self(None));
        }
        let mut matrix = DMatrix::zeros(plan.size, plan.size);
        for (row, own) in plan.rows.iter().zip(information.diagonal()) {
            if let Some(row) = row {
                matrix[(*row as usize, *row as usize)] = own;
            }
        }
        for (edge, weight) in information.edges.iter().zip(&information.weights) {
            if let Some((row, column)) = plan.reduced(*edge) {
                matrix[(row as usize, column as usize)] -= weight;
            }
        }
        Some(Self(Some(Cholesky::new(matrix)?)))
    }

    pub(crate) fn solve(&self, right: &[f64]) -> Vec<f64> {
        let mut solution = DVector::from_column_slice(right);
        if let Some(cholesky) = &self.0 {
            cholesky.solve_mut(&mut solution);
        }
        solution.as_slice().to_vec()
    }

    /// Inverse, column by column; its lower triangle is what counts.
    fn inverse(&self) -> Vec<f64> {
        self.0.as_ref().map_or_else(Vec::new, |cholesky| cholesky.inverse().as_slice().to_vec())
    }
}

/// Covariance of the scores: the inverse of the information, or its sum-to-zero pseudo-inverse where the scores float.
pub(crate) fn covariance(information: &Information, plan: &Plan) -> Result<Covariance, Singular> {
    let n = information.items();
    let dense = plan.dense();
    let solver = Solver::new(information, &dense)?;
    let bordered = information.bordered(&solver, 0.0)?;
    let inverse = DenseFactor::new(information, &dense).ok_or(Singular::Scores)?.inverse();
    let mut values = vec![0.0; n * n];
    for (i, row) in dense.rows.iter().enumerate() {
        for (j, column) in dense.rows.iter().enumerate() {
            if let (Some(row), Some(column)) = (row, column) {
                // One triangle, so that the result is symmetric to the bit.
                let (low, high) = (*row.min(column) as usize, *row.max(column) as usize);
                values[i * n + j] = inverse[low * dense.size + high];
            }
        }
    }
    if dense.floats {
        centre_both(&mut values, n);
    }
    add_border(&mut values, &bordered, n);
    Ok(Covariance::new(n, values))
}

/// Adds what the uncertainty of the extras adds, and mirrors the lower triangle.
fn add_border(values: &mut [f64], bordered: &Bordered, n: usize) {
    for (a, left) in bordered.solved.iter().enumerate() {
        for (b, right) in bordered.solved.iter().enumerate() {
            for (row, x) in values.chunks_exact_mut(n).zip(left) {
                for (value, y) in row.iter_mut().zip(right) {
                    *value += bordered.extras[a][b] * x * y;
                }
            }
        }
    }
    for i in 0..n {
        for j in 0..i {
            values[j * n + i] = values[i * n + j];
        }
    }
}

/// A lower triangular root of a covariance, row by row; directions without variance get zeros.
pub(crate) fn semidefinite_root(covariance: &Covariance) -> Vec<f64> {
    let n = covariance.items();
    let mut root = vec![0.0; n * n];
    for i in 0..n {
        for j in 0..=i {
            let done = dot(&root[i * n..i * n + j], &root[j * n..j * n + j]);
            let rest = covariance.get(i, j) - done;
            let pivot = root[j * n + j];
            root[i * n + j] = if i == j {
                if rest > 1e-12 * covariance.get(i, i) { rest.sqrt() } else { 0.0 }
            } else if pivot > 0.0 {
                rest / pivot
            } else {
                0.0
            };
        }
    }
    root
}

/// P·M·P of a symmetric matrix, with P = I − J/n.
pub(crate) fn centre_both(values: &mut [f64], n: usize) {
    if n == 0 {
        return;
    }
    let means: Vec<f64> = values.chunks_exact(n).map(|row| row.iter().sum::<f64>() / n as f64).collect();
    let all = means.iter().sum::<f64>() / n as f64;
    for (i, row) in values.chunks_exact_mut(n).enumerate() {
        for (value, mean) in row.iter_mut().zip(&means) {
            *value += all - means[i] - mean;
        }
    }
}
