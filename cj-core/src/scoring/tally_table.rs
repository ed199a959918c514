use std::ops::{AddAssign, Shl};

use super::edges::Edges;
use super::wins::Wins;
use super::{Outcome, PairCount};

/// Judgements that weigh 1 each, counted: a place for every unordered pair of the items, ascending, whether judged or not.
///
/// Where there are at least as many judgements as pairs of items this is no more memory than the judgements themselves,
/// and nothing has to be sorted.
#[derive(Debug, Clone)]
pub(crate) struct TallyTable<T> {
    items: usize,
    /// Of each pair: the outcomes with the smaller item on the left, then with the larger.
    tallies: Vec<T>,
}

/// Counts of what a pair's judgements ended with; the fewer bits, the more of a table the nearest caches hold.
pub(crate) trait Tally: Copy + Default + AddAssign + From<u8> + Into<u64> + Shl<u32, Output = Self> {
    /// Bits of a count.
    const WIDTH: u32;
    /// How many outcomes it tells apart: ties come last.
    const OUTCOMES: u32;
    /// As many judgements of a pair, on average, leave the counts room enough: a power of two.
    const USUAL: u32;

    /// One in the place that begins there.
    fn one(shift: u32) -> Self {
        Self::from(1) << shift
    }

    /// Where the count of an outcome begins, if there is one.
    fn shift(swapped: bool, outcome: Outcome) -> Option<u32> {
        let outcome = outcome as u32;
        (outcome < Self::OUTCOMES).then(|| Self::WIDTH * (Self::OUTCOMES * u32::from(swapped) + outcome))
    }

    fn read(self, shift: u32) -> u64 {
        self.into() >> shift & ((1 << Self::WIDTH) - 1)
    }

    /// How often that was the outcome.
    fn count(self, swapped: bool, outcome: Outcome) -> u64 {
        Self::shift(swapped, outcome).map_or(0, |shift| self.read(shift))
    }
}

impl Tally for u16 {
    const WIDTH: u32 = 4;
    const OUTCOMES: u32 = 2;
    const USUAL: u32 = 2;
}

impl Tally for u32 {
    const WIDTH: u32 = 5;
    const OUTCOMES: u32 = 3;
    const USUAL: u32 = 3;
}

impl Tally for u64 {
    const WIDTH: u32 = 10;
    const OUTCOMES: u32 = 3;
    const USUAL: u32 = 9;
}

impl<T: Tally> TallyTable<T> {
    /// Whether this is the way to keep so many judgements of so many items.
    pub(crate) fn suits(items: usize, judgements: usize) -> bool {
        pairs(items).is_some_and(|pairs| pairs <= judgements && judgements >> T::USUAL <= pairs)
    }

    /// Counts judgements; none where a pair ended one way more often than a count can tell, or in a way that is not told apart.
    pub(crate) fn of(items: usize, judgements: impl Iterator<Item = (u32, u32, Outcome)>) -> Option<Self> {
        let mut tallies = vec![T::default(); pairs(items)?];
        // A pair's place is that of its smaller item, plus the larger.
        let bases: Vec<usize> = (0..items).map(|low| (low * (2 * items - low - 1) / 2).wrapping_sub(low + 1)).collect();
        let most = (1 << T::WIDTH) - 1;
        for (left, right, outcome) in judgements {
            let tally = &mut tallies[bases[left.min(right) as usize].wrapping_add(left.max(right) as usize)];
            let shift = T::shift(left > right, outcome)?;
            if tally.read(shift) == most {
                return None;
            }
            *tally += T::one(shift);
        }
        Some(Self { items, tallies })
    }

    /// Counts per ordered pair.
    pub(crate) fn counts(&self) -> Vec<PairCount> {
        let mut counts = Vec::new();
        for ((low, high), tally) in self.rows().flat_map(|(low, row)| (low + 1..).map(move |high| (low, high)).zip(row))
        {
            for (left, right, swapped) in [(low, high, false), (high, low, true)] {
                let count = |outcome| tally.count(swapped, outcome) as f64;
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
                let count = |swapped, outcome| tally.count(swapped, outcome) as u16;
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
    fn rows(&self) -> impl Iterator<Item = (usize, &[T])> {
        let start = |low: usize| low * (2 * self.items - low - 1) / 2;
        (0..self.items).map(move |low| (low, &self.tallies[start(low)..start(low + 1)]))
    }
}

/// How many unordered pairs there are.
fn pairs(items: usize) -> Option<usize> {
    items.checked_mul(items.saturating_sub(1)).map(|ordered| ordered / 2)
}
