//! Greedy A-optimal rounds over all pairs of a few hundred items.

use super::exchange::exchange;
use super::gain::{information, rank, trace_drop};
use super::supply::{Supply, class};
use crate::pairing::board::Board;
use crate::pairing::dice::mix;
use crate::pairing::{Pair, Request};

/// The posterior covariance Σ and its square, kept up to date while pairs are taken.
///
/// With Σ² at hand ‖Σd‖² = dᵀΣ²d is three look-ups, and a pair costs O(n²) to take instead of O(n³).
#[derive(Debug, Clone)]
pub(super) struct Dense {
    items: usize,
    sigma: Vec<f64>,
    square: Vec<f64>,
    weight: Vec<f64>,
}

impl Dense {
    pub(super) fn new(mean: &[f64], covariance: &[f64]) -> Self {
        let items = mean.len();
        let mut square = vec![0.0; items * items];
        let mut weight = vec![0.0; items * items];
        for i in 0..items {
            let row = &covariance[i * items..][..items];
            for j in 0..=i {
                let dot = dot(row, &covariance[j * items..][..items]);
                let w = information(mean[i] - mean[j]);
                for at in [i * items + j, j * items + i] {
                    square[at] = dot;
                    weight[at] = w;
                }
            }
        }
        Self { items, sigma: covariance.to_vec(), square, weight }
    }

    /// A round of at most `want` pairs among the free items, recorded on the board. After the last round of a wave nothing
    /// more is asked of `self`.
    pub(super) fn round(
        &mut self,
        request: &Request<'_>,
        board: &mut Board,
        mut free: Vec<u32>,
        want: usize,
        last: bool,
    ) -> Vec<Pair> {
        if free.len() % 2 == 1 {
            let rests = self.who_rests(request, board, &free);
            free.retain(|&item| item != rests);
        }
        let mut supply = Supply::new(board, &free);
        // Leans and meetings change only for items that leave the round, so they are looked up once.
        let askable = self.askable(board, &free);
        let full = want.min(free.len() / 2);
        let mut taken = Vec::new();
        while let Some((a, b)) = self.best(request, board, &free, &askable, &supply).filter(|_| taken.len() < full) {
            supply.take(board.lean(a), board.lean(b));
            free.retain(|&item| item != a && item != b);
            if last {
                // Nobody asks again about the items that left.
                self.update(a, b, 1.0, free.iter().map(|&item| item as usize));
            } else {
                self.update(a, b, 1.0, 0..self.items);
            }
            taken.extend(board.admissible(a, b));
        }
        while let Some((at, pairs)) =
            exchange(board, &taken, &free, |pair| self.rank(pair.left, pair.right)).filter(|_| taken.len() < full)
        {
            let broken = std::mem::replace(&mut taken[at], pairs[0]);
            taken.push(pairs[1]);
            free.retain(|&item| pairs.iter().all(|pair| pair.left != item && pair.right != item));
            if !last {
                self.update(broken.left, broken.right, -1.0, 0..self.items);
                for pair in pairs {
                    self.update(pair.left, pair.right, 1.0, 0..self.items);
                }
            }
        }
        for &pair in &taken {
            board.record(pair);
        }
        taken
    }

    /// Of an odd number of items the one that sits out: of those with the most comparisons the one known best.
    fn who_rests(&self, request: &Request<'_>, board: &Board, free: &[u32]) -> u32 {
        let known = |item: u32| rank(self.sigma[item as usize * (self.items + 1)]);
        let order = |item: &u32| (u32::MAX - board.games(*item), known(*item), mix(request.seed, *item, *item));
        free.iter().copied().min_by_key(order).expect("an odd number is not 0")
    }

    fn askable(&self, board: &Board, free: &[u32]) -> Vec<bool> {
        let mut askable = vec![false; self.items * self.items];
        for (at, &a) in free.iter().enumerate() {
            for &b in &free[at + 1..] {
                askable[a as usize * self.items + b as usize] = board.admissible(a, b).is_some();
            }
        }
        askable
    }

    fn best(
        &self,
        request: &Request<'_>,
        board: &Board,
        free: &[u32],
        askable: &[bool],
        supply: &Supply,
    ) -> Option<(u32, u32)> {
        let harmless = supply.harmless();
        let n = self.items;
        let mut best = None;
        let mut best_rank = 0;
        for (at, &a) in free.iter().enumerate() {
            let i = a as usize;
            let allowed = &harmless[class(board.lean(a))];
            let row = i * n..(i + 1) * n;
            let (sigma, square) = (&self.sigma[row.clone()], &self.square[row.clone()]);
            let (weight, askable) = (&self.weight[row.clone()], &askable[row]);
            let (sigma_ii, square_ii) = (sigma[i], square[i]);
            for &b in &free[at + 1..] {
                let j = b as usize;
                if !askable[j] || !allowed[class(board.lean(b))] {
                    continue;
                }
                let diagonal = j * n + j;
                let spread = sigma_ii + self.sigma[diagonal] - 2.0 * sigma[j];
                let reach = square_ii + self.square[diagonal] - 2.0 * square[j];
                let rank = rank(trace_drop(weight[j], reach, spread));
                let better = match best {
                    Some((c, d)) if rank == best_rank => mix(request.seed, a, b) < mix(request.seed, c, d),
                    Some(_) => rank > best_rank,
                    None => true,
                };
                if better {
                    best = Some((a, b));
                    best_rank = rank;
                }
            }
        }
        best
    }

