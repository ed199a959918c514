//! Greedy A-optimal rounds over all pairs of a few hundred items.

use super::matrices::Matrices;
use crate::pairing::board::Board;
use crate::pairing::dice::mix;
use crate::pairing::greedy::{Supply, class, exchange, rank, who_rests};
use crate::pairing::{Pair, Request};

/// The state of a search over all pairs: what is known of the items, and who sits at which place.
///
/// The free items of a round hold the first places.
#[derive(Debug, Clone)]
pub(super) struct Dense {
    matrices: Matrices,
    item: Vec<u32>,
    place: Vec<usize>,
}

impl Dense {
    pub(super) fn new(mean: &[f64], covariance: &[f64]) -> Self {
        let items = mean.len();
        let matrices = Matrices::new(mean, covariance);
        Self { matrices, item: (0..items as u32).collect(), place: (0..items).collect() }
    }

    /// A round of at most `want` pairs without the `busy` items. After the last round of a wave
    /// nothing more is asked of `self`.
    pub(super) fn round(
        &mut self,
        request: &Request<'_>,
        board: &Board,
        busy: &[Pair],
        want: usize,
        last: bool,
    ) -> Vec<Pair> {
        let items = self.item.len();
        let mut free = items;
        for item in busy.iter().flat_map(|pair| [pair.left, pair.right]) {
            self.leave(item, &mut free);
        }
        let known = |item: u32| rank(self.matrices.variance(self.place(item)));
        let rests = who_rests(request, board, &self.item[..free], known);
        if let Some(rests) = rests {
            self.leave(rests, &mut free);
        }
        let full = want.min(free / 2);
        let mut supply = Supply::new(board, &self.item[..free]);
        // Leans and meetings change only for items that leave the round, so they are looked up once.
        self.matrices.open(free, |i, j| board.admissible(self.item[i], self.item[j]).is_some());
        let mut taken = Vec::new();
        while let Some((a, b)) = self.best(request, board, free, &supply).filter(|_| taken.len() < full) {
            let Some(pair) = board.admissible(a, b).filter(|&pair| board.reserve(pair)) else {
                // The quota of such pairs is used up.
                self.matrices.open(free, |i, j| board.admissible(self.item[i], self.item[j]).is_some());
                continue;
            };
            supply.take(board.lean(a), board.lean(b));
            self.leave(a, &mut free);
            self.leave(b, &mut free);
            self.update(Pair::new(a, b), 1.0, if last { free } else { items });
            taken.push(pair);
        }
        if taken.len() < full && !board.has_quotas() {
            self.complete(board, &mut taken, full, self.item[..free].iter().copied().chain(rests).collect(), last);
        }
        taken
    }

    /// Fills a round that fell short: with any two of the `left` that may meet, else by exchanging partners. Whoever was to
    /// rest may stand in.
    fn complete(&mut self, board: &Board, taken: &mut Vec<Pair>, full: usize, mut left: Vec<u32>, last: bool) {
        let side = |a, b| board.admissible(a, b);
        while taken.len() < full {
            let meet = left.iter().enumerate().flat_map(|(at, &a)| left[at + 1..].iter().map(move |&b| (a, b)));
            let direct = meet.filter_map(|(a, b)| side(a, b)).max_by_key(|&pair| self.rank(pair));
            let (broken, added) = match direct {
                Some(pair) => (None, vec![pair]),
                None => match exchange(taken, &left, side, |pair| self.rank(pair)) {
                    Some((at, pairs)) => (Some(taken.swap_remove(at)), pairs.to_vec()),
                    None => break,
                },
            };
            left.retain(|&item| added.iter().all(|pair| pair.left != item && pair.right != item));
            if !last {
                if let Some(pair) = broken {
                    self.update(pair, -1.0, self.item.len());
                }
                for &pair in &added {
                    self.update(pair, 1.0, self.item.len());
                }
            }
            taken.extend(added);
        }
    }

    fn rank(&self, pair: Pair) -> u64 {
        rank(self.matrices.gain(self.place(pair.left), self.place(pair.right)))
    }

    fn place(&self, item: u32) -> usize {
        self.place[item as usize]
    }

    fn update(&mut self, pair: Pair, times: f64, places: usize) {
        self.matrices.update(self.place(pair.left), self.place(pair.right), times, places);
    }

    /// Moves an item behind the free ones, which become one fewer.
    fn leave(&mut self, item: u32, free: &mut usize) {
        *free -= 1;
        let (from, to) = (self.place(item), *free);
        let other = self.item[to];
        self.matrices.exchange(from, to);
        self.item.swap(from, to);
        (self.place[item as usize], self.place[other as usize]) = (to, from);
    }

    /// The free pair that is worth most; among equals the one that the seed prefers.
    fn best(&self, request: &Request<'_>, board: &Board, free: usize, supply: &Supply) -> Option<(u32, u32)> {
        let classes: Vec<usize> = self.item[..free].iter().map(|&item| class(board.lean(item))).collect();
        let allowed =
            supply.harmless().map(|row| classes.iter().map(|&c| f64::from(u8::from(row[c]))).collect::<Vec<_>>());
        let mut gains = vec![0.0; free];
        let mut most = vec![0.0_f64; free];
        for i in 1..free {
            self.matrices.gains(i, &allowed[classes[i]], &mut gains);
            most[i] = gains[..i].iter().fold(0.0, |most, &gain| if gain > most { gain } else { most });
        }
        let top = most.iter().map(|&gain| rank(gain)).max()?;
        let mut best: Option<(u64, u32, u32)> = None;
        for i in (1..free).filter(|&i| rank(most[i]) == top) {
            self.matrices.gains(i, &allowed[classes[i]], &mut gains);
            for j in (0..i).filter(|&j| rank(gains[j]) == top) {
                let (a, b) = (self.item[i].min(self.item[j]), self.item[i].max(self.item[j]));
                // Where nothing is left to learn, a pair that may be asked looks like one that may not.
                if top == 0 && (allowed[classes[i]][j] < 0.5 || board.admissible(a, b).is_none()) {
                    continue;
                }
                let candidate = (mix(request.seed, a, b), a, b);
                best = Some(best.map_or(candidate, |best| best.min(candidate)));
            }
        }
        best.map(|(_, a, b)| (a, b))
    }
}
