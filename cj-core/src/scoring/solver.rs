use std::sync::Arc;

use super::conjugate::conjugate_gradients;
use super::edges::Edges;
use super::information::{Information, Singular, centre};
use super::linalg::DenseFactor;
use super::skyline::{Envelope, SkylineFactor};

/// How systems with the information matrices of one problem are solved: fixed by the graph, before any number is known.
///
/// Dense Cholesky below [`MOST_DENSE`] items; Cholesky within the envelope of a Cuthill–McKee order where the graph is
/// thin (chains, linked and adaptive designs); conjugate gradients with the diagonal as preconditioner elsewhere.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    /// Row of each item in the reduced matrix; none for a fixed item and for the one that stands for zero.
    pub(crate) rows: Vec<Option<u32>>,
    pub(crate) size: usize,
    /// Whether nothing but the sum-to-zero rule says where zero is.
    pub(crate) floats: bool,
    pub(crate) fixed: Vec<bool>,
    pub(crate) edges: Arc<Edges>,
    kind: Kind,
}

#[derive(Debug, Clone)]
enum Kind {
    Dense,
    Skyline(Envelope),
    Iterative,
}

/// A solution of a bordered system.
#[derive(Debug, Clone)]
pub(crate) struct Solution {
    pub(crate) scores: Vec<f64>,
    pub(crate) extras: Vec<f64>,
    /// How often the matrix was multiplied with; 0 where it was factorised.
    pub(crate) rounds: usize,
}

/// A matrix that is ready to be solved with.
pub(crate) struct Solver<'a> {
    information: &'a Information,
    plan: &'a Plan,
    factor: Factor,
}

enum Factor {
    Dense(DenseFactor),
    Skyline(SkylineFactor),
    Diagonal(Vec<f64>),
}

impl Plan {
    /// Plans for a graph; the constant vector is in the null space where the scores float.
    pub(crate) fn new(edges: Arc<Edges>, fixed: Vec<bool>, floats: bool) -> Self {
        let n = fixed.len();
        let mut degree = vec![0_u32; n];
        for (low, places) in edges.rows() {
            degree[low] += places.len() as u32;
        }
        for high in edges.others() {
            degree[*high as usize] += 1;
        }
        let grounded = if floats { (0..n).rev().max_by_key(|item| degree[*item]) } else { None };
        let free: Vec<usize> = (0..n).filter(|item| !fixed[*item] && Some(*item) != grounded).collect();
        let mut plan = Self { rows: vec![None; n], size: free.len(), floats, fixed, edges, kind: Kind::Dense };
        for (row, item) in free.iter().enumerate() {
            plan.rows[*item] = Some(row as u32);
        }
        if plan.size <= MOST_DENSE {
            return plan;
        }
        plan.kind = Kind::Iterative;
        if plan.edges.len() <= THIN * n {
            let reduced: Vec<(u32, u32)> = plan.edges.iter().filter_map(|edge| plan.reduced(edge)).collect();
            let (order, envelope) = Envelope::of(plan.size, &reduced);
            if envelope.work() <= WORTH * (plan.edges.len() + n) {
                for row in plan.rows.iter_mut().flatten() {
                    *row = order[*row as usize];
                }
                plan.kind = Kind::Skyline(envelope);
            }
        }
        plan
    }

    /// The same items solved by dense Cholesky, whatever their number.
    pub(crate) fn dense(&self) -> Self {
        Self { kind: Kind::Dense, ..self.clone() }
    }

    /// Whether systems are solved by iteration.
    pub(crate) fn iterates(&self) -> bool {
        matches!(self.kind, Kind::Iterative)
    }

    pub(crate) fn envelope(&self) -> Option<&Envelope> {
        match &self.kind {
            Kind::Skyline(envelope) => Some(envelope),
            _ => None,
        }
    }

    /// Rows of an edge, the larger first; none where one of its items has no row.
    pub(crate) fn reduced(&self, (a, b): (u32, u32)) -> Option<(u32, u32)> {
        let (a, b) = (self.rows[a as usize]?, self.rows[b as usize]?);
        Some((a.max(b), a.min(b)))
    }
}

impl<'a> Solver<'a> {
    pub(crate) fn new(information: &'a Information, plan: &'a Plan) -> Result<Self, Singular> {
        let factor = match &plan.kind {
            Kind::Dense => DenseFactor::new(information, plan).map(Factor::Dense),
            Kind::Skyline(envelope) => SkylineFactor::new(information, plan, envelope).map(Factor::Skyline),
            Kind::Iterative => Some(Factor::Diagonal(information.diagonal())),
        };
        Ok(Self { information, plan, factor: factor.ok_or(Singular::Scores)? })
    }

    /// Solves for the scores alone, as if there were no extras; the tolerance is for the iterative solver, relative to
    /// the right side.
    pub(crate) fn solve(&self, right: &[f64], tolerance: f64) -> Result<Vec<f64>, Singular> {
        Ok(self.solve_counting(right, tolerance)?.0)
    }

    /// The same, and how many rounds it took.
    pub(crate) fn solve_counting(&self, right: &[f64], tolerance: f64) -> Result<(Vec<f64>, usize), Singular> {
        let mut rounds = 0;
        let mut solution = match &self.factor {
            Factor::Diagonal(diagonal) => {
                match conjugate_gradients(self.information, self.plan, diagonal, right, tolerance) {
                    Some((solution, taken)) => {
                        rounds = taken;
                        solution
                    }
                    // A graph on which the iteration does not settle: rare, and small enough to be solved at once.
                    None if self.plan.size <= MOST_RESCUED => {
                        let dense = self.plan.dense();
                        Solver::new(self.information, &dense)?.solve(right, tolerance)?
                    }
                    None => return Err(Singular::Scores),
                }
            }
            Factor::Dense(factor) => self.scatter(&factor.solve(&self.gather(right))),
            Factor::Skyline(factor) => self.scatter(&factor.solve(self.gather(right))),
        };
        if self.plan.floats {
            centre(&mut solution);
        }
        Ok((solution, rounds))
    }

    fn gather(&self, values: &[f64]) -> Vec<f64> {
        let mut rows = vec![0.0; self.plan.size];
        for (row, value) in self.plan.rows.iter().zip(values) {
            if let Some(row) = row {
                rows[*row as usize] = *value;
            }
        }
        rows
    }

    fn scatter(&self, rows: &[f64]) -> Vec<f64> {
        self.plan.rows.iter().map(|row| row.map_or(0.0, |row| rows[row as usize])).collect()
    }
}

/// Below this many rows the overhead of everything else outweighs the cube.
const MOST_DENSE: usize = 48;
/// Pairs per item up to which a thin order is looked for.
const THIN: usize = 12;
/// Multiplications within the envelope that are cheaper than iterating, per pair and item.
const WORTH: usize = 64;
/// Rows up to which a system that does not settle is solved densely.
const MOST_RESCUED: usize = 4_000;

#[cfg(test)]
mod tests;
