//! The only file that names nalgebra.
use std::sync::Arc;

use nalgebra::linalg::Cholesky;
use nalgebra::{DMatrix, Dyn};

use super::Covariance;

/// The information matrix of a fit: the Laplacian of a weighted graph plus a diagonal, bordered by up to two extras.
///
/// Without `excess` and `fixed` the constant vector is in its null space; then scores are taken to sum to zero.
#[derive(Debug, Clone)]
pub(crate) struct Information {
    edges: Arc<[(u32, u32)]>,
    pub(crate) weights: Vec<f64>,
    pub(crate) excess: Vec<f64>,
    pub(crate) fixed: Vec<bool>,
    pub(crate) border: Vec<Vec<f64>>,
    pub(crate) corner: [[f64; 2]; 2],
}

/// A factorised information matrix.
#[derive(Debug, Clone)]
pub(crate) struct Factor {
    /// Row of each item in the reduced matrix; none for a fixed item and for the one that stands for zero.
    row: Vec<Option<usize>>,
    floats: bool,
    diagonal: Vec<f64>,
    cholesky: Option<Cholesky<f64, Dyn>>,
    /// Solutions of the Laplacian for each border column.
    solved: Vec<Vec<f64>>,
    /// Inverse of the Schur complement of the extras.
    extras: [[f64; 2]; 2],
}

/// What part of an information matrix is not positive definite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Singular {
    Scores,
    Extras,
}

impl Information {
    pub(crate) fn new(items: usize, extras: usize, edges: Arc<[(u32, u32)]>) -> Self {
        Self {
            weights: vec![0.0; edges.len()],
            edges,
            excess: vec![0.0; items],
            fixed: vec![false; items],
            border: vec![vec![0.0; items]; extras],
            corner: [[0.0; 2]; 2],
        }
    }

    /// Sets everything to zero but a precision of every score and of every extra.
    pub(crate) fn clear(&mut self, precision: f64, extra_precision: f64) {
        self.weights.fill(0.0);
        self.excess.fill(precision);
        for column in &mut self.border {
            column.fill(0.0);
        }
        self.corner = [[extra_precision, 0.0], [0.0, extra_precision]];
    }

    fn items(&self) -> usize {
        self.excess.len()
    }

    /// Whether nothing but the sum-to-zero rule fixes the zero of the scores.
    fn floats(&self) -> bool {
        self.excess.iter().all(|excess| *excess <= 0.0) && !self.fixed.contains(&true)
    }

    /// Diagonal of the information of the scores.
    pub(crate) fn diagonal(&self) -> Vec<f64> {
        let mut diagonal = self.excess.clone();
        for ((a, b), weight) in self.edges.iter().zip(&self.weights) {
            diagonal[*a as usize] += weight;
            diagonal[*b as usize] += weight;
        }
        diagonal
    }

    /// Factorises a matrix that is positive definite to working precision.
    pub(crate) fn factor(&self) -> Result<Factor, Singular> {
        let diagonal = self.diagonal();
        let floats = self.floats();
        let grounded = if floats { heaviest(&diagonal) } else { None };
        let mut row = vec![None; self.items()];
        let mut rows = 0;
        for (item, row) in row.iter_mut().enumerate() {
            if !self.fixed[item] && Some(item) != grounded {
                *row = Some(rows);
                rows += 1;
            }
        }
        let mut matrix = DMatrix::zeros(rows, rows);
        for (item, at) in row.iter().enumerate() {
            if let Some(at) = *at {
                matrix[(at, at)] = diagonal[item];
            }
        }
        for ((a, b), weight) in self.edges.iter().zip(&self.weights) {
            if let (Some(a), Some(b)) = (row[*a as usize], row[*b as usize]) {
                matrix[(a.max(b), a.min(b))] -= weight;
            }
        }
        let cholesky = if rows == 0 { None } else { Some(Cholesky::new(matrix).ok_or(Singular::Scores)?) };
        let mut factor = Factor { row, floats, diagonal, cholesky, solved: Vec::new(), extras: [[0.0; 2]; 2] };
        factor.solved = self.border.iter().map(|column| factor.solve_scores(column)).collect();
        factor.extras = self.invert_extras(&factor.solved).ok_or(Singular::Extras)?;
        Ok(factor)
    }

    /// Inverse of the Schur complement; none where the scores alone could do what an extra does.
    fn invert_extras(&self, solved: &[Vec<f64>]) -> Option<[[f64; 2]; 2]> {
        let schur = self.schur(solved);
        let size = self.border.len();
        let told = (0..size).all(|i| schur[i][i] > UNTOLD * self.corner[i][i]);
        if told { invert(&schur, size) } else { None }
    }

    /// corner − borderᵀ · solved.
    fn schur(&self, solved: &[Vec<f64>]) -> [[f64; 2]; 2] {
        let mut schur = self.corner;
        for (i, column) in self.border.iter().enumerate() {
            for (j, solution) in solved.iter().enumerate() {
                schur[i][j] -= dot(column, solution);
            }
        }
        schur
    }
}

