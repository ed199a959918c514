//! Which items the comparisons connect.

/// Disjoint sets of items that comparisons connect, directly or through others.
#[derive(Debug, Clone)]
pub(super) struct Components {
    parent: Vec<u32>,
}

impl Components {
    pub(super) fn new(items: usize) -> Self {
        Self { parent: (0..items as u32).collect() }
    }

    pub(super) fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.of(a), self.of(b));
        self.parent[a.max(b) as usize] = a.min(b);
    }

    /// The name of the item's component: equal for connected items.
    pub(super) fn of(&mut self, item: u32) -> u32 {
        let mut at = item as usize;
        while self.parent[at] as usize != at {
            // Path halving keeps the trees flat.
            self.parent[at] = self.parent[self.parent[at] as usize];
            at = self.parent[at] as usize;
        }
        at as u32
    }
}
