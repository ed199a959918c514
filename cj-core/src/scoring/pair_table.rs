use std::sync::{Arc, OnceLock};

use super::edges::Edges;
use super::row::{Bits, Row};
use super::row_sort::sorted;
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
    Short(Arc<Vec<Row<u32>>>),
    Long(Arc<Vec<Row<u64>>>),
    Narrowest(Arc<TallyTable<u16>>),
    Narrow(Arc<TallyTable<u32>>),
    Wide(Arc<TallyTable<u64>>),
    /// In the order of the table; every pair has a positive total.
    Counted,
}

impl PairTable {
    /// Numbers of items are smaller than this.
    pub(crate) const MOST_ITEMS: usize = Row::<u64>::MOST_ITEMS;

    /// A table of single judgements (left, right, outcome), in any order.
    pub(crate) fn of_judgements(
        items: usize,
        judgements: impl ExactSizeIterator<Item = (u32, u32, Outcome)> + Clone,
    ) -> Self {
        let narrowest = tallied(items, judgements.clone()).map(Content::Narrowest);
        let narrow = || tallied(items, judgements.clone()).map(Content::Narrow);
        let wide = || tallied(items, judgements.clone()).map(Content::Wide);
        let content = match narrowest.or_else(narrow).or_else(wide) {
            Some(content) => content,
            None if items <= Row::<u32>::MOST_ITEMS => Content::Short(Arc::new(sorted(items, judgements))),
            None => Content::Long(Arc::new(sorted(items, judgements))),
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
            Content::Short(rows) => decided(items, rows),
            Content::Long(rows) => decided(items, rows),
            Content::Narrowest(tallies) => Some(tallies.decided()),
            Content::Narrow(tallies) => Some(tallies.decided()),
            Content::Wide(tallies) => Some(tallies.decided()),
            Content::Counted => None,
        }
    }

    /// Counts per ordered pair.
    pub(crate) fn counts(&self) -> &[PairCount] {
        self.counts.get_or_init(|| match &self.content {
            Content::Short(rows) => counted(rows),
            Content::Long(rows) => counted(rows),
            Content::Narrowest(tallies) => tallies.counts().into(),
            Content::Narrow(tallies) => tallies.counts().into(),
            Content::Wide(tallies) => tallies.counts().into(),
            Content::Counted => Arc::new([]),
        })
    }

    /// The same with other numbers for the items, in the same order and below `items`.
    pub(crate) fn renumbered(&self, rank: &[usize], items: usize) -> Self {
        match &self.content {
            Content::Short(rows) if items <= Row::<u32>::MOST_ITEMS => {
                Self::of_sorted(Content::Short(moved(rows, rank)))
            }
            Content::Short(rows) => Self::of_sorted(Content::Long(moved(rows, rank))),
            Content::Long(rows) => Self::of_sorted(Content::Long(moved(rows, rank))),
            Content::Narrowest(_) | Content::Narrow(_) | Content::Wide(_) | Content::Counted => {
                let moved = |pair: &PairCount| PairCount { left: rank[pair.left], right: rank[pair.right], ..*pair };
                Self::of_counts(self.counts().iter().map(moved).collect())
            }
        }
    }

    fn of_sorted(content: Content) -> Self {
        Self { content, counts: OnceLock::new() }
    }
}

impl PartialEq for PairTable {
    fn eq(&self, other: &Self) -> bool {
        self.counts() == other.counts()
    }
}

/// A table of all pairs, where it suits and its counts are wide enough.
fn tallied<T: Tally>(
    items: usize,
    judgements: impl ExactSizeIterator<Item = (u32, u32, Outcome)>,
) -> Option<Arc<TallyTable<T>>> {
    let suits = TallyTable::<T>::suits(items, judgements.len());
    if suits { TallyTable::of(items, judgements).map(Arc::new) } else { None }
}

/// Rows with other numbers for the items.
fn moved<N: Bits, M: Bits>(rows: &[Row<N>], rank: &[usize]) -> Arc<Vec<Row<M>>> {
    let number = |item: u32| rank[item as usize] as u32;
    let moved = rows.iter().map(|row| {
        let (left, right, outcome) = row.judgement();
        Row::new((number(left), number(right), outcome))
    });
    Arc::new(moved.collect())
}

fn counted<N: Bits>(rows: &[Row<N>]) -> Arc<[PairCount]> {
    let mut counts = Vec::new();
    for same in rows.chunk_by(|a, b| a.pair() == b.pair()) {
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
fn decided<N: Bits>(items: usize, rows: &[Row<N>]) -> Option<(Edges, Wins)> {
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

/// No item: larger than any.
const NOBODY: u32 = u32::MAX;

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
                    rows.push((left, right, outcome));
                    let key = (left.min(right), left.max(right), left > right);
                    plain.entry(key).or_default()[outcome as usize] += 1.0;
                }
                let table = PairTable::of_judgements(items as usize, rows.iter().copied());
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
    fn rows_are_renumbered_beyond_what_short_ones_hold() {
        for items in [16_000, 17_000, 70_000] {
            let judgements: Vec<(u32, u32, Outcome)> =
                (0..600).map(|at| (at, (at * 7 + 1) % 601, Outcome::Left)).filter(|(a, b, _)| a != b).collect();
            let rank: Vec<usize> = (0..601).map(|item| item + items - 601).collect();
            let renumbered = |(a, b, outcome)| (rank[a as usize] as u32, rank[b as usize] as u32, outcome);
            let expected = PairTable::of_judgements(items, judgements.clone().into_iter().map(renumbered));
            assert_eq!(PairTable::of_judgements(601, judgements.into_iter()).renumbered(&rank, items), expected);
        }
    }

    #[test]
    fn a_pair_that_is_judged_too_often_for_a_tally_is_counted_all_the_same() {
        // Four bits hold 15 answers of one kind, five 31, ten 1,023, sixteen 65,535 wins of one item.
        for often in [15, 16, 31, 32, 1_023, 1_024, 65_535, 65_536] {
            let rows = || (0..often).map(|_| (0, 1, Outcome::Left)).chain([(1, 0, Outcome::Tie)]);
            let rows: Vec<_> = rows().collect();
            let table = PairTable::of_judgements(2, rows.iter().copied());
            let tie = PairCount { ties: 1.0, ..PairCount::new(1, 0, 0.0, 0.0) };
            assert_eq!(table.counts(), [PairCount::new(0, 1, f64::from(often), 0.0), tie]);
            let decided = table.decided(2).map(|(edges, wins)| (edges.len(), wins.get(0)));
            let expected = (often < 65_536).then(|| (1, [f64::from(often), 0.0]));
            assert_eq!(decided, expected, "{often}");
        }
    }
}
