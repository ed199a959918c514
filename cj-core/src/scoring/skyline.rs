use super::graph::Graph;
use super::information::Information;
use super::solver::Plan;

/// Where the lower triangle of a symmetric matrix may differ from zero during Cholesky's factorisation: in each row from
/// the first entry on.
#[derive(Debug, Clone)]
pub(crate) struct Envelope {
    /// First column of each row.
    first: Vec<u32>,
    /// Where each row begins in the storage; one more than there are rows.
    starts: Vec<usize>,
}

impl Envelope {
    /// An order of the nodes that keeps the envelope thin (`Cuthill–McKee` 1969, reversed), as new position of each old
    /// one, and the envelope in that order.
    pub(crate) fn of(nodes: usize, edges: &[(u32, u32)]) -> (Vec<u32>, Self) {
        let both: Vec<(u32, u32)> = edges.iter().flat_map(|(a, b)| [(*a, *b), (*b, *a)]).collect();
        let order = Graph::new(nodes, &both).cuthill_mckee();
        let mut position = vec![0; nodes];
        for (at, node) in order.iter().rev().enumerate() {
            position[*node] = at as u32;
        }
        let mut first: Vec<u32> = (0..nodes as u32).collect();
        for (a, b) in edges {
            let (a, b) = (position[*a as usize], position[*b as usize]);
            let row = a.max(b) as usize;
            first[row] = first[row].min(a.min(b));
        }
        let mut starts = Vec::with_capacity(nodes + 1);
        let mut total = 0;
        starts.push(0);
        for (row, first) in first.iter().enumerate() {
            total += row - *first as usize + 1;
            starts.push(total);
        }
        (position, Self { first, starts })
    }

    /// About how many multiplications a factorisation takes.
    pub(crate) fn work(&self) -> usize {
        let widths = self.starts.windows(2).map(|ends| ends[1] - ends[0]);
        widths.fold(0, |sum: usize, width| sum.saturating_add(width.saturating_mul(width) / 2))
    }

    fn rows(&self) -> usize {
        self.first.len()
    }

    /// The stored part of a row, and the column it begins with.
    fn row<'a>(&self, values: &'a [f64], row: usize) -> (usize, &'a [f64]) {
        (self.first[row] as usize, &values[self.starts[row]..self.starts[row + 1]])
    }
}

/// Cholesky's factor within an envelope.
#[derive(Debug, Clone)]
pub(crate) struct SkylineFactor {
    envelope: Envelope,
    values: Vec<f64>,
}

impl SkylineFactor {
    /// Factorises; none where the matrix is not positive definite.
    pub(crate) fn new(information: &Information, plan: &Plan, envelope: &Envelope) -> Option<Self> {
        let mut values = vec![0.0; *envelope.starts.last()?];
        for ((row, own), starts) in
            plan.rows.iter().zip(information.diagonal()).zip(std::iter::repeat(&envelope.starts))
        {
            if let Some(row) = row {
                values[starts[*row as usize + 1] - 1] = own;
            }
        }
        for (edge, weight) in information.edges.iter().zip(information.weights.double().iter()) {
            if let Some((row, column)) = plan.reduced(edge) {
                let row = row as usize;
                values[envelope.starts[row] + column as usize - envelope.first[row] as usize] -= weight;
            }
        }
        let mut factor = Self { envelope: envelope.clone(), values };
        factor.factorise()?;
        Some(factor)
    }

    fn factorise(&mut self) -> Option<()> {
        for row in 0..self.envelope.rows() {
            let (done, rest) = self.values.split_at_mut(self.envelope.starts[row]);
            let first = self.envelope.first[row] as usize;
            let current = &mut rest[..=row - first];
            for column in first..row {
                let (other_first, other) = self.envelope.row(done, column);
                let from = first.max(other_first);
                let products = current[from - first..column - first].iter().zip(&other[from - other_first..]);
                let sum: f64 = products.map(|(a, b)| a * b).sum();
                let pivot = other[other.len() - 1];
                current[column - first] = (current[column - first] - sum) / pivot;
            }
            let (left, own) = current.split_at_mut(row - first);
            let pivot = own[0] - left.iter().map(|value| value * value).sum::<f64>();
            if !(pivot > 0.0 && pivot.is_finite()) {
                return None;
            }
            own[0] = pivot.sqrt();
        }
        Some(())
    }

    /// Solves for a right side in rows.
    pub(crate) fn solve(&self, mut right: Vec<f64>) -> Vec<f64> {
        for row in 0..self.envelope.rows() {
            let (first, values) = self.envelope.row(&self.values, row);
            let (left, own) = values.split_at(row - first);
            let sum: f64 = left.iter().zip(&right[first..row]).map(|(a, b)| a * b).sum();
            right[row] = (right[row] - sum) / own[0];
        }
        for row in (0..self.envelope.rows()).rev() {
            let (first, values) = self.envelope.row(&self.values, row);
            let (left, own) = values.split_at(row - first);
            let value = right[row] / own[0];
            right[row] = value;
            for (other, factor) in right[first..row].iter_mut().zip(left) {
                *other -= factor * value;
            }
        }
        right
    }

    /// The inverse within the envelope, of which only the diagonal is given out (Takahashi's recursion).
    ///
    /// Z = L⁻ᵀ L⁻¹ obeys Z = D⁻¹-part − Σ: entries of Z inside the envelope need only entries inside it.
    pub(crate) fn inverse_diagonal(&self) -> Vec<f64> {
        let rows = self.envelope.rows();
        let mut inverse = vec![0.0; self.values.len()];
        // Columns of the factor below the diagonal, as (row, value), because the recursion runs over columns.
        let mut columns: Vec<Vec<(usize, f64)>> = vec![Vec::new(); rows];
        for row in 0..rows {
            let (first, values) = self.envelope.row(&self.values, row);
            for (at, value) in values[..row - first].iter().enumerate() {
                columns[first + at].push((row, *value));
            }
        }
        let place = |row: usize, column: usize| {
            let (row, column) = (row.max(column), row.min(column));
            let first = self.envelope.first[row] as usize;
            (column >= first).then(|| self.envelope.starts[row] + column - first)
        };
        for column in (0..rows).rev() {
            let pivot = self.values[self.envelope.starts[column + 1] - 1];
            let below = &columns[column];
            for (row, _) in below {
                let sum: f64 =
                    below.iter().map(|(other, value)| value * place(*row, *other).map_or(0.0, |at| inverse[at])).sum();
                if let Some(at) = place(*row, column) {
                    inverse[at] = -sum / pivot;
                }
            }
            let sum: f64 =
                below.iter().map(|(other, value)| value * place(*other, column).map_or(0.0, |at| inverse[at])).sum();
            inverse[self.envelope.starts[column + 1] - 1] = (1.0 / pivot - sum) / pivot;
        }
        (0..rows).map(|row| inverse[self.envelope.starts[row + 1] - 1]).collect()
    }
}
