use std::sync::{Arc, OnceLock};

use super::edges::Edges;
use super::tally_table::{Tally, TallyTable};
use super::wins::Wins;
use super::{Outcome, PairCount};

/// What was judged, in the order of the unordered pairs: by the smaller item, then by the larger; within a pair the
/// judgements with the smaller item on the left come first.
///
/// Single judgements are kept as one number each, which is all that a fit needs and a fifth of the memory of counts, or
/// counted in a table of all pairs where they are as many; the counts are made when somebody asks for them.
#[derive(Debug, Clone)]
pub(crate) struct PairTable {
    content: Content,
    counts: OnceLock<Arc<[PairCount]>>,
}

#[derive(Debug, Clone)]
enum Content {
    /// Sorted by pair; within a pair in no order.
    Single(Arc<Vec<Row>>),
    Narrowest(Arc<TallyTable<u16>>),
    Narrow(Arc<TallyTable<u32>>),
    Wide(Arc<TallyTable<u64>>),
    /// In the order of the table; every pair has a positive total.
    Counted,
}

/// One judgement of weight 1: smaller item, larger item, which of them was on the left, and the outcome.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row(u64);

impl Row {
    /// The items are numbers below [`PairTable::MOST_ITEMS`].
    #[inline]
    pub(crate) fn new(left: u32, right: u32, outcome: Outcome) -> Self {
        let (low, high) = (u64::from(left.min(right)), u64::from(left.max(right)));
        let outcome = match outcome {
            Outcome::Left => LEFT,
            Outcome::Right => RIGHT,
            Outcome::Tie => TIE,
        };
        Self(low << LOW | high << HIGH | u64::from(left > right) << SWAPPED | outcome)
    }

    /// (smaller, larger).
    pub(crate) fn edge(self) -> (u32, u32) {
        (self.low(), self.high())
    }

    /// Whether both are judgements of the same two items.
    fn is_of_pair(self, other: Self) -> bool {
        (self.0 ^ other.0) >> HIGH == 0
    }

    /// Whether the left item is the larger one.
    pub(crate) fn is_swapped(self) -> bool {
        self.0 >> SWAPPED & 1 == 1
    }

    pub(crate) fn outcome(self) -> Outcome {
        match self.0 & OUTCOME {
            LEFT => Outcome::Left,
            RIGHT => Outcome::Right,
            _ => Outcome::Tie,
        }
    }

    fn is_tie(self) -> bool {
        self.0 & OUTCOME == TIE
    }

    /// Whether the larger item won; of no meaning for a tie.
    fn is_won_by_larger(self) -> bool {
        (self.0 ^ self.0 >> SWAPPED) & 1 == 1
    }

    fn low(self) -> u32 {
        (self.0 >> LOW) as u32
    }

    fn high(self) -> u32 {
        (self.0 >> HIGH) as u32 & ITEM
    }
}

impl PairTable {
    /// Numbers of items are smaller than this.
    pub(crate) const MOST_ITEMS: usize = 1 << 30;

    /// A table of single judgements, in any order.
    pub(crate) fn of_rows(items: usize, rows: impl ExactSizeIterator<Item = Row> + Clone) -> Self {
        let narrowest = tallied(items, rows.clone()).map(Content::Narrowest);
        let narrow = || tallied(items, rows.clone()).map(Content::Narrow);
        let wide = || tallied(items, rows.clone()).map(Content::Wide);
        let content = match narrowest.or_else(narrow).or_else(wide) {
            Some(content) => content,
            None => Content::Single(Arc::new(sorted(items, rows))),
        };
        Self { content, counts: OnceLock::new() }
    }

    /// A table of counts that are in its order.
    pub(crate) fn of_counts(counts: Arc<[PairCount]>) -> Self {
        Self { content: Content::Counted, counts: OnceLock::from(counts) }
    }

    /// The pairs that somebody decided and how often which item won, ties left out; none where judgements have weights,
    /// or where a pair was judged too often.
    pub(crate) fn decided(&self, items: usize) -> Option<(Edges, Wins)> {
        match &self.content {
            Content::Single(rows) => decided(items, rows),
            Content::Narrowest(tallies) => Some(tallies.decided()),
            Content::Narrow(tallies) => Some(tallies.decided()),
            Content::Wide(tallies) => Some(tallies.decided()),
            Content::Counted => None,
        }
    }

    /// Counts per ordered pair.
    pub(crate) fn counts(&self) -> &[PairCount] {
        self.counts.get_or_init(|| match &self.content {
            Content::Single(rows) => counted(rows),
            Content::Narrowest(tallies) => tallies.counts().into(),
            Content::Narrow(tallies) => tallies.counts().into(),
            Content::Wide(tallies) => tallies.counts().into(),
            Content::Counted => Arc::new([]),
        })
    }

