use std::collections::BTreeMap;

use super::judgements::Record;
use super::statistics::median;
use super::{Judgements, Outcome};

/// How the judges judged, before any model: one line per judge, and how steady they are when a pair is swapped.
///
/// ```
/// use cj_core::scoring::{Judgement, Judgements, Outcome, Panel};
/// let judgements = Judgements::new([
///     Judgement::new("a", "b", Outcome::Left).by("Ada").taking(900.0),
///     Judgement::new("b", "a", Outcome::Left).by("Ada").taking(1_100.0),
///     Judgement::new("a", "b", Outcome::Left).by("Bo"),
/// ])?;
/// let panel = Panel::of(&judgements);
/// let ada = &panel.judges()[0];
/// assert_eq!((ada.share_left, ada.median_milliseconds), (Some(1.0), Some(1_000.0)));
/// assert_eq!(ada.agreement, Some(0.5)); // Bo prefers a; so did Ada, once
/// assert_eq!((panel.swaps().pairs, panel.swaps().first_twice), (1.0, 1.0));
/// # Ok::<(), cj_core::scoring::ScoringError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    judges: Vec<JudgeLine>,
    swaps: Swaps,
}

/// What one judge did. Figures that need judgements that are not there are absent.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct JudgeLine {
    /// Name of the judge.
    pub judge: String,
    /// Weight of the judgements, ties included.
    pub judgements: f64,
    /// Share of the decided judgements that went to the item shown first.
    pub share_left: Option<f64>,
    /// Share of the decided judgements that agree with what most other judges said of the pair; pairs that no other
    /// judge decided, and pairs on which the others are split evenly, do not count.
    pub agreement: Option<f64>,
    /// Pairs that the judge decided in both orders.
    pub swaps: Swaps,
    /// Median time of a judgement in milliseconds, where times are given.
    pub median_milliseconds: Option<f64>,
}

/// What became of pairs that the same judge decided in both orders.
///
/// A pair that was judged several times in an order counts with its shares.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
#[non_exhaustive]
pub struct Swaps {
    /// Number of such pairs (of a judge and two items).
    pub pairs: f64,
    /// In how many of them the same item won in both orders.
    pub consistent: f64,
    /// In how many of them the item shown first won both times.
    pub first_twice: f64,
    /// In how many of them the item shown second won both times.
    pub second_twice: f64,
}

impl Panel {
    /// Looks at the judgements of named judges.
    pub fn of(judgements: &Judgements) -> Self {
        let votes = Votes::of(judgements.records());
        let mut judges = Vec::with_capacity(judgements.judges().len());
        let mut swaps = Swaps::default();
        let mut rest = judgements.records();
        for (index, judge) in judgements.judges().iter().enumerate() {
            let (own, others) = rest.split_at(rest.partition_point(|record| record.judge as usize <= index));
            rest = others;
            let line = JudgeLine::of(judge, own, &votes);
            swaps.add(&line.swaps);
            judges.push(line);
        }
        Self { judges, swaps }
    }

    /// One line per judge, in the order of [`Judgements::judges`].
    pub fn judges(&self) -> &[JudgeLine] {
        &self.judges
    }

    /// Position consistency of all judges together.
    pub fn swaps(&self) -> Swaps {
        self.swaps
    }
}

impl Swaps {
    /// Share of the swapped pairs in which the same item won twice; none without a swapped pair.
    pub fn consistency(&self) -> Option<f64> {
        (self.pairs > 0.0).then(|| self.consistent / self.pairs)
    }

    /// In how many swapped pairs the winner changed.
    pub fn flips(&self) -> f64 {
        self.first_twice + self.second_twice
    }

    fn add(&mut self, other: &Self) {
        self.pairs += other.pairs;
        self.consistent += other.consistent;
        self.first_twice += other.first_twice;
        self.second_twice += other.second_twice;
    }
}

impl JudgeLine {
    fn of(judge: &str, records: &[Record], votes: &Votes) -> Self {
        let (mut left, mut right) = (0.0, 0.0);
        let (mut agreed, mut compared) = (0.0, 0.0);
        // Weights of (smaller item first, larger item first) × (smaller wins, larger wins).
        let mut orders: BTreeMap<(u32, u32), [[f64; 2]; 2]> = BTreeMap::new();
        for record in records {
            let Some((pair, winner)) = decided(record) else { continue };
            match record.outcome {
                Outcome::Left => left += record.weight,
                _ => right += record.weight,
            }
            orders.entry(pair).or_default()[usize::from(record.left == pair.1)][winner] += record.weight;
        }
        for (pair, own) in &orders {
            let mine = [own[0][0] + own[1][0], own[0][1] + own[1][1]];
            if let Some(mode) = votes.mode_of_others(*pair, mine) {
                agreed += mine[mode];
                compared += mine[0] + mine[1];
            }
        }
        let times: Vec<f64> = records.iter().map(|record| record.milliseconds).filter(|time| !time.is_nan()).collect();
        Self {
            judge: judge.to_owned(),
            judgements: records.iter().map(|record| record.weight).sum(),
            share_left: (left + right > 0.0).then(|| left / (left + right)),
            agreement: (compared > 0.0).then(|| agreed / compared),
            swaps: swaps(&orders),
            median_milliseconds: (!times.is_empty()).then(|| median(&times)),
        }
    }
}

/// Decided judgements of all judges, per unordered pair.
struct Votes {
    totals: BTreeMap<(u32, u32), [f64; 2]>,
}

impl Votes {
    fn of(records: &[Record]) -> Self {
        let mut totals: BTreeMap<(u32, u32), [f64; 2]> = BTreeMap::new();
        for record in records {
            if let Some((pair, winner)) = decided(record) {
                totals.entry(pair).or_default()[winner] += record.weight;
            }
        }
        Self { totals }
    }

    /// Which item most of the others prefer.
    fn mode_of_others(&self, pair: (u32, u32), own: [f64; 2]) -> Option<usize> {
        let totals = self.totals.get(&pair)?;
        // Sums of weights leave crumbs when a part is taken off.
        let crumb = 1e-9 * (totals[0] + totals[1]);
        let others = [totals[0] - own[0], totals[1] - own[1]];
        if others[0] + others[1] <= crumb || (others[0] - others[1]).abs() <= crumb {
            return None;
        }
        Some(usize::from(others[1] > others[0]))
    }
}

/// The unordered pair of a judgement, smaller item first, and which of the two won.
fn decided(record: &Record) -> Option<((u32, u32), usize)> {
    let winner = match record.outcome {
        Outcome::Left => record.left,
        Outcome::Right => record.right,
        Outcome::Tie => return None,
    };
    let pair = (record.left.min(record.right), record.left.max(record.right));
    Some((pair, usize::from(winner == pair.1)))
}

fn swaps(orders: &BTreeMap<(u32, u32), [[f64; 2]; 2]>) -> Swaps {
    let mut swaps = Swaps::default();
    for [straight, swapped] in orders.values() {
        let (all, all_swapped) = (straight[0] + straight[1], swapped[0] + swapped[1]);
        if all > 0.0 && all_swapped > 0.0 {
            // Chance that the smaller item wins when it is first, and when it is second.
            let (first, second) = (straight[0] / all, swapped[0] / all_swapped);
            swaps.pairs += 1.0;
            swaps.consistent += first * second + (1.0 - first) * (1.0 - second);
            swaps.first_twice += first * (1.0 - second);
            swaps.second_twice += (1.0 - first) * second;
        }
    }
    swaps
}
