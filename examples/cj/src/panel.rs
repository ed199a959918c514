//! Who judges what.
use std::collections::BTreeSet;

use cj_core::pairing::Pair;

/// Assigns judges to comparisons: nobody sees the same two items twice, and loads stay as equal as that allows.
#[derive(Debug)]
pub struct Panel {
    loads: Vec<u64>,
    /// How much each judged before.
    before: Vec<u64>,
    seen: BTreeSet<(usize, u32, u32)>,
    next: usize,
}

impl Panel {
    /// A panel of `judges` judges; the seed says who begins.
    pub fn new(judges: usize, seed: u64) -> Self {
        let next = if judges == 0 { 0 } else { (seed % judges as u64) as usize };
        Self { loads: vec![0; judges], before: vec![0; judges], seen: BTreeSet::new(), next }
    }

    /// Notes that a judge has judged a pair before; this counts as load only where loads are equal.
    pub fn has_seen(&mut self, judge: usize, pair: Pair) {
        let (a, b) = pair.unordered();
        self.seen.insert((judge, a, b));
        self.before[judge] += 1;
    }

    /// The judge of a comparison: of those who have not seen its items together, the one with the smallest load. None
    /// where everybody has.
    pub fn assign(&mut self, pair: Pair) -> Option<usize> {
        let (a, b) = pair.unordered();
        let judges = self.loads.len();
        let in_turn = (0..judges).map(|step| (self.next + step) % judges);
        let judge = in_turn
            .filter(|judge| !self.seen.contains(&(*judge, a, b)))
            .min_by_key(|judge| (self.loads[*judge], self.before[*judge]))?;
        self.loads[judge] += 1;
        self.seen.insert((judge, a, b));
        self.next = (judge + 1) % judges;
        Some(judge)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loads_are_equal_and_nobody_sees_a_pair_twice() {
        let mut panel = Panel::new(3, 7);
        panel.has_seen(1, Pair::new(1, 0));
        let assigned: Vec<_> = (0..3).map(|_| panel.assign(Pair::new(0, 1))).collect();
        assert_eq!(assigned, [Some(2), Some(0), None]);
        for item in 2..30 {
            panel.assign(Pair::new(0, item));
        }
        assert_eq!(panel.loads, [10, 10, 10]);
        assert_eq!(Panel::new(0, 1).assign(Pair::new(0, 1)), None);
    }
}
