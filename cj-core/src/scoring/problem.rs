use std::sync::Arc;

use super::information::{Information, centre};
use super::law::{Counts, Law, log_logistic, logistic};
use super::solver::Plan;
use super::{Judgements, TiePolicy};

/// A concave function to maximise: the log-likelihood of the judgements plus what a prior says of each item.
///
/// The parameters are the scores θ and up to two extras: the order effect γ, then the tie parameter δ.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    pub(crate) law: Law,
    pub(crate) has_order: bool,
    /// ∂u/∂γ: what the order effect adds to the tie predictor.
    pub(crate) tie_shift: f64,
    cells: Vec<Cell>,
    /// Unordered pairs, (smaller, larger), ascending.
    edges: Arc<[(u32, u32)]>,
    pub(crate) holds: Vec<Hold>,
    /// Virtual comparisons of every item, half won, against an item at 0.
    pub(crate) virtual_comparisons: f64,
}

/// What is known of an item before it is judged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Hold {
    Free,
    Normal { mean: f64, precision: f64 },
    Fixed(f64),
}

/// The judgements of one ordered pair.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cell {
    pub(crate) left: u32,
    pub(crate) right: u32,
    pub(crate) counts: Counts,
    pub(crate) edge: u32,
}

/// Parameters of a problem.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Point {
    pub(crate) scores: Vec<f64>,
    pub(crate) extras: Vec<f64>,
}

/// Gradient and information of a problem at a point.
#[derive(Debug, Clone)]
pub(crate) struct Slope {
    pub(crate) scores: Vec<f64>,
    pub(crate) extras: Vec<f64>,
    pub(crate) information: Information,
}

impl Problem {
    pub(crate) fn new(judgements: &Judgements, ties: TiePolicy, has_order: bool) -> Self {
        let (law, tie_shift) = ties.law();
        let merge = !has_order && !law.has_ties();
        let mut cells: Vec<Cell> = Vec::with_capacity(judgements.pairs().len());
        for pair in judgements.pairs() {
            let ties = if law.has_ties() { pair.ties } else { 0.0 };
            let counts = Counts { left: pair.wins_left, right: pair.wins_right, ties };
            if counts.left + counts.right + counts.ties > 0.0 {
                let swap = merge && pair.left > pair.right;
                let (left, right) = if swap { (pair.right, pair.left) } else { (pair.left, pair.right) };
                let counts = if swap { Counts { left: counts.right, right: counts.left, ..counts } } else { counts };
                cells.push(Cell { left: left as u32, right: right as u32, counts, edge: 0 });
            }
        }
        cells.sort_by_key(|cell| (cell.left.min(cell.right), cell.left.max(cell.right), cell.left));
        let mut problem = Self {
            law,
            has_order,
            tie_shift,
            cells: Vec::with_capacity(cells.len()),
            edges: Arc::new([]),
            holds: vec![Hold::Free; judgements.items().len()],
            virtual_comparisons: 0.0,
        };
        let mut edges = Vec::with_capacity(cells.len());
        for mut cell in cells {
            let edge = (cell.left.min(cell.right), cell.left.max(cell.right));
            if edges.last() != Some(&edge) {
                edges.push(edge);
            }
            cell.edge = edges.len() as u32 - 1;
            match problem.cells.last_mut() {
                Some(last) if (last.left, last.right) == (cell.left, cell.right) => {
                    last.counts.left += cell.counts.left;
                    last.counts.right += cell.counts.right;
                }
                _ => problem.cells.push(cell),
            }
        }
        problem.edges = edges.into();
        problem
    }

    pub(crate) fn items(&self) -> usize {
        self.holds.len()
    }

    pub(crate) fn cells(&self) -> &[Cell] {
        &self.cells
    }

    pub(crate) fn set_counts(&mut self, cell: usize, counts: Counts) {
        self.cells[cell].counts = counts;
    }

    /// How many parameters there are beside the scores.
    pub(crate) fn extras(&self) -> usize {
        usize::from(self.has_order) + usize::from(self.law.has_ties())
    }

    /// Whether nothing but the sum-to-zero rule says where zero is.
    pub(crate) fn floats(&self) -> bool {
        self.virtual_comparisons <= 0.0 && self.holds.iter().all(|hold| *hold == Hold::Free)
    }

    /// An information matrix of zeros.
    pub(crate) fn empty_information(&self) -> Information {
        Information::new(self.items(), self.extras(), Arc::clone(&self.edges))
    }

    /// Weights of all judgements by outcome.
    pub(crate) fn totals(&self) -> Counts {
        self.cells.iter().fold(Counts { left: 0.0, right: 0.0, ties: 0.0 }, |sum, cell| Counts {
            left: sum.left + cell.counts.left,
            right: sum.right + cell.counts.right,
            ties: sum.ties + cell.counts.ties,
        })
    }

    /// Wins as (winner, loser), ties counting as wins of both, sorted; fixed items and items with a prior of their own
    /// count as one, because nothing can drift away between them.
    pub(crate) fn links(&self) -> Vec<(u32, u32)> {
        let anchor = self.holds.iter().position(|hold| *hold != Hold::Free);
        let node = |item: u32| match (anchor, self.holds[item as usize]) {
            (_, Hold::Free) | (None, _) => item,
            (Some(anchor), _) => anchor as u32,
        };
        let mut links = Vec::with_capacity(2 * self.cells.len());
        for cell in &self.cells {
            let (left, right) = (node(cell.left), node(cell.right));
            if cell.counts.left > 0.0 || cell.counts.ties > 0.0 {
                links.push((left, right));
            }
            if cell.counts.right > 0.0 || cell.counts.ties > 0.0 {
                links.push((right, left));
            }
        }
        // The other anchored items hang on the first in both directions, judged or not.
        if let Some(anchor) = anchor {
            for (item, hold) in self.holds.iter().enumerate().skip(anchor + 1) {
                if *hold != Hold::Free {
                    links.extend([(anchor as u32, item as u32), (item as u32, anchor as u32)]);
                }
            }
        }
        links
    }

