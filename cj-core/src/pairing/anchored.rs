//! New items meet items whose place on the scale is known.

use super::adaptive::{information, trace_drop};
use super::board::Board;
use super::dice::{Dice, mix};
use super::grade::is_settled;
use super::greedy::{Neighbours, Sides, rank};
use super::plan::Rule;
use super::{Estimate, Pair, Request};

/// Each round asks one question for every student whose grade is not settled: against the anchor that tells most.
///
/// The first few questions locate a student: the anchor is the one that lowers the student's own variance most. Then, where
/// there are thresholds, the questions are asked as if the student stood between its estimate and the nearest one, at most
/// half a posterior standard deviation away: there a grade is decided (after Verhavert, Furlong & Bouwer 2022). Anchors that
/// tell nearly as much share the work. Students keep |L − R| ≤ 1 and meet an anchor again swapped; anchors take the side that
/// is left. What quotas withhold from such pairs goes to students among themselves, then to anchors among themselves.
#[derive(Debug)]
pub(super) struct Anchored;

impl Rule for Anchored {
    fn next(&self, request: &Request<'_>, board: &mut Board, _dice: &mut Dice) -> Vec<Pair> {
        let (level, unknown) = (vec![0.0; request.items], vec![1.0; request.items]);
        let estimate = request.estimate.unwrap_or_else(|| Estimate::flat(&level, &unknown));
        let mut variance: Vec<f64> = (0..request.items).map(|item| estimate.variance(item)).collect();
        let mut planned = Vec::new();
        for _ in 0..request.rounds {
            let mut search = Search { request, estimate, variance: &mut variance, board };
            let next = search.round(request.limit - planned.len());
            if next.is_empty() {
                break;
            }
            board.record_round(&next);
            planned.extend(next);
        }
        planned
    }
}

struct Search<'a> {
    request: &'a Request<'a>,
    estimate: Estimate<'a>,
    variance: &'a mut [f64],
    board: &'a Board,
}

impl Search<'_> {
    fn round(&mut self, want: usize) -> Vec<Pair> {
        let (request, board) = (self.request, self.board);
        let (anchors, mut students): (Vec<u32>, Vec<u32>) =
            (0..request.items as u32).partition(|&item| request.is_anchor(item));
        students.retain(|&student| !self.is_settled(student));
        // When the wave is too short for all: those with the fewest comparisons, then the least known.
        let doubt = |student: u32| u64::MAX - rank(self.variance[student as usize]);
        students.sort_by_key(|&student| (board.games(student), doubt(student), mix(request.seed, student, student)));
        let mut used = vec![0_u32; request.items];
        let mut taken: Vec<Pair> = Vec::new();
        let mut waiting = Vec::new();
        for &student in &students {
            match self
                .best_anchor(student, &anchors, &used)
                .filter(|&(pair, _)| taken.len() < want && board.reserve(pair))
            {
                Some((pair, anchor)) => {
                    used[anchor as usize] += 1;
                    self.learn(student, anchor);
                    taken.push(pair);
                }
                None => waiting.push(student),
            }
        }
        for mut group in [waiting, anchors] {
            let score = self.estimate.mean();
            let peers = Neighbours { request, score, reach: NEIGHBOURS, sides: Sides::Admissible };
            group.sort_by(|&a, &b| score[a as usize].total_cmp(&score[b as usize]).then(a.cmp(&b)));
            let rest = if board.has_quotas() { want - taken.len() } else { 0 };
            taken.extend(peers.round(board, &mut group, rest, |pair| rank(self.gain(pair))));
        }
        taken
    }

    /// The anchor that tells most about a student; of those that tell nearly as much the least used.
    fn best_anchor(&self, student: u32, anchors: &[u32], used: &[u32]) -> Option<(Pair, u32)> {
        let askable: Vec<(u32, Pair, f64)> = anchors
            .iter()
            .filter_map(|&anchor| Some((anchor, self.board.admissible_for(student, anchor)?)))
            .map(|(anchor, pair)| (anchor, pair, self.worth(student, anchor)))
            .collect();
        let most = askable.iter().map(|&(.., worth)| worth).fold(0.0, f64::max);
        let good = askable.into_iter().filter(|&(.., worth)| rank(worth) >= rank(most * NEARLY));
        let order = |&(anchor, _, worth): &(u32, Pair, f64)| {
            let games = self.board.games(anchor);
            (used[anchor as usize], u64::MAX - rank(worth), games, mix(self.request.seed, student, anchor))
        };
        good.min_by_key(order).map(|(anchor, pair, _)| (pair, anchor))
    }

    /// What a question against an anchor does for the student's own variance, if the student stood where the aim is.
    fn worth(&self, student: u32, anchor: u32) -> f64 {
        let [own, other] = self.own(student, anchor);
        let w = information(self.aim(student) - self.estimate.mean()[anchor as usize]);
        trace_drop(w, own * own, (own + other).max(0.0))
    }

    fn aim(&self, student: u32) -> f64 {
        let mean = self.estimate.mean()[student as usize];
        let nearest = self.request.thresholds.iter().min_by(|&a, &b| (a - mean).abs().total_cmp(&(b - mean).abs()));
        match nearest {
            Some(threshold) if self.board.games(student) >= LOCATING => {
                let most = 0.5 * self.variance[student as usize].sqrt();
                mean + (threshold - mean).clamp(-most, most)
            }
            _ => mean,
        }
    }

    fn is_settled(&self, student: u32) -> bool {
        let at = student as usize;
        self.board.games(student) >= LOCATING
            && is_settled(self.estimate.mean()[at], self.variance[at].sqrt(), self.request.thresholds)
    }

    fn learn(&mut self, student: u32, anchor: u32) {
        let [own, other] = self.own(student, anchor);
        let mean = self.estimate.mean();
        let w = information(mean[student as usize] - mean[anchor as usize]);
        self.variance[student as usize] -= trace_drop(w, own * own, (own + other).max(0.0));
    }

    fn gain(&self, pair: Pair) -> f64 {
        let [left, right] = self.own(pair.left, pair.right);
        let mean = self.estimate.mean();
        let w = information(mean[pair.left as usize] - mean[pair.right as usize]);
        trace_drop(w, left * left + right * right, (left + right).max(0.0))
    }

    /// dᵀΣ at the two items, up to sign.
    fn own(&self, a: u32, b: u32) -> [f64; 2] {
        let (i, j) = (a as usize, b as usize);
        let shared = self.estimate.covariance().map_or(0.0, |covariance| covariance[i * self.variance.len() + j]);
        [self.variance[i] - shared, self.variance[j] - shared]
    }
}

/// Questions that locate a student before thresholds matter.
const LOCATING: u32 = 4;

/// Anchors within this part of the best are as good as the best.
const NEARLY: f64 = 0.97;
const NEIGHBOURS: usize = 16;
