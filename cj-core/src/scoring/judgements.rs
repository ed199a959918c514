use std::collections::BTreeMap;
use std::sync::Arc;

use super::pair_order::sort_by_pair;
use super::pair_table::PairTable;
use super::{Judgement, Outcome, PairCount, ScoringError};

/// Judgements in canonical form: items sorted by name, ordered pairs sorted and counted.
///
/// Input order leaves no trace: weights are sorted before they are summed, so whatever is computed from two inputs with
/// the same judgements is equal to the bit. Judgements of weight 0 do not count, nor do weights below 1e-150, which are no
/// evidence and whose inverse squares are no numbers; an item without a counted judgement stays, isolated.
///
/// ```
/// use cj_core::scoring::{Judgement, Judgements, Outcome};
/// let judgements = Judgements::new([
///     Judgement::new("b", "a", Outcome::Left),
///     Judgement::new("a", "c", Outcome::Right),
///     Judgement::new("b", "a", Outcome::Tie),
/// ])?;
/// assert_eq!(judgements.items(), ["a", "b", "c"]);
/// assert_eq!(judgements.pairs().len(), 2); // (a, c) and (b, a)
/// assert_eq!(judgements.total(), 3.0);
/// # Ok::<(), cj_core::scoring::ScoringError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Judgements {
    items: Arc<[String]>,
    pairs: PairTable,
    judges: Arc<[String]>,
    records: Arc<[Record]>,
}

/// One judgement of a named judge, with indices in place of names.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Record {
    pub(crate) judge: u32,
    pub(crate) left: u32,
    pub(crate) right: u32,
    pub(crate) outcome: Outcome,
    pub(crate) weight: f64,
    /// NaN where no time was given.
    pub(crate) milliseconds: f64,
}