    fn rank(&self, a: u32, b: u32) -> u64 {
        let (i, j, n) = (a as usize, b as usize, self.items);
        let through = |matrix: &[f64]| matrix[i * n + i] + matrix[j * n + j] - 2.0 * matrix[i * n + j];
        rank(trace_drop(self.weight[i * n + j], through(&self.square), through(&self.sigma)))
    }

    /// Σ ← Σ − c Σd dᵀΣ with c = w / (1 + w dᵀΣd), and Σ² with it, in the rows given; `times` = −1 takes a pair back.
    fn update(&mut self, a: u32, b: u32, times: f64, rows: impl Iterator<Item = usize>) {
        let (i, j, n) = (a as usize, b as usize, self.items);
        let difference = |matrix: &[f64]| -> Vec<f64> {
            matrix[i * n..][..n].iter().zip(&matrix[j * n..][..n]).map(|(x, y)| x - y).collect()
        };
        let (u, v) = (difference(&self.sigma), difference(&self.square));
        let w = times * self.weight[i * n + j];
        let c = w / (1.0 + w * (u[i] - u[j]));
        let reach = v[i] - v[j];
        for k in rows {
            let (from_u, from_v) = (c * c * reach * u[k] - c * v[k], -c * u[k]);
            let sigma = &mut self.sigma[k * n..][..n];
            let square = &mut self.square[k * n..][..n];
            for (((sigma, square), u), v) in sigma.iter_mut().zip(square).zip(&u).zip(&v) {
                *sigma += from_v * u;
                *square += from_u * u + from_v * v;
            }
        }
    }
}

/// A dot product in four lanes, which the compiler may keep in vector registers.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut lanes = [0.0; 4];
    let (a_chunks, b_chunks) = (a.chunks_exact(4), b.chunks_exact(4));
    let rest: f64 = a_chunks.remainder().iter().zip(b_chunks.remainder()).map(|(x, y)| x * y).sum();
    for (x, y) in a_chunks.zip(b_chunks) {
        for lane in 0..4 {
            lanes[lane] += x[lane] * y[lane];
        }
    }
    (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]) + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covariance() -> Vec<f64> {
        // A Aᵀ + I for a fixed A, n = 4.
        let a = [[1.0, 0.2, 0.0], [0.3, 0.9, 0.1], [0.0, 0.4, 1.1], [0.5, 0.0, 0.2]];
        let mut sigma = vec![0.0; 16];
        for i in 0..4 {
            for j in 0..4 {
                sigma[i * 4 + j] = (0..3).map(|k| a[i][k] * a[j][k]).sum::<f64>() + f64::from(u8::from(i == j));
            }
        }
        sigma
    }

    #[test]
    fn taking_a_pair_lowers_the_trace_by_its_gain_and_keeps_the_square() {
        let mean = [0.4, -0.3, 1.2, 0.0];
        let mut dense = Dense::new(&mean, &covariance());
        let trace = |dense: &Dense| (0..4).map(|i| dense.sigma[i * 5]).sum::<f64>();
        for (i, j) in [(0, 2), (1, 3), (0, 1), (0, 2)] {
            let spread = dense.sigma[i * 5] + dense.sigma[j * 5] - 2.0 * dense.sigma[i * 4 + j];
            let reach = dense.square[i * 5] + dense.square[j * 5] - 2.0 * dense.square[i * 4 + j];
            let gain = trace_drop(information(mean[i] - mean[j]), reach, spread);
            let before = trace(&dense);
            dense.update(i as u32, j as u32, 1.0, 0..4);
            assert!((before - trace(&dense) - gain).abs() < 1e-12);
            for r in 0..4 {
                for c in 0..4 {
                    let product: f64 = (0..4).map(|k| dense.sigma[r * 4 + k] * dense.sigma[k * 4 + c]).sum();
                    assert!((product - dense.square[r * 4 + c]).abs() < 1e-12);
                }
            }
        }
        for (i, j) in [(0, 2), (0, 1), (1, 3), (0, 2)] {
            dense.update(i, j, -1.0, 0..4);
        }
        assert!(dense.sigma.iter().zip(covariance()).all(|(left, right)| (left - right).abs() < 1e-12));
    }
}
