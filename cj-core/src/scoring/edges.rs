use std::ops::Range;

/// The unordered pairs of a graph, each once, as (smaller, larger) item, ascending; kept by rows, the larger items of each
/// smaller one.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Edges {
    /// Where the row of each item begins, and the end of the last.
    starts: Vec<usize>,
    others: Vec<u32>,
}

impl Edges {
    /// Takes rows one after the other: how long each is, and the larger items of all.
    pub(crate) fn of_rows(lengths: &[u32], others: Vec<u32>) -> Self {
        let mut starts = Vec::with_capacity(lengths.len() + 1);
        let mut end = 0;
        starts.push(end);
        for length in lengths {
            end += *length as usize;
            starts.push(end);
        }
        Self { starts, others }
    }

    /// Takes pairs that are in order.
    pub(crate) fn new(items: usize, pairs: &[(u32, u32)]) -> Self {
        let mut lengths = vec![0; items];
        for (low, _) in pairs {
            lengths[*low as usize] += 1;
        }
        Self::of_rows(&lengths, pairs.iter().map(|(_, high)| *high).collect())
    }

    pub(crate) fn len(&self) -> usize {
        self.others.len()
    }

    /// The larger items of all pairs.
    pub(crate) fn others(&self) -> &[u32] {
        &self.others
    }

    /// Each smaller item with the places of its pairs.
    pub(crate) fn rows(&self) -> impl Iterator<Item = (usize, Range<usize>)> {
        self.starts.windows(2).map(|ends| ends[0]..ends[1]).enumerate()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, u32)> {
        self.rows().flat_map(|(low, places)| self.others[places].iter().map(move |high| (low as u32, *high)))
    }

    /// Place of a pair.
    pub(crate) fn place(&self, low: u32, high: u32) -> Option<usize> {
        let low = low as usize;
        let (start, end) = (*self.starts.get(low)?, *self.starts.get(low + 1)?);
        self.others[start..end].binary_search(&high).ok().map(|at| start + at)
    }
}
