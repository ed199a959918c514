use super::law::logistic;
use super::newton::largest;
use super::problem::{Hold, Point, Problem};
use super::wins::Wins;

impl Problem {
    /// Where to start from: near enough that a few of Newton's steps are left, and nowhere so far out that the first
    /// would overshoot.
    ///
    /// Log-odds of wins, then, where there are neither ties nor an order effect, one step of the iteration of Newman (2023,
    /// *JMLR* 24, 238), `θ_i ← ln(Σ_j w_ij π_j/(π_i + π_j)) − ln(Σ_j w_ji/(π_i + π_j))`, which knows how strong an item's
    /// opponents were: it saves one or two of Newton's and costs less than one.
    pub(crate) fn start(&self) -> Point {
        let mut scores = self.rough_scores();
        if self.is_plain() && self.wins.are_moderate() && largest(&scores) < MODERATE {
            self.balance(&mut scores);
        }
        self.start_from(scores)
    }

    /// The same with known scores.
    pub(crate) fn start_from(&self, scores: Vec<f64>) -> Point {
        let mut extras = Vec::with_capacity(self.extras());
        if self.has_order {
            extras.push(0.0);
        }
        if self.law.has_ties() {
            let totals = self.totals();
            extras.push(self.law.start_of_tie(totals.ties / (totals.left + totals.right + totals.ties)));
        }
        Point { scores, extras }
    }

    /// Log-odds of each item's smoothed share of wins.
    ///
    /// Against opponents whose scores spread with variance σ², odds are nearer to even than the score says, by
    /// √(1 + πσ²/8); where the opponents are like the item itself, as in adaptive designs, this goes a little too far, which
    /// does no harm.
    fn rough_scores(&self) -> Vec<f64> {
        let records = self.records().into_iter().zip(&self.holds);
        let odds = records.map(|([wins, losses], hold)| {
            let (added, won) = self.added(*hold);
            ((wins + (1.0 + added) * won) / (losses + (1.0 + added) * (1.0 - won))).ln()
        });
        let odds: Vec<f64> = odds.map(|odds| odds.clamp(-FARTHEST, FARTHEST)).collect();
        let variance = odds.iter().map(|odds| odds * odds).sum::<f64>() / odds.len().max(1) as f64;
        // σ² = variance · (1 + πσ²/8), solved for the factor.
        let factor = (1.0 - (variance * std::f64::consts::PI / 8.0).min(0.5)).sqrt().recip();
        odds.into_iter().map(|odds| odds * factor).collect()
    }

    /// A prior pulls a score in as so many comparisons would, won as often as its mean says.
    fn added(&self, hold: Hold) -> (f64, f64) {
        match hold {
            Hold::Normal { mean, precision } => ((4.0 * precision).min(MOST_ADDED), logistic(mean)),
            Hold::Fixed(_) | Hold::Free => (self.virtual_comparisons, 0.5),
        }
    }

    /// Newman's step; a score without a finite one stays.
    fn balance(&self, scores: &mut [f64]) {
        for (score, hold) in scores.iter_mut().zip(&self.holds) {
            if let Hold::Fixed(value) = hold {
                *score = value.clamp(-FARTHEST, FARTHEST);
            }
        }
        let strengths: Vec<f32> = scores.iter().map(|score| score.exp() as f32).collect();
        let sums = match &self.wins {
            Wins::Whole(wins) => self.shares(&strengths, wins, f32::from),
            Wins::Weighted(wins) => self.shares(&strengths, wins, |wins| wins as f32),
        };
        for (((score, own), [wins, losses]), hold) in scores.iter_mut().zip(&strengths).zip(sums).zip(&self.holds) {
            let (added, won) = self.added(*hold);
            let other = (won / (1.0 - won)).clamp(LEAST, LEAST.recip());
            let share = added / (f64::from(*own) + other);
            let balanced = ((f64::from(wins) + share * won * other) / (f64::from(losses) + share * (1.0 - won))).ln();
            if balanced.is_finite() {
                *score = balanced.clamp(-MODERATE, MODERATE);
            }
        }
    }

    /// Of each item i the sums over its opponents j of `w_ij π_j/(π_i + π_j)` and of `w_ji/(π_i + π_j)`; single precision is
    /// enough for a start.
    fn shares<N: Copy>(&self, strengths: &[f32], wins: &[[N; 2]], single: impl Fn(N) -> f32) -> Vec<[f32; 2]> {
        let mut sums = vec![[0.0; 2]; strengths.len()];
        let (mut rivals, mut terms) = ([0.0; BLOCK], [[0.0; 4]; BLOCK]);
        for (low, places) in self.edges.rows() {
            let a = strengths[low];
            let mut own = [0.0; 2];
            let others = self.edges.others()[places.clone()].chunks(BLOCK);
            for (others, wins) in others.zip(wins[places].chunks(BLOCK)) {
                // What is scattered in memory is gathered first and put back last.
                for (rival, high) in rivals.iter_mut().zip(others) {
                    *rival = strengths[*high as usize];
                }
                for ((term, b), [won, lost]) in terms.iter_mut().zip(&rivals).zip(wins) {
                    let share = 1.0 / (a + b);
                    let (won, lost) = (single(*won) * share, single(*lost) * share);
                    *term = [won * b, lost, lost * a, won];
                }
                for ([gain, loss, theirs, lost], high) in terms.iter().zip(others) {
                    own = [own[0] + gain, own[1] + loss];
                    let sum = &mut sums[*high as usize];
                    *sum = [sum[0] + theirs, sum[1] + lost];
                }
            }
            sums[low] = [sums[low][0] + own[0], sums[low][1] + own[1]];
        }
        sums
    }
}

/// Cells that are worked on together.
const BLOCK: usize = 64;
const FARTHEST: f64 = 15.0;
/// Scores up to which single precision holds strengths and their inverses.
const MODERATE: f64 = 30.0;
const LEAST: f64 = 1e-6;
/// With more than this a start is near enough to the mean.
const MOST_ADDED: f64 = 1e6;