impl Judgements {
    /// Collects single judgements, in any order; the items are those that are judged.
    ///
    /// # Errors
    /// [`ScoringError::SelfPair`] and [`ScoringError::Amount`] name the judgement (counting from 1) that is refused:
    /// an item compared with itself, or a weight or time that is negative or not finite.
    pub fn new<'a>(judgements: impl IntoIterator<Item = Judgement<'a>>) -> Result<Self, ScoringError> {
        let (mut items, mut judges) = (Names::default(), Names::default());
        let mut records = Vec::new();
        for (at, judgement) in judgements.into_iter().enumerate() {
            check(at + 1, &judgement)?;
            records.push(Record {
                judge: judgement.judge().map_or(NOBODY, |judge| judges.number(judge)),
                left: items.number(judgement.left()),
                right: items.number(judgement.right()),
                outcome: judgement.outcome(),
                weight: counting(judgement.weight()),
                milliseconds: judgement.milliseconds().map_or(f64::NAN, |time| time + 0.0),
            });
        }
        let (items, item_rank) = items.sorted();
        let (judges, judge_rank) = judges.sorted();
        for record in &mut records {
            record.left = item_rank[record.left as usize];
            record.right = item_rank[record.right as usize];
            if record.judge != NOBODY {
                record.judge = judge_rank[record.judge as usize];
            }
        }
        records.sort_unstable_by(|a, b| {
            (a.left, a.right, a.outcome, a.judge)
                .cmp(&(b.left, b.right, b.outcome, b.judge))
                .then(a.weight.total_cmp(&b.weight))
                .then(a.milliseconds.total_cmp(&b.milliseconds))
        });
        let pairs = match whole(&items, &records) {
            Some(pairs) => pairs,
            None => counted(&items, records.iter().map(Amount::from).collect())?,
        };
        records.retain(|record| record.judge != NOBODY && record.weight > 0.0);
        records.sort_by_key(|record| record.judge);
        Ok(Self { items: items.into(), pairs, judges: judges.into(), records: records.into() })
    }

    /// Collects counts of ordered pairs; indices are positions in `items`, and a pair may come several times.
    ///
    /// # Errors
    /// [`ScoringError::DuplicateItem`], and with the position (counting from 1) of the refused count
    /// [`ScoringError::UnknownItem`], [`ScoringError::SelfPair`] or [`ScoringError::Amount`].
    pub fn from_counts<S: AsRef<str>>(items: &[S], counts: &[PairCount]) -> Result<Self, ScoringError> {
        let (names, rank) = ranked(items)?;
        let mut amounts = Vec::with_capacity(2 * counts.len());
        for (at, count) in counts.iter().enumerate() {
            let (left, right) = known(at + 1, &names, &rank, [count.left, count.right])?;
            for (what, outcome, weight) in [
                ("wins_left", Outcome::Left, count.wins_left),
                ("wins_right", Outcome::Right, count.wins_right),
                ("ties", Outcome::Tie, count.ties),
            ] {
                amount(at + 1, &names[left as usize], &names[right as usize], what, weight)?;
                let weight = counting(weight);
                if weight > 0.0 {
                    amounts.push(Amount { left, right, outcome, weight });
                }
            }
        }
        Ok(Self::of_pairs(names.clone(), counted(&names, amounts)?))
    }

    /// Collects single judgements given as (left, right, outcome), indices being positions in `items`: the fast way in.
    ///
    /// # Errors
    /// [`ScoringError::DuplicateItem`], and with the position (counting from 1) of the refused judgement
    /// [`ScoringError::UnknownItem`] or [`ScoringError::SelfPair`].
    pub fn from_outcomes<S: AsRef<str>>(items: &[S], outcomes: &[(u32, u32, Outcome)]) -> Result<Self, ScoringError> {
        let (names, rank) = ranked(items)?;
        let is_known = |(left, right, _): &(u32, u32, Outcome)| {
            left != right && (*left as usize) < rank.len() && (*right as usize) < rank.len()
        };
        if let Some(at) = outcomes.iter().position(|row| !is_known(row)) {
            let (left, right, _) = outcomes[at];
            known(at + 1, &names, &rank, [left as usize, right as usize])?;
        }
        let numbered =
            outcomes.iter().map(|(left, right, outcome)| (rank[*left as usize], rank[*right as usize], *outcome));
        let pairs = if names.len() <= PairTable::MOST_ITEMS {
            PairTable::of_judgements(names.len(), numbered)
        } else {
            let amounts = numbered.map(|(left, right, outcome)| Amount { left, right, outcome, weight: 1.0 });
            counted(&names, amounts.collect())?
        };
        Ok(Self::of_pairs(names, pairs))
    }

    fn of_pairs(items: Arc<[String]>, pairs: PairTable) -> Self {
        Self { items, pairs, judges: Arc::new([]), records: Arc::new([]) }
    }

    /// The same judgements with further items that nobody has judged yet; names that are there already change nothing.
    #[must_use]
    pub fn with_items<S: AsRef<str>>(mut self, names: &[S]) -> Self {
        let mut all: Vec<String> = self.items.iter().cloned().collect();
        all.extend(names.iter().map(|name| name.as_ref().to_owned()));
        all.sort_unstable();
        all.dedup();
        let rank: Vec<usize> =
            self.items.iter().map(|name| all.binary_search(name).unwrap_or_else(|place| place)).collect();
        self.pairs = self.pairs.renumbered(&rank, all.len());
        let moved = |record: &Record| Record {
            left: rank[record.left as usize] as u32,
            right: rank[record.right as usize] as u32,
            ..*record
        };
        self.records = self.records.iter().map(moved).collect();
        self.items = all.into();
        self
    }

    /// Names of the items, sorted; every index in this module is a position in this list.
    pub fn items(&self) -> &[String] {
        &self.items
    }

    /// Position of an item in [`Self::items`].
    pub fn index_of(&self, name: &str) -> Option<usize> {
        self.items.binary_search_by(|item| item.as_str().cmp(name)).ok()
    }

    /// Counts per ordered pair; every pair has a positive total.
    ///
    /// Sorted by (smaller item, larger item), then the one with the smaller item on the left.
    pub fn pairs(&self) -> &[PairCount] {
        self.pairs.counts()
    }

    pub(crate) fn table(&self) -> &PairTable {
        &self.pairs
    }

    /// Names of the judges, sorted; empty where no judgement says who made it.
    pub fn judges(&self) -> &[String] {
        &self.judges
    }

    /// Weight of all judgements.
    pub fn total(&self) -> f64 {
        self.pairs().iter().map(PairCount::total).sum()
    }

    /// What each item won, lost and tied, in the order of [`Self::items`].
    pub fn tallies(&self) -> Vec<Tally> {
        let mut tallies = vec![Tally::default(); self.items.len()];
        for pair in self.pairs() {
            let left = &mut tallies[pair.left];
            left.wins += pair.wins_left;
            left.losses += pair.wins_right;
            left.ties += pair.ties;
            let right = &mut tallies[pair.right];
            right.wins += pair.wins_right;
            right.losses += pair.wins_left;
            right.ties += pair.ties;
        }
        tallies
    }

    /// The judgements of some of the named judges alone, over the same items.
    pub(crate) fn of_judges(&self, chosen: impl Fn(usize) -> bool) -> Self {
        let own = self.records.iter().filter(|record| chosen(record.judge as usize));
        let records: Arc<[Record]> = own.copied().collect();
        let pairs = whole(&self.items, &records).unwrap_or_else(|| {
            PairTable::of_counts(sums(self.items.len(), records.iter().map(Amount::from).collect()))
        });
        Self { items: Arc::clone(&self.items), pairs, judges: Arc::clone(&self.judges), records }
    }

    /// Judgements of named judges, sorted by judge and then by everything else.
    pub(crate) fn records(&self) -> &[Record] {
        &self.records
    }
}