    /// x and u of a comparison.
    pub(crate) fn predictors(&self, left: usize, right: usize, at: &Point) -> (f64, f64) {
        let gap = at.scores[left] - at.scores[right];
        match (self.has_order, self.law.has_ties()) {
            (false, false) => (gap, 0.0),
            (true, false) => (gap + at.extras[0], 0.0),
            (false, true) => (gap, at.extras[0]),
            (true, true) => (gap + at.extras[0], at.extras[1] + self.tie_shift * at.extras[0]),
        }
    }

    /// Whether the tie parameter is where the law is defined.
    pub(crate) fn admits(&self, at: &Point) -> bool {
        let finite = at.scores.iter().chain(&at.extras).all(|value| value.is_finite());
        finite && (self.law != Law::RaoKupper || at.extras.last().is_none_or(|u| *u > 0.0))
    }

    /// The log-likelihood of the judgements.
    pub(crate) fn log_likelihood(&self, at: &Point) -> f64 {
        self.cells
            .iter()
            .map(|cell| {
                let (x, u) = self.predictors(cell.left as usize, cell.right as usize, at);
                self.law.value(cell.counts, x, u)
            })
            .sum()
    }

    /// What is maximised: log-likelihood and prior.
    pub(crate) fn value(&self, at: &Point) -> f64 {
        self.log_likelihood(at) + self.log_prior(at)
    }

    /// How systems with the information matrices of this problem are solved.
    pub(crate) fn plan(&self) -> Plan {
        let fixed = self.holds.iter().map(|hold| matches!(hold, Hold::Fixed(_))).collect();
        Plan::new(&self.edges, fixed, self.floats())
    }

    /// The point with fixed scores in their places, or with a sum of zero where the scores float.
    pub(crate) fn on_constraints(&self, mut point: Point) -> Point {
        for (score, hold) in point.scores.iter_mut().zip(&self.holds) {
            if let Hold::Fixed(value) = hold {
                *score = *value;
            }
        }
        if self.floats() {
            centre(&mut point.scores);
        }
        point
    }

    /// A gradient without the components of fixed items.
    pub(crate) fn free(&self, gradient: &[f64]) -> Vec<f64> {
        let held = |hold: &Hold| matches!(hold, Hold::Fixed(_));
        self.holds.iter().zip(gradient).map(|(hold, value)| if held(hold) { 0.0 } else { *value }).collect()
    }

    /// What the priors add to the log-likelihood; constants are left out.
    pub(crate) fn log_prior(&self, at: &Point) -> f64 {
        let half = 0.5 * self.virtual_comparisons;
        let mut sum = 0.0;
        for (hold, score) in self.holds.iter().zip(&at.scores) {
            if let Hold::Normal { mean, precision } = hold {
                sum -= 0.5 * precision * (score - mean) * (score - mean);
            }
            if half > 0.0 && matches!(hold, Hold::Free) {
                sum += half * (log_logistic(*score) + log_logistic(-score));
            }
        }
        sum
    }

    /// Gradient and information.
    pub(crate) fn slope(&self, at: &Point) -> Slope {
        let (n, k) = (self.items(), self.extras());
        let mut slope = Slope { scores: vec![0.0; n], extras: vec![0.0; k], information: self.empty_information() };
        for (item, hold) in self.holds.iter().enumerate() {
            self.add_prior(&mut slope, item, *hold, at.scores[item]);
        }
        for cell in &self.cells {
            let (left, right) = (cell.left as usize, cell.right as usize);
            let (x, u) = self.predictors(cell.left as usize, cell.right as usize, at);
            let term = self.law.term(cell.counts, x, u);
            slope.scores[left] += term.dx;
            slope.scores[right] -= term.dx;
            slope.information.weights[cell.edge as usize] += term.xx;
            if k == 0 {
                continue;
            }
            let shift = self.tie_shift;
            let order = [term.dx + shift * term.du, term.xx + shift * term.xu];
            let information = &mut slope.information;
            let mut add = |column: usize, gradient: f64, cross: f64| {
                slope.extras[column] += gradient;
                information.border[column][left] += cross;
                information.border[column][right] -= cross;
            };
            match (self.has_order, self.law.has_ties()) {
                (true, false) => {
                    add(0, term.dx, term.xx);
                    information.corner[0][0] += term.xx;
                }
                (false, _) => {
                    add(0, term.du, term.xu);
                    information.corner[0][0] += term.uu;
                }
                (true, true) => {
                    add(0, order[0], order[1]);
                    add(1, term.du, term.xu);
                    information.corner[0][0] += term.xx + 2.0 * shift * term.xu + shift * shift * term.uu;
                    information.corner[0][1] += term.xu + shift * term.uu;
                    information.corner[1][0] = information.corner[0][1];
                    information.corner[1][1] += term.uu;
                }
            }
        }
        slope
    }

    fn add_prior(&self, slope: &mut Slope, item: usize, hold: Hold, score: f64) {
        match hold {
            Hold::Fixed(_) | Hold::Free => {}
            Hold::Normal { mean, precision } => {
                slope.scores[item] -= precision * (score - mean);
                slope.information.excess[item] += precision;
            }
        }
        if self.virtual_comparisons > 0.0 && matches!(hold, Hold::Free) {
            let (p, q) = (logistic(score), logistic(-score));
            slope.scores[item] += 0.5 * self.virtual_comparisons * (q - p);
            slope.information.excess[item] += self.virtual_comparisons * p * q;
        }
    }
}
