use std::sync::Arc;

use super::information::Information;
use super::law::logistic;
use super::newton::largest;
use super::problem::{Hold, Point, Problem};
use super::real::Real;
use super::weights::Weights;
use super::wins::Wins;

/// Gradient and information of a problem at a point.
#[derive(Debug, Clone)]
pub(crate) struct Slope {
    pub(crate) scores: Vec<f64>,
    pub(crate) extras: Vec<f64>,
    pub(crate) information: Information,
}

impl Problem {
    /// Gradient and information at a point.
    pub(crate) fn slope(&self, at: &Point) -> Slope {
        let mut slope = self.empty_slope(Weights::Double(vec![0.0; self.edges.len()]));
        self.measure(at, &mut slope);
        slope
    }

    /// The same with an information in single precision, where the problem allows it.
    ///
    /// Every weight is rounded before it is used, in the diagonal too, so the matrix is that of a graph whose weights
    /// differ by 6·10⁻⁸: Newton's steps differ by as much, however thinly the graph hangs together.
    pub(crate) fn rough_slope(&self, at: &Point) -> Slope {
        if !self.is_plain() || !self.wins.are_moderate() {
            return self.slope(at);
        }
        let mut slope = self.empty_slope(Weights::Single(vec![0.0; self.edges.len()]));
        self.measure(at, &mut slope);
        slope
    }

    /// Largest component of the gradient at a point, those of fixed items left out.
    pub(crate) fn max_gradient(&self, at: &Point) -> f64 {
        let slope = self.rough_slope(at);
        largest(&self.free(&slope.scores)).max(largest(&slope.extras))
    }

    fn empty_slope(&self, weights: Weights) -> Slope {
        let (n, k) = (self.items(), self.extras());
        let information = Information::new(n, k, Arc::clone(&self.edges), weights);
        Slope { scores: vec![0.0; n], extras: vec![0.0; k], information }
    }

    /// Gradient and information at another point, in the place of those that a slope holds.
    pub(crate) fn measure(&self, at: &Point, slope: &mut Slope) {
        slope.scores.fill(0.0);
        slope.extras.fill(0.0);
        slope.information.excess.fill(0.0);
        for (item, hold) in self.holds.iter().enumerate() {
            self.add_prior(slope, item, *hold, at.scores[item]);
        }
        let moderate = largest(&at.scores) + largest(&at.extras) < MODERATE;
        if self.is_plain() && moderate {
            self.add_plain(slope, at);
            return;
        }
        slope.information.clear_judgements();
        if self.has_order && !self.law.has_ties() && moderate {
            self.add_ordered(slope, at);
        } else {
            self.add_any(slope, at);
        }
    }

    /// The cells of any problem.
    fn add_any(&self, slope: &mut Slope, at: &Point) {
        let k = self.extras();
        let Information { weights, border, corner, .. } = &mut slope.information;
        let weights = weights.double_mut();
        for cell in self.cells() {
            let (left, right) = (cell.left as usize, cell.right as usize);
            let (x, u) = self.predictors(cell.left as usize, cell.right as usize, at);
            let term = self.law.term(cell.counts, x, u);
            slope.scores[left] += term.dx;
            slope.scores[right] -= term.dx;
            weights[cell.edge as usize] += term.xx;
            if k == 0 {
                continue;
            }
            let shift = self.tie_shift;
            let order = [term.dx + shift * term.du, term.xx + shift * term.xu];
            let mut add = |column: usize, gradient: f64, cross: f64| {
                slope.extras[column] += gradient;
                border[column][left] += cross;
                border[column][right] -= cross;
            };
            match (self.has_order, self.law.has_ties()) {
                (true, false) => {
                    add(0, term.dx, term.xx);
                    corner[0][0] += term.xx;
                }
                (false, _) => {
                    add(0, term.du, term.xu);
                    corner[0][0] += term.uu;
                }
                (true, true) => {
                    add(0, order[0], order[1]);
                    add(1, term.du, term.xu);
                    corner[0][0] += term.xx + 2.0 * shift * term.xu + shift * shift * term.uu;
                    corner[0][1] += term.xu + shift * term.uu;
                    corner[1][0] = corner[0][1];
                    corner[1][1] += term.uu;
                }
            }
        }
    }