    /// The same with other numbers for the items, in the same order.
    pub(crate) fn renumbered(&self, rank: &[usize]) -> Self {
        let number = |item: u32| rank[item as usize] as u64;
        match &self.content {
            Content::Single(rows) => {
                let moved = |row: &Row| Row(number(row.low()) << LOW | number(row.high()) << HIGH | row.0 & OTHERS);
                let rows = Arc::new(rows.iter().map(moved).collect());
                Self { content: Content::Single(rows), counts: OnceLock::new() }
            }
            Content::Narrowest(_) | Content::Narrow(_) | Content::Wide(_) | Content::Counted => {
                let moved = |pair: &PairCount| PairCount { left: rank[pair.left], right: rank[pair.right], ..*pair };
                Self::of_counts(self.counts().iter().map(moved).collect())
            }
        }
    }
}

impl PartialEq for PairTable {
    fn eq(&self, other: &Self) -> bool {
        self.counts() == other.counts()
    }
}

/// A table of all pairs, where it suits and its counts are wide enough.
fn tallied<T: Tally>(items: usize, rows: impl ExactSizeIterator<Item = Row> + Clone) -> Option<Arc<TallyTable<T>>> {
    let suits = TallyTable::<T>::suits(items, rows.len());
    if suits { TallyTable::of(items, rows).map(Arc::new) } else { None }
}

fn counted(rows: &[Row]) -> Arc<[PairCount]> {
    let mut counts = Vec::new();
    for same in rows.chunk_by(|a, b| a.is_of_pair(*b)) {
        let (low, high) = (same[0].low() as usize, same[0].high() as usize);
        let mut sides = [PairCount::new(low, high, 0.0, 0.0), PairCount::new(high, low, 0.0, 0.0)];
        for row in same {
            sides[usize::from(row.is_swapped())].add(row.outcome(), 1.0);
        }
        counts.extend(sides.into_iter().filter(|side| side.total() > 0.0));
    }
    counts.into()
}

/// Pairs and wins of sorted judgements; none where a pair was judged too often.
fn decided(items: usize, rows: &[Row]) -> Option<(Edges, Wins)> {
    let mut lengths = vec![0; items];
    let (mut others, mut wins) = (vec![0; rows.len()], vec![[0_u16; 2]; rows.len()]);
    let mut place = 0;
    for own in rows.chunk_by(|a, b| a.low() == b.low()) {
        let start = place;
        // Without a branch on whether a pair is new, which nothing could foretell: the place just does not move on.
        let mut last = NOBODY;
        for row in own.iter().filter(|row| !row.is_tie()) {
            let high = row.high();
            place += usize::from(last != high && last != NOBODY);
            others[place] = high;
            let won = &mut wins[place][usize::from(row.is_won_by_larger())];
            *won = won.checked_add(1)?;
            last = high;
        }
        place += usize::from(last != NOBODY);
        lengths[own[0].low() as usize] = (place - start) as u32;
    }
    others.truncate(place);
    wins.truncate(place);
    Some((Edges::of_rows(&lengths, others), Wins::Whole(wins)))
}

/// Sorts by pair: a radix sort by the digits of the larger and then of the smaller item. Many rows are first dealt out by the
/// leading digit of the smaller item, into heaps that the nearest cache holds while they are sorted.
fn sorted(items: usize, rows: impl ExactSizeIterator<Item = Row> + Clone) -> Vec<Row> {
    let count = rows.len();
    if count < FEW || rows.clone().is_sorted_by_key(|row| row.0 >> HIGH) {
        let mut rows: Vec<Row> = rows.collect();
        rows.sort_unstable_by_key(|row| row.0);
        return rows;
    }
    let bits = usize::BITS - items.saturating_sub(1).leading_zeros();
    let leading = if count < MANY { 0 } else { bits.min(LEADING) };
    let mut digits: Vec<Digit> = Digit::of(HIGH, bits).chain(Digit::of(LOW, bits - leading)).collect();
    let first = if leading > 0 { Digit::new(LOW + bits - leading, leading) } else { digits.remove(0) };
    let mut from = vec![Row(0); count];
    let (mut ends, mut next) = (Vec::new(), Vec::new());
    first.sort(rows, &mut from, &mut ends);
    if leading == 0 {
        ends = vec![count as u32];
    }
    let mut to = vec![Row(0); count];
    let mut start = 0;
    for end in ends {
        let heap = start..end as usize;
        let (mut from, mut to) = (&mut from[heap.clone()], &mut to[heap]);
        for digit in &digits {
            digit.sort(from.iter().copied(), to, &mut next);
            std::mem::swap(&mut from, &mut to);
        }
        start = end as usize;
    }
    if digits.len() % 2 == 1 { to } else { from }
}

