use super::edges::Edges;
use super::pair_table::Row;
use super::wins::Wins;
use super::{Outcome, PairCount};

/// Judgements that weigh 1 each, counted: a place for every unordered pair of the items, ascending, whether judged or not.
///
/// Where there are at least as many judgements as pairs of items this is no more memory than the judgements themselves,
/// and nothing has to be sorted.
#[derive(Debug, Clone)]
pub(crate) struct TallyTable {
    items: usize,
    /// Of each pair six counts of ten bits: the three outcomes with the smaller item on the left, then with the larger.
    tallies: Vec<u64>,
}

impl TallyTable {
    /// Whether this is the way to keep so many judgements of so many items.
    pub(crate) fn suits(items: usize, judgements: usize) -> bool {
        pairs(items).is_some_and(|pairs| pairs <= judgements)
    }

    /// Counts judgements; none where a pair ended one way more often than a count can tell.
    pub(crate) fn of(items: usize, rows: impl Iterator<Item = Row>) -> Option<Self> {
        let mut tallies = vec![0_u64; pairs(items)?];
        // A pair's place is that of its smaller item, plus the larger.
        let bases: Vec<usize> = (0..items).map(|low| (low * (2 * items - low - 1) / 2).wrapping_sub(low + 1)).collect();
        for row in rows {
            let (low, high) = row.edge();
            let tally = &mut tallies[bases[low as usize].wrapping_add(high as usize)];
            let shift = shift(row.is_swapped(), row.outcome());
            if *tally >> shift & MOST == MOST {
                return None;
            }
            *tally += 1 << shift;
        }
        Some(Self { items, tallies })
    }

    /// Counts per ordered pair.
    pub(crate) fn counts(&self) -> Vec<PairCount> {
        let mut counts = Vec::new();
        for ((low, high), tally) in self.rows().flat_map(|(low, row)| (low + 1..).map(move |high| (low, high)).zip(row))
        {
            for (left, right, swapped) in [(low, high, false), (high, low, true)] {
                let count = |outcome| (tally >> shift(swapped, outcome) & MOST) as f64;
                let mut pair = PairCount::new(left, right, count(Outcome::Left), count(Outcome::Right));
                pair.ties = count(Outcome::Tie);
                if pair.total() > 0.0 {
                    counts.push(pair);
                }
            }
        }
        counts
    }

    /// The pairs that somebody decided, and how often which item won.
    pub(crate) fn decided(&self) -> (Edges, Wins) {
        let mut lengths = Vec::with_capacity(self.items);
        // Written for every pair; the place moves on where there is something to keep.
        let (mut others, mut wins) = (vec![0; self.tallies.len() + 1], vec![[0; 2]; self.tallies.len() + 1]);
        let mut place = 0;
        for (low, row) in self.rows() {
            let start = place;
            for (high, tally) in (low as u32 + 1..).zip(row) {
                let count = |swapped, outcome| (tally >> shift(swapped, outcome) & MOST) as u16;
                let smaller = count(false, Outcome::Left) + count(true, Outcome::Right);
                let larger = count(false, Outcome::Right) + count(true, Outcome::Left);
                (others[place], wins[place]) = (high, [smaller, larger]);
                place += usize::from(smaller + larger > 0);
            }
            lengths.push((place - start) as u32);
        }
        others.truncate(place);
        wins.truncate(place);
        (Edges::of_rows(&lengths, others), Wins::Whole(wins))
    }

    /// Each item with its pairs with larger ones.
    fn rows(&self) -> impl Iterator<Item = (usize, &[u64])> {
        let start = |low: usize| low * (2 * self.items - low - 1) / 2;
        (0..self.items).map(move |low| (low, &self.tallies[start(low)..start(low + 1)]))
    }
}

/// How many unordered pairs there are.
fn pairs(items: usize) -> Option<usize> {
    items.checked_mul(items.saturating_sub(1)).map(|ordered| ordered / 2)
}

/// Where the count of an outcome begins.
fn shift(swapped: bool, outcome: Outcome) -> u32 {
    WIDTH * (3 * u32::from(swapped) + outcome as u32)
}

const WIDTH: u32 = 10;
/// The largest count.
const MOST: u64 = (1 << WIDTH) - 1;
