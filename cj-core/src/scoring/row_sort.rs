use super::Outcome;
use super::row::{Bits, Row};

/// Judgements sorted by pair: a radix sort by the digits of the larger and then of the smaller item. Many rows are first dealt
/// out by the leading digit of the smaller item, into heaps that the nearest cache holds while they are sorted.
pub(crate) fn sorted<N: Bits>(
    items: usize,
    judgements: impl ExactSizeIterator<Item = (u32, u32, Outcome)>,
) -> Vec<Row<N>> {
    let mut rows: Vec<Row<N>> = judgements.map(Row::new).collect();
    let count = rows.len();
    if count < FEW || rows.is_sorted_by_key(|row| row.pair()) {
        rows.sort_unstable_by_key(|row| row.bits());
        return rows;
    }
    let (high, low) = (Row::<N>::HIGH, Row::<N>::LOW);
    let bits = usize::BITS - items.saturating_sub(1).leading_zeros();
    let leading = if count < MANY { 0 } else { bits.min(LEADING) };
    let mut digits: Vec<Digit> = Digit::of(high, bits).chain(Digit::of(low, bits - leading)).collect();
    let first = if leading > 0 { Digit::new(low + bits - leading, leading) } else { digits.remove(0) };
    let mut dealt = vec![Row::new((0, 0, Outcome::Left)); count];
    let (mut ends, mut next) = (Vec::new(), Vec::new());
    first.sort(&rows, &mut dealt, &mut ends);
    if leading == 0 {
        ends = vec![count as u32];
    }
    let mut start = 0;
    for end in ends {
        let heap = start..end as usize;
        let (mut from, mut to) = (&mut dealt[heap.clone()], &mut rows[heap]);
        for digit in &digits {
            digit.sort(from, to, &mut next);
            std::mem::swap(&mut from, &mut to);
        }
        start = end as usize;
    }
    if digits.len() % 2 == 1 { rows } else { dealt }
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

    fn read<N: Bits>(self, row: Row<N>) -> usize {
        (row.bits() >> self.shift & ((1 << self.width) - 1)) as usize
    }

    /// Puts rows in the order of the digit; `next` is then the end of each value's rows.
    fn sort<N: Bits>(self, rows: &[Row<N>], to: &mut [Row<N>], next: &mut Vec<u32>) {
        next.clear();
        next.resize(1 << self.width, 0);
        for row in rows {
            next[self.read(*row)] += 1;
        }
        let mut before = 0;
        for place in &mut *next {
            (*place, before) = (before, before + *place);
        }
        for row in rows {
            let place = &mut next[self.read(*row)];
            to[*place as usize] = *row;
            *place += 1;
        }
    }
}

/// Below this many rows comparing them is as fast as counting.
const FEW: usize = 256;
/// More places to write to than this are more than the caches hold.
const WIDEST_DIGIT: u32 = 10;
/// From so many rows on they are dealt into heaps, by so many bits.
const MANY: usize = 1 << 17;
const LEADING: u32 = 8;
