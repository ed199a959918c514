use std::sync::Arc;

use super::edges::Edges;
use super::solver::{Plan, Solution, Solver};
use super::weights::Weights;

/// The information matrix of a fit: the Laplacian of a weighted graph plus a diagonal, bordered by up to two extras.
///
/// Without `excess` and fixed items the constant vector is in its null space; then scores are taken to sum to zero.
#[derive(Debug, Clone)]
pub(crate) struct Information {
    pub(crate) edges: Arc<Edges>,
    pub(crate) weights: Weights,
    pub(crate) excess: Vec<f64>,
    /// What [`Self::diagonal`] would find, where it is known already.
    pub(crate) known_diagonal: Option<Vec<f64>>,
    pub(crate) border: Vec<Vec<f64>>,
    pub(crate) corner: [[f64; 2]; 2],
}

/// What part of an information matrix is not positive definite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Singular {
    Scores,
    Extras,
}

impl Information {
    pub(crate) fn new(items: usize, extras: usize, edges: Arc<Edges>, weights: Weights) -> Self {
        Self {
            weights,
            edges,
            excess: vec![0.0; items],
            known_diagonal: None,
            border: vec![vec![0.0; items]; extras],
            corner: [[0.0; 2]; 2],
        }
    }

    /// Sets everything to zero but a precision of every score and of every extra.
    pub(crate) fn clear(&mut self, precision: f64, extra_precision: f64) {
        self.clear_judgements();
        self.excess.fill(precision);
        self.corner = [[extra_precision, 0.0], [0.0, extra_precision]];
    }

    /// Sets to zero what judgements add.
    pub(crate) fn clear_judgements(&mut self) {
        self.weights.double_mut().fill(0.0);
        self.known_diagonal = None;
        for column in &mut self.border {
            column.fill(0.0);
        }
        self.corner = [[0.0; 2]; 2];
    }

    pub(crate) fn items(&self) -> usize {
        self.excess.len()
    }

    /// Diagonal of the information of the scores.
    pub(crate) fn diagonal(&self) -> Vec<f64> {
        if let Some(diagonal) = &self.known_diagonal {
            return diagonal.clone();
        }
        let mut diagonal = self.excess.clone();
        for ((a, b), weight) in self.edges.iter().zip(self.weights.double().iter()) {
            diagonal[a as usize] += weight;
            diagonal[b as usize] += weight;
        }
        diagonal
    }

    /// Prepares to solve with this matrix.
    pub(crate) fn solver<'a>(&'a self, plan: &'a Plan) -> Result<Solver<'a>, Singular> {
        Solver::new(self, plan)
    }

    /// Solves for one right side.
    pub(crate) fn solve(
        &self,
        plan: &Plan,
        scores: &[f64],
        extras: &[f64],
        tolerance: f64,
    ) -> Result<Solution, Singular> {
        let solver = self.solver(plan)?;
        Bordered::new(self, &solver, tolerance)?.solve(&solver, scores, extras, tolerance)
    }

    /// What is left of the extras' information when the scores have explained what they can, inverted.
    pub(crate) fn bordered(&self, solver: &Solver<'_>, tolerance: f64) -> Result<Bordered, Singular> {
        Bordered::new(self, solver, tolerance)
    }
}

/// The part of a bordered system that belongs to the extras.
#[derive(Debug, Clone)]
pub(crate) struct Bordered {
    /// Solutions of the scores' matrix for each border column.
    pub(crate) solved: Vec<Vec<f64>>,
    /// Covariance of the extras.
    pub(crate) extras: [[f64; 2]; 2],
}

impl Bordered {
    fn new(information: &Information, solver: &Solver<'_>, tolerance: f64) -> Result<Self, Singular> {
        let columns = information.border.iter();
        let solved: Vec<Vec<f64>> =
            columns.map(|column| solver.solve(column, tolerance.min(BORDER))).collect::<Result<_, _>>()?;
        let mut schur = information.corner;
        for (i, column) in information.border.iter().enumerate() {
            for (j, solution) in solved.iter().enumerate() {
                schur[i][j] -= dot(column, solution);
            }
        }
        let told = (0..solved.len()).all(|i| schur[i][i] > UNTOLD * information.corner[i][i]);
        let extras = if told { invert(&schur, solved.len()) } else { None };
        Ok(Self { solved, extras: extras.ok_or(Singular::Extras)? })
    }

    /// Solves the bordered system for a right side (scores, extras).
    pub(crate) fn solve(
        &self,
        solver: &Solver<'_>,
        scores: &[f64],
        extras: &[f64],
        tolerance: f64,
    ) -> Result<Solution, Singular> {
        let (mut step, rounds) = solver.solve_counting(scores, tolerance)?;
        let rest: Vec<f64> =
            extras.iter().zip(&self.solved).map(|(extra, solved)| extra - dot(solved, scores)).collect();
        let extra_step: Vec<f64> =
            self.extras.iter().take(rest.len()).map(|row| dot(&row[..rest.len()], &rest)).collect();
        for (solved, extra) in self.solved.iter().zip(&extra_step) {
            for (value, share) in step.iter_mut().zip(solved) {
                *value -= extra * share;
            }
        }
        Ok(Solution { scores: step, extras: extra_step, rounds })
    }

    /// Covariance of each extra with the scores.
    pub(crate) fn cross_covariance(&self) -> Vec<Vec<f64>> {
        let (k, n) = (self.solved.len(), self.solved.first().map_or(0, Vec::len));
        let cross = |extra: usize, item: usize| -> f64 {
            (0..k).map(|other| -self.extras[extra][other] * self.solved[other][item]).sum()
        };
        (0..k).map(|extra| (0..n).map(|item| cross(extra, item)).collect()).collect()
    }
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

pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
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
/// Relative accuracy of the solutions from which the extras' information is computed.
const BORDER: f64 = 1e-11;
