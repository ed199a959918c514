//! An ordered pair of items.

/// An ordered pair of items, by index: who is shown on the left and who on the right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_structs, reason = "a pair has two sides and never another field")]
pub struct Pair {
    /// Index of the item shown first.
    pub left: u32,
    /// Index of the item shown second.
    pub right: u32,
}

impl Pair {
    /// The pair with `left` shown first.
    pub fn new(left: u32, right: u32) -> Self {
        Self { left, right }
    }

    /// The same two items in the other order.
    #[must_use]
    pub fn swapped(self) -> Self {
        Self { left: self.right, right: self.left }
    }

    /// The two items, smaller index first: the same for a pair and its swap.
    pub fn unordered(self) -> (u32, u32) {
        (self.left.min(self.right), self.left.max(self.right))
    }
}