    /// The cells of a problem with an order effect and without ties: one exponential per item, not per cell.
    fn add_ordered(&self, slope: &mut Slope, at: &Point) {
        let Information { weights, border, corner, .. } = &mut slope.information;
        let weights = weights.double_mut();
        let strengths = strengths(at);
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
            weights[cell.edge as usize] += weight;
            border[0][left] += weight;
            border[0][right] -= weight;
            corner[0][0] += weight;
        }
    }

    /// The cells of a problem with neither ties nor an order effect, with `p = w_l/(w_l + w_r)`.
    fn add_plain(&self, slope: &mut Slope, at: &Point) {
        let strengths = strengths(at);
        let weights = &mut slope.information.weights;
        if !weights.is_exact() && largest(&at.scores) > NEAR {
            *weights = Weights::Double(vec![0.0; self.edges.len()]);
        }
        let sums = match (&self.wins, weights) {
            (Wins::Whole(wins), Weights::Single(weights)) => self.sums(&strengths, wins, weights),
            (Wins::Whole(wins), Weights::Double(weights)) => self.sums(&strengths, wins, weights),
            (Wins::Weighted(wins), Weights::Single(weights)) => self.sums(&strengths, wins, weights),
            (Wins::Weighted(wins), Weights::Double(weights)) => self.sums(&strengths, wins, weights),
        };
        for (score, [loss, _]) in slope.scores.iter_mut().zip(&sums) {
            *score -= loss;
        }
        let excess = slope.information.excess.iter();
        slope.information.known_diagonal =
            Some(excess.zip(&sums).map(|(excess, [_, weight])| excess + weight).collect());
    }

    /// What the cells of each item add to the gradient, with the sign turned round, and to the diagonal; their weights.
    fn sums<N: Copy + Into<f64>, W: Real>(
        &self,
        strengths: &[f64],
        wins: &[[N; 2]],
        weights: &mut [W],
    ) -> Vec<[f64; 2]> {
        let mut sums = vec![[0.0; 2]; strengths.len()];
        let (mut rivals, mut terms) = ([0.0; BLOCK], [[0.0; 2]; BLOCK]);
        for (low, places) in self.edges.rows() {
            let a = strengths[low];
            let mut lanes = [[0.0; 2]; LANES];
            let others = self.edges.others()[places.clone()].chunks(BLOCK);
            let wins = wins[places.clone()].chunks(BLOCK);
            for ((others, wins), weights) in others.zip(wins).zip(weights[places].chunks_mut(BLOCK)) {
                // What is scattered in memory is gathered first and put back last: between, cells are worked on side by side.
                for (rival, high) in rivals.iter_mut().zip(others) {
                    *rival = strengths[*high as usize];
                }
                for (((term, weight), b), [wins, losses]) in terms.iter_mut().zip(&mut *weights).zip(&rivals).zip(wins)
                {
                    let (wins, losses): (f64, f64) = ((*wins).into(), (*losses).into());
                    let share = 1.0 / (a + b);
                    let (p, q) = (a * share, b * share);
                    *weight = W::of((wins + losses) * p * q);
                    *term = [wins * q - losses * p, weight.to()];
                }
                let (fours, highs) = (terms.chunks_exact(LANES), others.chunks_exact(LANES));
                let rest = highs.remainder().iter().zip(&terms[others.len() / LANES * LANES..]);
                for (terms, highs) in fours.zip(highs) {
                    for ((lane, term), high) in lanes.iter_mut().zip(terms).zip(highs) {
                        add(&mut sums[*high as usize], *term);
                        add(lane, *term);
                    }
                }
                for (lane, (high, term)) in lanes.iter_mut().zip(rest) {
                    add(&mut sums[*high as usize], *term);
                    add(lane, *term);
                }
            }
            for [gain, weight] in lanes {
                add(&mut sums[low], [-gain, weight]);
            }
        }
        sums
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

fn add(sum: &mut [f64; 2], term: [f64; 2]) {
    sum[0] += term[0];
    sum[1] += term[1];
}

fn strengths(at: &Point) -> Vec<f64> {
    at.scores.iter().map(|score| score.exp()).collect()
}

/// Cells that are worked on together.
const BLOCK: usize = 64;
/// Sums that do not wait for each other.
const LANES: usize = 4;
/// Scores up to which no weight of moderate wins vanishes in single precision.
const NEAR: f64 = 20.0;
/// Scores below which no strength and no ratio of strengths overflows or underflows.
const MODERATE: f64 = 150.0;
