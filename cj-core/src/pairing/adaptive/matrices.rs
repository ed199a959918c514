//! The posterior covariance and its square while pairs are being taken.

use super::gain::{information, trace_drop};

/// Σ and Σ² by *place*: items may change places, so that those still free stay together.
///
/// With Σ² at hand ‖Σd‖² = dᵀΣ²d is three look-ups, and a pair costs O(n²) to take instead of O(n³).
#[derive(Debug, Clone)]
pub(super) struct Matrices {
    items: usize,
    mean: Vec<f64>,
    sigma: Vec<f64>,
    square: Vec<f64>,
    open: Vec<f64>,
    sigma_diagonal: Vec<f64>,
    square_diagonal: Vec<f64>,
}

impl Matrices {
    pub(super) fn new(mean: &[f64], covariance: &[f64]) -> Self {
        let items = mean.len();
        let mut square = vec![0.0; items * items];
        for i in 0..items {
            let row = &covariance[i * items..][..items];
            for j in 0..=i {
                let product = dot(row, &covariance[j * items..][..items]);
                square[i * items + j] = product;
                square[j * items + i] = product;
            }
        }
        let diagonal = |matrix: &[f64]| (0..items).map(|i| matrix[i * items + i]).collect();
        let (sigma_diagonal, square_diagonal) = (diagonal(covariance), diagonal(&square));
        let (mean, sigma, open) = (mean.to_vec(), covariance.to_vec(), vec![0.0; items * items]);
        Self { items, mean, sigma, square, open, sigma_diagonal, square_diagonal }
    }

    /// Says which pairs among the first `places` may be asked from now on; nobody else may be.
    pub(super) fn open(&mut self, places: usize, may_be_asked: impl Fn(usize, usize) -> bool) {
        for i in 0..places {
            for j in 0..i {
                let w = if may_be_asked(i, j) { information(self.mean[i] - self.mean[j]) } else { 0.0 };
                self.open[i * self.items + j] = w;
                self.open[j * self.items + i] = w;
            }
        }
    }

    pub(super) fn variance(&self, place: usize) -> f64 {
        self.sigma_diagonal[place]
    }

    /// What the trace of Σ loses by comparing the items at two places.
    pub(super) fn gain(&self, i: usize, j: usize) -> f64 {
        let at = i * self.items + j;
        let through = |matrix: &[f64], diagonal: &[f64]| diagonal[i] + diagonal[j] - 2.0 * matrix[at];
        let reach = through(&self.square, &self.square_diagonal);
        trace_drop(information(self.mean[i] - self.mean[j]), reach, through(&self.sigma, &self.sigma_diagonal))
    }

    /// The gains of place `i` with the places before it: 0 where a pair is not open, or `allowed` is 0 and not 1.
    pub(super) fn gains(&self, i: usize, allowed: &[f64], gains: &mut [f64]) {
        let row = i * self.items..i * self.items + i;
        let (sigma, square, open) = (&self.sigma[row.clone()], &self.square[row.clone()], &self.open[row]);
        let (sigma_diagonal, square_diagonal) = (&self.sigma_diagonal[..i], &self.square_diagonal[..i]);
        let (allowed, gains) = (&allowed[..i], &mut gains[..i]);
        let (own_sigma, own_square) = (self.sigma_diagonal[i], self.square_diagonal[i]);
        for j in 0..i {
            let reach = own_square + square_diagonal[j] - 2.0 * square[j];
            let spread = own_sigma + sigma_diagonal[j] - 2.0 * sigma[j];
            gains[j] = trace_drop(open[j] * allowed[j], reach, spread);
        }
    }

    /// Σ ← Σ − c Σd dᵀΣ with c = w / (1 + w dᵀΣd), and Σ² with it, among the first `places`; `times` = −1 takes back what
    /// 1 did.
    pub(super) fn update(&mut self, i: usize, j: usize, times: f64, places: usize) {
        let n = self.items;
        let difference = |matrix: &[f64]| -> Vec<f64> {
            let (first, second) = (&matrix[i * n..][..n], &matrix[j * n..][..n]);
            first.iter().zip(second).map(|(x, y)| x - y).collect()
        };
        let (u, v) = (difference(&self.sigma), difference(&self.square));
        let w = times * information(self.mean[i] - self.mean[j]);
        let c = w / (1.0 + w * (u[i] - u[j]));
        let reach = v[i] - v[j];
        for k in 0..places {
            let (from_u, from_v) = (c * c * reach * u[k] - c * v[k], -c * u[k]);
            let sigma = &mut self.sigma[k * n..][..places];
            let square = &mut self.square[k * n..][..places];
            for (((sigma, square), u), v) in sigma.iter_mut().zip(square).zip(&u).zip(&v) {
                *sigma += from_v * u;
                *square += from_u * u + from_v * v;
            }
            self.sigma_diagonal[k] = self.sigma[k * n + k];
            self.square_diagonal[k] = self.square[k * n + k];
        }
    }

    /// Lets two items change places.
    pub(super) fn exchange(&mut self, i: usize, j: usize) {
        if i == j {
            return;
        }
        let n = self.items;
        let (low, high) = (i.min(j), i.max(j));
        for matrix in [&mut self.sigma, &mut self.square, &mut self.open] {
            let (before, from) = matrix.split_at_mut(high * n);
            before[low * n..][..n].swap_with_slice(&mut from[..n]);
            for row in matrix.chunks_exact_mut(n) {
                row.swap(i, j);
            }
        }
        self.mean.swap(i, j);
        self.sigma_diagonal.swap(i, j);
        self.square_diagonal.swap(i, j);
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

    const MEAN: [f64; 4] = [0.4, -0.3, 1.2, 0.0];

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

    fn assert_square(matrices: &Matrices) {
        for r in 0..4 {
            for c in 0..4 {
                let product: f64 = (0..4).map(|k| matrices.sigma[r * 4 + k] * matrices.sigma[k * 4 + c]).sum();
                assert!((product - matrices.square[r * 4 + c]).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn taking_a_pair_lowers_the_trace_by_its_gain_and_can_be_taken_back() {
        let mut matrices = Matrices::new(&MEAN, &covariance());
        let pairs = [(0, 2), (1, 3), (0, 1), (0, 2)];
        matrices.open(4, |_, _| true);
        for (i, j) in pairs {
            let gain = matrices.gain(i, j);
            let mut row = [0.0; 4];
            matrices.gains(j, &[1.0; 4], &mut row);
            assert!((row[i] - gain).abs() < 1e-15);
            let before: f64 = matrices.sigma_diagonal.iter().sum();
            matrices.update(i, j, 1.0, 4);
            assert!((before - matrices.sigma_diagonal.iter().sum::<f64>() - gain).abs() < 1e-12);
            assert_square(&matrices);
        }
        for (i, j) in pairs {
            matrices.update(i, j, -1.0, 4);
        }
        assert!(matrices.sigma.iter().zip(covariance()).all(|(left, right)| (left - right).abs() < 1e-12));
    }

    #[test]
    fn items_that_change_places_keep_their_gains() {
        let mut matrices = Matrices::new(&MEAN, &covariance());
        let (far, near) = (matrices.gain(0, 2), matrices.gain(1, 3));
        matrices.exchange(0, 3);
        assert!((matrices.gain(3, 2) - far).abs() < 1e-15);
        assert!((matrices.gain(1, 0) - near).abs() < 1e-15);
        assert_square(&matrices);
    }
}