/// Some bits of a row.
#[derive(Debug, Clone, Copy)]
struct Digit {
    shift: u32,
    width: u32,
}

impl Digit {
    fn new(shift: u32, width: u32) -> Self {
        Self { shift, width }
    }

    /// The digits of a number of so many bits, the last first.
    fn of(shift: u32, bits: u32) -> impl Iterator<Item = Self> {
        let width = bits.div_ceil(bits.div_ceil(WIDEST_DIGIT).max(1)).max(1);
        (0..bits.div_ceil(width)).map(move |digit| Self::new(shift + digit * width, width))
    }

    fn read(self, row: Row) -> usize {
        (row.0 >> self.shift & ((1 << self.width) - 1)) as usize
    }

    /// Puts rows in the order of the digit; `next` is then the end of each value's rows.
    fn sort(self, rows: impl Iterator<Item = Row> + Clone, to: &mut [Row], next: &mut Vec<u32>) {
        next.clear();
        next.resize(1 << self.width, 0);
        for row in rows.clone() {
            next[self.read(row)] += 1;
        }
        let mut before = 0;
        for place in &mut *next {
            (*place, before) = (before, before + *place);
        }
        for row in rows {
            let place = &mut next[self.read(row)];
            to[*place as usize] = row;
            *place += 1;
        }
    }
}

/// No item: larger than any.
const NOBODY: u32 = u32::MAX;
const LEFT: u64 = 0;
const RIGHT: u64 = 1;
const TIE: u64 = 2;
const OUTCOME: u64 = 3;
const SWAPPED: u32 = 2;
const HIGH: u32 = 3;
const LOW: u32 = 33;
/// What is below the items.
const OTHERS: u64 = (1 << HIGH) - 1;
const ITEM: u32 = (1 << 30) - 1;
/// Below this many rows comparing them is as fast as counting.
const FEW: usize = 256;
/// More places to write to than this are more than the caches hold.
const WIDEST_DIGIT: u32 = 10;
/// From so many rows on they are dealt into heaps, by so many bits.
const MANY: usize = 1 << 17;
const LEADING: u32 = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorting_and_counting_agree_with_the_plain_way() {
        let mut state = 7_u64;
        let mut below = |bound: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % bound
        };
        for items in [2_u64, 5, 300, 2_049, 70_000] {
            for judgements in [10, 5_000] {
                let mut plain = std::collections::BTreeMap::<(u32, u32, bool), [f64; 3]>::new();
                let mut rows = Vec::new();
                for _ in 0..judgements {
                    let left = below(items);
                    let right = (left + 1 + below(items - 1)) % items;
                    let (left, right) = (left as u32, right as u32);
                    let outcome = [Outcome::Left, Outcome::Right, Outcome::Tie][below(3) as usize];
                    rows.push(Row::new(left, right, outcome));
                    let key = (left.min(right), left.max(right), left > right);
                    plain.entry(key).or_default()[outcome as usize] += 1.0;
                }
                let table = PairTable::of_rows(items as usize, rows.iter().copied());
                let expected: Vec<PairCount> = plain
                    .into_iter()
                    .map(|((low, high, swapped), [wins_left, wins_right, ties])| {
                        let (left, right) = if swapped { (high, low) } else { (low, high) };
                        PairCount { left: left as usize, right: right as usize, wins_left, wins_right, ties }
                    })
                    .collect();
                assert_eq!(table.counts(), expected, "{items} items, {judgements} judgements");
                assert_eq!(table, PairTable::of_counts(expected.into()));
            }
        }
    }

    #[test]
    fn a_pair_that_is_judged_too_often_for_a_tally_is_counted_all_the_same() {
        // Four bits hold 15 answers of one kind, five 31, ten 1,023, sixteen 65,535 wins of one item.
        for often in [15, 16, 31, 32, 1_023, 1_024, 65_535, 65_536] {
            let rows = || (0..often).map(|_| Row::new(0, 1, Outcome::Left)).chain([Row::new(1, 0, Outcome::Tie)]);
            let rows: Vec<Row> = rows().collect();
            let table = PairTable::of_rows(2, rows.iter().copied());
            let tie = PairCount { ties: 1.0, ..PairCount::new(1, 0, 0.0, 0.0) };
            assert_eq!(table.counts(), [PairCount::new(0, 1, f64::from(often), 0.0), tie]);
            let decided = table.decided(2).map(|(edges, wins)| (edges.len(), wins.get(0)));
            let expected = (often < 65_536).then(|| (1, [f64::from(often), 0.0]));
            assert_eq!(decided, expected, "{often}");
        }
    }
}
