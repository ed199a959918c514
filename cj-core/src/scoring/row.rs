use super::Outcome;

/// One judgement of weight 1 in one number: smaller item, larger item, which of them was on the left, and the outcome. Numbers
/// sort by pair.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row<N>(N);

/// A number that holds a row: the shorter, the more rows a cache holds.
pub(crate) trait Bits: Copy + Ord + Into<u64> {
    /// Bits of an item.
    const ITEM: u32;

    /// The lowest bits of a number.
    fn of(bits: u64) -> Self;
}

impl Bits for u32 {
    const ITEM: u32 = 14;

    fn of(bits: u64) -> Self {
        bits as Self
    }
}

impl Bits for u64 {
    const ITEM: u32 = 30;

    fn of(bits: u64) -> Self {
        bits
    }
}

impl<N: Bits> Row<N> {
    /// Numbers of items are smaller than this.
    pub(crate) const MOST_ITEMS: usize = 1 << N::ITEM;
    /// Where the larger item begins.
    pub(crate) const HIGH: u32 = 3;
    /// Where the smaller item begins.
    pub(crate) const LOW: u32 = Self::HIGH + N::ITEM;

    /// A judgement of items with numbers below [`Self::MOST_ITEMS`].
    #[inline]
    pub(crate) fn new((left, right, outcome): (u32, u32, Outcome)) -> Self {
        let (low, high) = (u64::from(left.min(right)), u64::from(left.max(right)));
        let outcome = match outcome {
            Outcome::Left => LEFT,
            Outcome::Right => RIGHT,
            Outcome::Tie => TIE,
        };
        Self(N::of(low << Self::LOW | high << Self::HIGH | u64::from(left > right) << SWAPPED | outcome))
    }

    /// Left item, right item, and the outcome.
    pub(crate) fn judgement(self) -> (u32, u32, Outcome) {
        let (low, high) = self.edge();
        let (left, right) = if self.is_swapped() { (high, low) } else { (low, high) };
        (left, right, self.outcome())
    }

    /// (smaller, larger).
    pub(crate) fn edge(self) -> (u32, u32) {
        (self.low(), self.high())
    }

    pub(crate) fn low(self) -> u32 {
        (self.bits() >> Self::LOW) as u32
    }

    pub(crate) fn high(self) -> u32 {
        (self.bits() >> Self::HIGH) as u32 & (Self::MOST_ITEMS as u32 - 1)
    }

    /// The items alone: the smaller above the larger.
    pub(crate) fn pair(self) -> u64 {
        self.bits() >> Self::HIGH
    }

    /// Whether the left item is the larger one.
    pub(crate) fn is_swapped(self) -> bool {
        self.bits() >> SWAPPED & 1 == 1
    }

    pub(crate) fn outcome(self) -> Outcome {
        match self.bits() & OUTCOME {
            LEFT => Outcome::Left,
            RIGHT => Outcome::Right,
            _ => Outcome::Tie,
        }
    }

    pub(crate) fn is_tie(self) -> bool {
        self.bits() & OUTCOME == TIE
    }

    /// Whether the larger item won; of no meaning for a tie.
    pub(crate) fn is_won_by_larger(self) -> bool {
        (self.bits() ^ self.bits() >> SWAPPED) & 1 == 1
    }

    pub(crate) fn bits(self) -> u64 {
        self.0.into()
    }
}

const LEFT: u64 = 0;
const RIGHT: u64 = 1;
const TIE: u64 = 2;
const OUTCOME: u64 = 3;
const SWAPPED: u32 = 2;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_holds_what_was_put_in_up_to_the_largest_item() {
        fn check<N: Bits>() {
            let most = Row::<N>::MOST_ITEMS as u32 - 1;
            for (left, right) in [(0, 1), (1, 0), (most, 0), (most - 1, most), (most, most - 1)] {
                for outcome in [Outcome::Left, Outcome::Right, Outcome::Tie] {
                    let row = Row::<N>::new((left, right, outcome));
                    assert_eq!(row.judgement(), (left, right, outcome));
                    assert_eq!(row.is_tie(), outcome == Outcome::Tie);
                    let winner = [left, right].get(outcome as usize).copied();
                    let larger = if row.is_won_by_larger() { left.max(right) } else { left.min(right) };
                    assert!(winner.is_none_or(|winner| winner == larger));
                }
            }
        }
        check::<u32>();
        check::<u64>();
    }
}
