use std::sync::Arc;

use super::information::{Information, centre};
use super::law::{Counts, Law, log_logistic, logistic};
use super::newton::largest;
use super::pair_table::Row;
use super::solver::Plan;
use super::{Judgements, PairCount, TiePolicy};

/// A concave function to maximise: the log-likelihood of the judgements plus what a prior says of each item.
///
/// The parameters are the scores θ and up to two extras: the order effect γ, then the tie parameter δ.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    pub(crate) law: Law,
    pub(crate) has_order: bool,
    /// ∂u/∂γ: what the order effect adds to the tie predictor.
    pub(crate) tie_shift: f64,
    /// Unordered pairs, (smaller, larger), ascending.
    edges: Arc<Vec<(u32, u32)>>,
    /// Where the edges of each smaller item begin.
    starts: Arc<Vec<usize>>,
    /// Wins of the left and of the right item of each cell.
    wins: Vec<[f64; 2]>,
    /// Ties of each cell; empty where the law has none.
    ties: Vec<f64>,
    /// Edge of each cell, and whether its left item is the larger one; empty where cell and edge are one.
    sides: Vec<(u32, bool)>,
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

/// The judgements of one ordered pair; of an unordered pair where the order makes no difference.
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
        let mut problem = Self {
            law,
            has_order,
            tie_shift,
            edges: Arc::default(),
            starts: Arc::default(),
            wins: Vec::new(),
            ties: Vec::new(),
            sides: Vec::new(),
            holds: vec![Hold::Free; judgements.items().len()],
            virtual_comparisons: 0.0,
        };
        let mut edges: Vec<(u32, u32)> = Vec::new();
        match judgements.table().rows() {
            Some(rows) if !has_order && !law.has_ties() => problem.count(&mut edges, rows),
            _ => {
                let seen =
                    |pair: &&PairCount| pair.wins_left + pair.wins_right > 0.0 || (law.has_ties() && pair.ties > 0.0);
                for pair in judgements.pairs().iter().filter(seen) {
                    problem.push(&mut edges, pair);
                }
            }
        }
        problem.starts = Arc::new(starts(problem.items(), &edges));
        problem.edges = Arc::new(edges);
        problem
    }

    /// Takes in single judgements where neither ties nor the order count.
    fn count(&mut self, edges: &mut Vec<(u32, u32)>, rows: &[Row]) {
        edges.reserve_exact(rows.len());
        self.wins.reserve_exact(rows.len());
        let mut rows = rows.iter().filter(|row| !row.is_tie());
        let Some(first) = rows.next() else { return };
        let mut last = *first;
        let mut wins = [0.0; 2];
        wins[usize::from(first.is_won_by_larger())] = 1.0;
        for row in rows {
            if !row.is_of_pair(last) {
                edges.push(last.edge());
                self.wins.push(wins);
                wins = [0.0; 2];
                last = *row;
            }
            wins[usize::from(row.is_won_by_larger())] += 1.0;
        }
        edges.push(last.edge());
        self.wins.push(wins);
    }

    fn push(&mut self, edges: &mut Vec<(u32, u32)>, pair: &PairCount) {
        let edge = (pair.left.min(pair.right) as u32, pair.left.max(pair.right) as u32);
        let is_new = edges.last() != Some(&edge);
        if is_new {
            edges.push(edge);
        }
        let swapped = pair.left > pair.right;
        let wins = [pair.wins_left, pair.wins_right];
        if self.has_order || self.law.has_ties() {
            self.sides.push((edges.len() as u32 - 1, swapped));
            self.wins.push(wins);
            if self.law.has_ties() {
                self.ties.push(pair.ties);
            }
            return;
        }
        let wins = if swapped { [wins[1], wins[0]] } else { wins };
        match self.wins.last_mut() {
            Some(last) if !is_new => *last = [last[0] + wins[0], last[1] + wins[1]],
            _ => self.wins.push(wins),
        }
    }

    pub(crate) fn items(&self) -> usize {
        self.holds.len()
    }

    /// How many cells there are.
    pub(crate) fn len(&self) -> usize {
        self.wins.len()
    }

    /// The cells, in the order of their edges.
    pub(crate) fn cells(&self) -> impl Iterator<Item = Cell> {
        (0..self.wins.len()).map(|at| {
            let (edge, swapped) = self.sides.get(at).copied().unwrap_or((at as u32, false));
            let (low, high) = self.edges[edge as usize];
            let (left, right) = if swapped { (high, low) } else { (low, high) };
            let [left_wins, right_wins] = self.wins[at];
            let ties = self.ties.get(at).copied().unwrap_or_default();
            Cell { left, right, counts: Counts { left: left_wins, right: right_wins, ties }, edge }
        })
    }

    /// Sets the wins of a cell.
    pub(crate) fn set_wins(&mut self, cell: usize, wins: [f64; 2]) {
        self.wins[cell] = wins;
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

    /// Weights of what each item won and lost.
    pub(crate) fn records(&self) -> Vec<[f64; 2]> {
        let mut records = vec![[0.0; 2]; self.items()];
        for cell in self.cells() {
            let Counts { left, right, .. } = cell.counts;
            let own = &mut records[cell.left as usize];
            *own = [own[0] + left, own[1] + right];
            let other = &mut records[cell.right as usize];
            *other = [other[0] + right, other[1] + left];
        }
        records
    }

    /// Weights of all judgements by outcome.
    pub(crate) fn totals(&self) -> Counts {
        self.cells().fold(Counts { left: 0.0, right: 0.0, ties: 0.0 }, |sum, cell| Counts {
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
        let mut links = Vec::with_capacity(2 * self.len());
        for cell in self.cells() {
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

    /// Pairs that hold the scores together: those of [`Self::links`] without their direction.
    pub(crate) fn bonds(&self) -> impl Iterator<Item = (u32, u32)> {
        let held = |hold: &Hold| *hold != Hold::Free;
        let anchor = self.holds.iter().position(held).unwrap_or_default() as u32;
        let anchors = self.holds.iter().enumerate().filter(move |(_, hold)| held(hold));
        self.edges.iter().copied().chain(anchors.map(move |(item, _)| (anchor, item as u32)))
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
        self.cells()
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
        Plan::new(&self.edges, Arc::clone(&self.starts), fixed, self.floats())
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
        if !self.law.has_ties() && largest(&at.scores) + largest(&at.extras) < MODERATE {
            self.add_strengths(&mut slope, at);
            return slope;
        }
        for cell in self.cells() {
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

    /// The cells of a problem without ties, with `p = w_l/(w_l + w_r)`: one exponential per item, not per cell.
    fn add_strengths(&self, slope: &mut Slope, at: &Point) {
        let strengths: Vec<f64> = at.scores.iter().map(|score| score.exp()).collect();
        if !self.has_order {
            self.add_plain(slope, &strengths);
            return;
        }
        let information = &mut slope.information;
        let order = at.extras[0].exp();
        for cell in self.cells() {
            let (left, right) = (cell.left as usize, cell.right as usize);
            let (a, b) = (strengths[left] * order, strengths[right]);
            let share = 1.0 / (a + b);
            let (p, q) = (a * share, b * share);
            let gain = cell.counts.left * q - cell.counts.right * p;
            let weight = (cell.counts.left + cell.counts.right) * p * q;
            slope.scores[left] += gain;
            slope.scores[right] -= gain;
            slope.extras[0] += gain;
            information.weights[cell.edge as usize] += weight;
            information.border[0][left] += weight;
            information.border[0][right] -= weight;
            information.corner[0][0] += weight;
        }
    }

    /// The cells of a problem with neither ties nor an order effect: those of a smaller item together, in blocks.
    fn add_plain(&self, slope: &mut Slope, strengths: &[f64]) {
        let (mut rivals, mut gains) = ([0.0; BLOCK], [0.0; BLOCK]);
        let start = |strength: &f64| Sums { strength: *strength, gain: 0.0, weight: 0.0 };
        let mut sums: Vec<Sums> = strengths.iter().map(start).collect();
        let weights = &mut slope.information.weights;
        for (low, ends) in self.starts.windows(2).enumerate() {
            let a = strengths[low];
            let (mut gained, mut weighed) = ([0.0; 4], [0.0; 4]);
            let edges = self.edges[ends[0]..ends[1]].chunks(BLOCK);
            let wins = self.wins[ends[0]..ends[1]].chunks(BLOCK);
            for ((edges, wins), weights) in edges.zip(wins).zip(weights[ends[0]..ends[1]].chunks_mut(BLOCK)) {
                // What is scattered in memory is gathered first and put back last: between, cells are worked on side by side.
                for (rival, (_, high)) in rivals.iter_mut().zip(edges) {
                    *rival = sums[*high as usize].strength;
                }
                for (((gain, weight), b), [wins, losses]) in gains.iter_mut().zip(&mut *weights).zip(&rivals).zip(wins)
                {
                    let share = 1.0 / (a + b);
                    let (p, q) = (a * share, b * share);
                    *gain = wins * q - losses * p;
                    *weight = (wins + losses) * p * q;
                }
                for (at, ((gain, weight), (_, high))) in gains.iter().zip(&*weights).zip(edges).enumerate() {
                    let other = &mut sums[*high as usize];
                    other.gain -= gain;
                    other.weight += weight;
                    gained[at % 4] += gain;
                    weighed[at % 4] += weight;
                }
            }
            sums[low].gain += gained.iter().sum::<f64>();
            sums[low].weight += weighed.iter().sum::<f64>();
        }
        for (score, sums) in slope.scores.iter_mut().zip(&sums) {
            *score += sums.gain;
        }
        let excess = slope.information.excess.iter();
        slope.information.known_diagonal = Some(excess.zip(&sums).map(|(excess, sums)| excess + sums.weight).collect());
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

/// What is read and written for one item, side by side.
#[derive(Debug, Clone, Copy)]
struct Sums {
    strength: f64,
    gain: f64,
    weight: f64,
}

/// Where the edges of each smaller item begin, and the end of the last.
pub(crate) fn starts(items: usize, edges: &[(u32, u32)]) -> Vec<usize> {
    let mut starts = vec![0; items + 1];
    for (low, _) in edges {
        starts[*low as usize + 1] += 1;
    }
    for item in 0..items {
        starts[item + 1] += starts[item];
    }
    starts
}

/// Cells that are worked on together.
const BLOCK: usize = 64;
/// Scores below which no strength and no ratio of strengths overflows or underflows.
const MODERATE: f64 = 150.0;
