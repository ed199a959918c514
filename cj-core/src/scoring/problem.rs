use std::sync::Arc;

use super::edges::Edges;
use super::information::{Information, centre};
use super::law::{Counts, Law, log_logistic};
use super::solver::Plan;
use super::weights::Weights;
use super::wins::Wins;
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
    pub(crate) edges: Arc<Edges>,
    pub(crate) wins: Wins,
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

impl Problem {
    pub(crate) fn new(judgements: &Judgements, ties: TiePolicy, has_order: bool) -> Self {
        let (law, tie_shift) = ties.law();
        let items = judgements.items().len();
        let is_plain = !has_order && !law.has_ties();
        let whole = if is_plain { judgements.table().decided(items) } else { None };
        let counted = whole.is_none();
        let (edges, wins) = whole.unwrap_or_default();
        let mut problem = Self {
            law,
            has_order,
            tie_shift,
            edges: Arc::new(edges),
            wins,
            ties: Vec::new(),
            sides: Vec::new(),
            holds: vec![Hold::Free; items],
            virtual_comparisons: 0.0,
        };
        if counted {
            problem.count(judgements.pairs());
        }
        problem
    }

    /// Takes in counts of ordered pairs, in the order of their table.
    fn count(&mut self, pairs: &[PairCount]) {
        let (mut edges, mut wins) = (Vec::new(), Vec::<[f64; 2]>::new());
        let has_ties = self.law.has_ties();
        for pair in pairs.iter().filter(|pair| pair.wins_left + pair.wins_right > 0.0 || (has_ties && pair.ties > 0.0))
        {
            let edge = (pair.left.min(pair.right) as u32, pair.left.max(pair.right) as u32);
            let is_new = edges.last() != Some(&edge);
            if is_new {
                edges.push(edge);
            }
            let swapped = pair.left > pair.right;
            let [left, right] = [pair.wins_left, pair.wins_right];
            if self.has_order || has_ties {
                self.sides.push((edges.len() as u32 - 1, swapped));
                wins.push([left, right]);
                if has_ties {
                    self.ties.push(pair.ties);
                }
                continue;
            }
            let own = if swapped { [right, left] } else { [left, right] };
            match wins.last_mut() {
                Some(last) if !is_new => *last = [last[0] + own[0], last[1] + own[1]],
                _ => wins.push(own),
            }
        }
        self.edges = Arc::new(Edges::new(self.items(), &edges));
        self.wins = Wins::Weighted(wins);
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
        let mut pairs = self.edges.iter();
        let (mut pair, mut taken) = ((0, 0), 0);
        (0..self.len()).map(move |at| {
            let (edge, swapped) = self.sides.get(at).copied().unwrap_or((at as u32, false));
            while taken <= edge {
                pair = pairs.next().unwrap_or(pair);
                taken += 1;
            }
            let (low, high) = pair;
            let (left, right) = if swapped { (high, low) } else { (low, high) };
            let [left_wins, right_wins] = self.wins.get(at);
            let ties = self.ties.get(at).copied().unwrap_or_default();
            Cell { left, right, counts: Counts { left: left_wins, right: right_wins, ties }, edge }
        })
    }

    /// Sets the wins of all cells.
    pub(crate) fn set_wins(&mut self, wins: Vec<[f64; 2]>) {
        self.wins = Wins::Weighted(wins);
    }

    /// Whether there are neither ties nor an order effect: edge and cell are one.
    pub(crate) fn is_plain(&self) -> bool {
        !self.has_order && !self.law.has_ties()
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
        let weights = Weights::Double(vec![0.0; self.edges.len()]);
        Information::new(self.items(), self.extras(), Arc::clone(&self.edges), weights)
    }

    /// Weights of what each item won and lost.
    pub(crate) fn records(&self) -> Vec<[f64; 2]> {
        let mut records = vec![[0.0; 2]; self.items()];
        if self.is_plain() {
            let others = self.edges.others();
            for (low, places) in self.edges.rows() {
                let mut own = [0.0; 2];
                for place in places {
                    let [wins, losses] = self.wins.get(place);
                    own = [own[0] + wins, own[1] + losses];
                    let other = &mut records[others[place] as usize];
                    *other = [other[0] + losses, other[1] + wins];
                }
                records[low] = [records[low][0] + own[0], records[low][1] + own[1]];
            }
            return records;
        }
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
        self.edges.iter().chain(anchors.map(move |(item, _)| (anchor, item as u32)))
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
        Plan::new(Arc::clone(&self.edges), fixed, self.floats())
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
}