/// What one item won, lost and tied, in weights of judgements.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
#[non_exhaustive]
pub struct Tally {
    /// Weight of the judgements that the item won.
    pub wins: f64,
    /// Weight of the judgements that the item lost.
    pub losses: f64,
    /// Weight of its judgements without a winner.
    pub ties: f64,
}

impl Tally {
    /// What the item won, a tie counting half.
    pub fn points(&self) -> f64 {
        self.wins + 0.5 * self.ties
    }

    /// Weight of all judgements of the item.
    pub fn comparisons(&self) -> f64 {
        self.wins + self.losses + self.ties
    }
}

#[derive(Default)]
struct Names<'a> {
    numbers: BTreeMap<&'a str, u32>,
}

impl<'a> Names<'a> {
    fn number(&mut self, name: &'a str) -> u32 {
        let next = self.numbers.len() as u32;
        *self.numbers.entry(name).or_insert(next)
    }

    /// The sorted names, and for each number its position among them.
    fn sorted(self) -> (Vec<String>, Vec<u32>) {
        let mut rank = vec![0; self.numbers.len()];
        for (position, number) in self.numbers.values().enumerate() {
            rank[*number as usize] = position as u32;
        }
        (self.numbers.into_keys().map(str::to_owned).collect(), rank)
    }
}

#[derive(Clone, Copy)]
struct Amount {
    left: u32,
    right: u32,
    outcome: Outcome,
    weight: f64,
}

impl From<&Record> for Amount {
    fn from(record: &Record) -> Self {
        Self { left: record.left, right: record.right, outcome: record.outcome, weight: record.weight }
    }
}

/// The table of judgements of which each weighs 1, if they all do.
fn whole(items: &[String], records: &[Record]) -> Option<PairTable> {
    let are_whole = records.iter().all(|record| record.weight.to_bits() == 1.0_f64.to_bits());
    (are_whole && items.len() <= PairTable::MOST_ITEMS).then(|| {
        let rows = records.iter().map(|record| (record.left, record.right, record.outcome));
        PairTable::of_judgements(items.len(), rows)
    })
}

/// Counts per ordered pair, in the order of a [`PairTable`]; weights are sorted before they are summed.
fn sums(items: usize, mut amounts: Vec<Amount>) -> Arc<[PairCount]> {
    let edge = |amount: &Amount| (amount.left.min(amount.right), amount.left.max(amount.right));
    sort_by_pair(items, &mut amounts, edge);
    for same in amounts.chunk_by_mut(|a, b| edge(a) == edge(b)) {
        same.sort_unstable_by(|a, b| (a.left, a.outcome).cmp(&(b.left, b.outcome)).then(a.weight.total_cmp(&b.weight)));
    }
    summed(amounts.into_iter().filter(|amount| amount.weight > 0.0))
}

