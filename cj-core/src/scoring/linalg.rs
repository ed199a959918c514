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
        Some(Self(Some(Cholesky::new(reduced(information, plan))?)))
    }

    pub(crate) fn solve(&self, right: &[f64]) -> Vec<f64> {
        let mut solution = DVector::from_column_slice(right);
        if let Some(cholesky) = &self.0 {
            cholesky.solve_mut(&mut solution);
        }
        solution.as_slice().to_vec()
    }
}

/// The lower triangle of the information of the items that have a row.
fn reduced(information: &Information, plan: &Plan) -> DMatrix<f64> {
    let mut matrix = DMatrix::zeros(plan.size, plan.size);
    for (row, own) in plan.rows.iter().zip(information.diagonal()) {
        if let Some(row) = row {
            matrix[(*row as usize, *row as usize)] = own;
        }
    }
    for (edge, weight) in information.edges.iter().zip(information.weights.double().iter()) {
        if let Some((row, column)) = plan.reduced(edge) {
            matrix[(row as usize, column as usize)] -= weight;
        }
    }
    matrix
}

/// Inverse of Cholesky's factor of a reduced information matrix, in blocks, so that nearly all of the work is products
/// of matrices; none where the matrix is not positive definite to working precision.
fn inverse_root(mut matrix: DMatrix<f64>) -> Option<DMatrix<f64>> {
    let n = matrix.nrows();
    let starts: Vec<usize> = (0..n).step_by(BLOCK).collect();
    let mut inverses = Vec::with_capacity(starts.len());
    for &start in &starts {
        let size = BLOCK.min(n - start);
        let (after, rest) = (start + size, n - start - size);
        let block = Cholesky::new(matrix.view((start, start), (size, size)).into_owned())?.unpack();
        let inverse = block.solve_lower_triangular(&DMatrix::identity(size, size))?;
        if rest > 0 {
            let panel = matrix.view((after, start), (rest, size)) * inverse.transpose();
            let across = panel.transpose();
            for from in (0..rest).step_by(BLOCK) {
                let width = BLOCK.min(rest - from);
                let (tall, wide) = (panel.rows(from, rest - from), across.columns(from, width));
                let at = after + from;
                matrix.view_mut((at, at), (rest - from, width)).gemm(-1.0, &tall, &wide, 1.0);
            }
            matrix.view_mut((after, start), (rest, size)).copy_from(&panel);
        }
        inverses.push(inverse);
    }
    let mut root = DMatrix::zeros(n, n);
    for (inverse, &start) in inverses.iter().zip(&starts) {
        let size = inverse.nrows();
        for &column in starts.iter().take_while(|column| **column < start) {
            let (deep, width) = (start - column, BLOCK);
            let mut product = DMatrix::zeros(size, width);
            let (across, down) =
                (matrix.view((start, column), (size, deep)), root.view((column, column), (deep, width)));
            product.gemm(1.0, &across, &down, 0.0);
            root.view_mut((start, column), (size, width)).gemm(-1.0, inverse, &product, 0.0);
        }
        root.view_mut((start, start), (size, size)).copy_from(inverse);
    }
    Some(root)
}

/// Diagonal of the inverse of the reduced information, row by row.
pub(crate) fn inverse_diagonal(information: &Information, plan: &Plan) -> Option<Vec<f64>> {
    let root = inverse_root(reduced(information, plan))?;
    Some(root.column_iter().map(|column| column.norm_squared()).collect())
}

/// Covariance of the scores: the inverse of the information, or its sum-to-zero pseudo-inverse where the scores float.
pub(crate) fn covariance(information: &Information, plan: &Plan) -> Result<Covariance, Singular> {
    let n = information.items();
    let dense = plan.dense();
    let solver = Solver::new(information, &dense)?;
    let bordered = information.bordered(&solver, 0.0)?;
    let root = inverse_root(reduced(information, &dense)).ok_or(Singular::Scores)?;
    let inverse = root.transpose() * root;
    let mut values = vec![0.0; n * n];
    for (i, row) in dense.rows.iter().enumerate() {
        for (j, column) in dense.rows.iter().enumerate() {
            if let (Some(row), Some(column)) = (row, column) {
                // One triangle, so that the result is symmetric to the bit.
                let (low, high) = (*row.min(column) as usize, *row.max(column) as usize);
                values[i * n + j] = inverse[(high, low)];
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

/// Rows of a block: small enough for the cache, large enough for products of matrices to be fast.
const BLOCK: usize = 64;

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