impl Factor {
    /// Solves for the scores alone, as if there were no extras.
    fn solve_scores(&self, right: &[f64]) -> Vec<f64> {
        let mut reduced: Vec<f64> = Vec::with_capacity(right.len());
        reduced.extend(self.row.iter().zip(right).filter_map(|(row, value)| row.map(|_| *value)));
        let mut vector = nalgebra::DVector::from_vec(reduced);
        if let Some(cholesky) = &self.cholesky {
            cholesky.solve_mut(&mut vector);
        }
        let mut solution: Vec<f64> = self.row.iter().map(|row| row.map_or(0.0, |at| vector[at])).collect();
        if self.floats {
            centre(&mut solution);
        }
        solution
    }

    /// Solves the bordered system for a right side (scores, extras).
    pub(crate) fn solve(&self, scores: &[f64], extras: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let mut step = self.solve_scores(scores);
        let rest: Vec<f64> =
            extras.iter().zip(&self.solved).map(|(extra, solved)| extra - dot(solved, scores)).collect();
        let extra_step: Vec<f64> =
            self.extras.iter().take(rest.len()).map(|row| dot(&row[..rest.len()], &rest)).collect();
        for (solved, extra) in self.solved.iter().zip(&extra_step) {
            for (value, share) in step.iter_mut().zip(solved) {
                *value -= extra * share;
            }
        }
        (step, extra_step)
    }

    /// Covariance of the extras.
    pub(crate) fn extra_covariance(&self) -> [[f64; 2]; 2] {
        self.extras
    }

    /// `1/√I_ii` of each score; 0 where it is fixed.
    pub(crate) fn known_opponents(&self) -> Vec<f64> {
        let fixed = |item: usize| self.row[item].is_none() && !self.floats;
        let errors = self.diagonal.iter().enumerate();
        errors.map(|(item, own)| if fixed(item) || *own <= 0.0 { 0.0 } else { own.sqrt().recip() }).collect()
    }

    /// Covariance of each extra with the scores.
    pub(crate) fn cross_covariance(&self) -> Vec<Vec<f64>> {
        let k = self.solved.len();
        let cross = |extra: usize, item: usize| -> f64 {
            (0..k).map(|other| -self.extras[extra][other] * self.solved[other][item]).sum()
        };
        (0..k).map(|extra| (0..self.row.len()).map(|item| cross(extra, item)).collect()).collect()
    }

    /// Covariance of the scores: the inverse, or the sum-to-zero pseudo-inverse where the scores float.
    pub(crate) fn covariance(&self) -> Covariance {
        let n = self.row.len();
        let mut values = vec![0.0; n * n];
        if let Some(cholesky) = &self.cholesky {
            let inverse = cholesky.inverse();
            for (i, row) in self.row.iter().enumerate() {
                for (j, column) in self.row.iter().enumerate() {
                    if let (Some(row), Some(column)) = (row, column) {
                        // One triangle, so that the result is symmetric to the bit.
                        values[i * n + j] = inverse[(*row.max(column), *row.min(column))];
                    }
                }
            }
        }
        if self.floats {
            centre_both(&mut values, n);
        }
        for (a, left) in self.solved.iter().enumerate() {
            for (b, right) in self.solved.iter().enumerate() {
                for (i, x) in left.iter().enumerate() {
                    for (j, y) in right.iter().enumerate() {
                        values[i * n + j] += self.extras[a][b] * x * y;
                    }
                }
            }
        }
        for i in 0..n {
            for j in 0..i {
                values[j * n + i] = values[i * n + j];
            }
        }
        Covariance::new(n, values)
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

/// Subtracts the mean.
pub(crate) fn centre(values: &mut [f64]) {
    if values.is_empty() {
        return;
    }
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    for value in values {
        *value -= mean;
    }
}

/// P·M·P of a symmetric matrix, with P = I − J/n.
pub(crate) fn centre_both(values: &mut [f64], n: usize) {
    if n == 0 {
        return;
    }
    let means: Vec<f64> = values.chunks(n).map(|row| row.iter().sum::<f64>() / n as f64).collect();
    let all = means.iter().sum::<f64>() / n as f64;
    for (i, row) in values.chunks_mut(n).enumerate() {
        for (value, mean) in row.iter_mut().zip(&means) {
            *value += all - means[i] - mean;
        }
    }
}

pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// The item with the largest diagonal, the first of equals.
fn heaviest(diagonal: &[f64]) -> Option<usize> {
    (0..diagonal.len()).rev().max_by(|a, b| diagonal[*a].total_cmp(&diagonal[*b]))
}

/// Inverse of a symmetric positive definite matrix of the given size (at most 2).
fn invert(matrix: &[[f64; 2]; 2], size: usize) -> Option<[[f64; 2]; 2]> {
    let [[a, b], [_, d]] = *matrix;
    match size {
        0 => Some([[0.0; 2]; 2]),
        1 => (a > 0.0 && a.is_finite()).then(|| [[1.0 / a, 0.0], [0.0, 0.0]]),
        _ => {
            let determinant = a * d - b * b;
            (a > 0.0 && determinant > 0.0 && determinant.is_finite())
                .then(|| [[d / determinant, -b / determinant], [-b / determinant, a / determinant]])
        }
    }
}

/// Share of an extra's information that must be left when the scores have explained what they can.
const UNTOLD: f64 = 1e-9;