/// Counts per ordered pair of amounts that are sorted.
fn summed(amounts: impl Iterator<Item = Amount>) -> Arc<[PairCount]> {
    let mut pairs: Vec<PairCount> = Vec::new();
    for amount in amounts {
        let (left, right) = (amount.left as usize, amount.right as usize);
        match pairs.last_mut() {
            Some(pair) if (pair.left, pair.right) == (left, right) => pair.add(amount.outcome, amount.weight),
            _ => {
                let mut pair = PairCount::new(left, right, 0.0, 0.0);
                pair.add(amount.outcome, amount.weight);
                pairs.push(pair);
            }
        }
    }
    pairs.into()
}

/// Counts per ordered pair whose total is finite.
fn counted(items: &[String], amounts: Vec<Amount>) -> Result<PairTable, ScoringError> {
    let rows = amounts.len();
    let pairs = sums(items.len(), amounts);
    // Single weights are finite, but their sum may not be.
    let mut total = 0.0;
    for pair in pairs.iter() {
        total += pair.total();
        if !f64::is_finite(total) {
            let (left, right) = (items[pair.left].clone(), items[pair.right].clone());
            return Err(ScoringError::Amount { row: rows, left, right, what: "sum of weights", found: total });
        }
    }
    Ok(PairTable::of_counts(pairs))
}

/// The sorted names, and for each given name its position among them.
fn ranked<S: AsRef<str>>(items: &[S]) -> Result<(Arc<[String]>, Vec<u32>), ScoringError> {
    let mut order: Vec<u32> = (0..items.len() as u32).collect();
    order.sort_unstable_by(|a, b| items[*a as usize].as_ref().cmp(items[*b as usize].as_ref()));
    let names: Arc<[String]> = order.iter().map(|at| items[*at as usize].as_ref().to_owned()).collect();
    if let Some(twice) = names.windows(2).find(|two| two[0] == two[1]) {
        return Err(ScoringError::DuplicateItem { name: twice[0].clone() });
    }
    let mut rank = vec![0; items.len()];
    for (position, at) in order.iter().enumerate() {
        rank[*at as usize] = position as u32;
    }
    Ok((names, rank))
}

/// The canonical numbers of the two items of a row.
fn known(row: usize, names: &[String], rank: &[u32], pair: [usize; 2]) -> Result<(u32, u32), ScoringError> {
    let [left, right] = pair.map(|index| rank.get(index).copied().ok_or(index));
    let unknown = |index| ScoringError::UnknownItem { row, index, items: names.len() };
    let (left, right) = (left.map_err(unknown)?, right.map_err(unknown)?);
    if left == right {
        return Err(ScoringError::SelfPair { row, item: names[left as usize].clone() });
    }
    Ok((left, right))
}

fn check(row: usize, judgement: &Judgement<'_>) -> Result<(), ScoringError> {
    let (left, right) = (judgement.left(), judgement.right());
    if left == right {
        return Err(ScoringError::SelfPair { row, item: left.to_owned() });
    }
    amount(row, left, right, "weight", judgement.weight())?;
    judgement.milliseconds().map_or(Ok(()), |time| amount(row, left, right, "milliseconds", time))
}

fn amount(row: usize, left: &str, right: &str, what: &'static str, found: f64) -> Result<(), ScoringError> {
    if found.is_finite() && found >= 0.0 {
        return Ok(());
    }
    Err(ScoringError::Amount { row, left: left.to_owned(), right: right.to_owned(), what, found })
}

/// A weight, or 0 where it is too small to count.
fn counting(weight: f64) -> f64 {
    if weight < LEAST { 0.0 } else { weight }
}

/// The least weight that counts.
const LEAST: f64 = 1e-150;
const NOBODY: u32 = u32::MAX;
