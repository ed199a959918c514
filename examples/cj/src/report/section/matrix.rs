use std::collections::BTreeMap;

use serde::Serialize;

use crate::report::ReportView;
use crate::report::format::{count, counted, fixed, percent, short};
use crate::report::svg::{Anchor, Svg};

/// Who met whom, and who won: cell by cell where the items are few, by groups of ranks where they are many.
#[derive(Debug, Serialize)]
pub(in crate::report) struct Matrix {
    figure: String,
    grouped: bool,
    group: usize,
    figures: Vec<(&'static str, String)>,
    meetings: Vec<(String, String)>,
}

/// Up to this number of items every pair has its own cell.
const MOST_CELLS: usize = 60;
/// Above it the items are put into so many groups at most.
const GROUPS: usize = 25;

/// What came of two items, the better-ranked one first.
#[derive(Debug, Clone, Copy, Default)]
struct Meeting {
    wins: u64,
    losses: u64,
    ties: u64,
}

impl Meeting {
    fn total(self) -> u64 {
        self.wins + self.losses + self.ties
    }

    fn swapped(self) -> Self {
        Self { wins: self.losses, losses: self.wins, ties: self.ties }
    }
}

impl Matrix {
    /// None where no pairs are known.
    pub(in crate::report) fn of(view: &ReportView<'_>) -> Option<Self> {
        let met = meetings(view);
        let items = view.items.len();
        if met.is_empty() || items < 2 {
            return None;
        }
        let grouped = items > MOST_CELLS;
        let group = if grouped { items.div_ceil(GROUPS) } else { 1 };
        Some(Self {
            figure: if grouped { groups(&met, items, group) } else { cells(view, &met) },
            grouped,
            group,
            figures: figures(&met, items),
            meetings: by_number(&met, items),
        })
    }
}

/// All meetings by the places of the two items, the better one first.
fn meetings(view: &ReportView<'_>) -> BTreeMap<(usize, usize), Meeting> {
    let places: BTreeMap<&str, usize> = view.items.iter().enumerate().map(|(k, item)| (item.id.as_str(), k)).collect();
    let mut met: BTreeMap<(usize, usize), Meeting> = BTreeMap::new();
    for pair in &view.pairs {
        let (Some(&left), Some(&right)) = (places.get(pair.left.as_str()), places.get(pair.right.as_str())) else {
            continue;
        };
        if left == right || pair.total() == 0 {
            continue;
        }
        let seen = Meeting { wins: pair.left_wins, losses: pair.right_wins, ties: pair.ties };
        let (key, seen) = if left < right { ((left, right), seen) } else { ((right, left), seen.swapped()) };
        let sum = met.entry(key).or_default();
        sum.wins += seen.wins;
        sum.losses += seen.losses;
        sum.ties += seen.ties;
    }
    met
}

fn possible(items: usize) -> u64 {
    let items = items as u64;
    items * items.saturating_sub(1) / 2
}

fn figures(met: &BTreeMap<(usize, usize), Meeting>, items: usize) -> Vec<(&'static str, String)> {
    let decided: u64 = met.values().map(|m| m.wins + m.losses).sum();
    let upsets: u64 = met.values().map(|m| m.losses).sum();
    let mut distances: Vec<usize> = met.keys().map(|(better, worse)| worse - better).collect();
    distances.sort_unstable();
    let mut figures = vec![
        (
            "Pairs that met",
            format!(
                "{} of {} possible, {}",
                count(met.len() as u64),
                count(possible(items)),
                percent(Some(met.len() as f64 / possible(items) as f64))
            ),
        ),
        ("Median distance of the pairs in the ranking", format!("{} places", distances[distances.len() / 2])),
    ];
    if decided > 0 {
        figures.push((
            "Judgements won by the lower-ranked item",
            format!("{} of {}, {}", count(upsets), count(decided), percent(Some(upsets as f64 / decided as f64))),
        ));
    }
    figures
}

/// How many pairs met once, twice and so on; from five times on together.
fn by_number(met: &BTreeMap<(usize, usize), Meeting>, items: usize) -> Vec<(String, String)> {
    let mut numbers = [0u64; 6];
    for meeting in met.values() {
        numbers[(meeting.total() as usize).clamp(1, 5)] += 1;
    }
    numbers[0] = possible(items) - met.len() as u64;
    ["never", "once", "twice", "3 times", "4 times", "5 times or more"]
        .into_iter()
        .zip(numbers)
        .filter(|(_, pairs)| *pairs > 0)
        .map(|(name, pairs)| (name.to_owned(), count(pairs)))
        .collect()
}

fn cells(view: &ReportView<'_>, met: &BTreeMap<(usize, usize), Meeting>) -> String {
    let items = view.items.len();
    let side = (660.0 / items as f64).clamp(11.0, 30.0);
    let (left, top) = (150.0, 26.0);
    let mut svg = Svg::new(left + side * items as f64 + 8.0, top + side * items as f64 + 8.0);
    let corner = |row: usize, column: usize| (left + side * column as f64, top + side * row as f64);
    let every = if side < 16.0 { 5 } else { 1 };
    for (k, item) in view.items.iter().enumerate() {
        let (_, y) = corner(k, 0);
        let rank = item.rank.map_or_else(String::new, |rank| format!("{rank}  "));
        svg.text("small", (left - 8.0, y + side / 2.0 + 3.5), Anchor::End, &format!("{rank}{}", short(&item.id, 18)));
        if k == 0 || (k + 1) % every == 0 {
            let (x, _) = corner(0, k);
            svg.text("small", (x + side / 2.0, top - 7.0), Anchor::Middle, &(k + 1).to_string());
        }
        svg.rect("self", corner(k, k), (side, side), "");
    }
    for ((better, worse), meeting) in met {
        for (row, column, seen) in [(*better, *worse, *meeting), (*worse, *better, meeting.swapped())] {
            let (x, y) = corner(row, column);
            let tie = if seen.ties > 0 { format!(", {} tied", count(seen.ties)) } else { String::new() };
            let tip = format!(
                "{} against {}: {} won, {} lost{tie}",
                view.items[row].id,
                view.items[column].id,
                count(seen.wins),
                count(seen.losses)
            );
            svg.rect(shade(*meeting), (x + 0.5, y + 0.5), (side - 1.0, side - 1.0), &tip);
            if side >= 19.0 {
                let text = format!("{}–{}", halves(2 * seen.wins + seen.ties), halves(2 * seen.losses + seen.ties));
                svg.text("cell", (x + side / 2.0, y + side / 2.0 + 3.4), Anchor::Middle, &text);
            }
        }
    }
    svg.figure(
        "matrix",
        "Pair matrix",
        &format!("{items} rows and columns in the order of the ranking; {} pairs met.", count(met.len() as u64)),
    )
}

/// A number of halves, as wins are counted where a tie is half of one.
fn halves(halves: u64) -> String {
    if halves.is_multiple_of(2) {
        (halves / 2).to_string()
    } else {
        format!("{}½", if halves > 1 { (halves / 2).to_string() } else { String::new() })
    }
}

/// The class of a cell by the share that the better-ranked item won.
fn shade(meeting: Meeting) -> &'static str {
    let share = (meeting.wins as f64 + meeting.ties as f64 / 2.0) / meeting.total() as f64;
    match share {
        s if s < 0.125 => "w0",
        s if s < 0.4 => "w1",
        s if s <= 0.6 => "w2",
        s if s <= 0.875 => "w3",
        _ => "w4",
    }
}

/// How thickly the groups of ranks were compared with each other.
fn groups(met: &BTreeMap<(usize, usize), Meeting>, items: usize, group: usize) -> String {
    let side_count = items.div_ceil(group);
    let mut sums = vec![0u64; side_count * side_count];
    for ((better, worse), meeting) in met {
        let (row, column) = (better / group, worse / group);
        sums[row * side_count + column] += meeting.total();
        if row != column {
            sums[column * side_count + row] += meeting.total();
        }
    }
    let size = |k: usize| ((k + 1) * group).min(items) - k * group;
    let density = |row: usize, column: usize| {
        let pairs = if row == column { possible(size(row)) } else { (size(row) * size(column)) as u64 };
        sums[row * side_count + column] as f64 / pairs.max(1) as f64
    };
    let most = (0..sums.len()).map(|cell| density(cell / side_count, cell % side_count)).fold(0.0, f64::max);
    let side = 22.0;
    let (left, top) = (90.0, 30.0);
    let edge = side * side_count as f64;
    let mut svg = Svg::new(left + edge + 10.0, top + edge + 10.0);
    let range = |k: usize| format!("{}–{}", k * group + 1, ((k + 1) * group).min(items));
    for k in 0..side_count {
        svg.text("small", (left - 8.0, top + side * (k as f64 + 0.5) + 3.5), Anchor::End, &range(k));
        if k % 3 == 0 {
            let x = left + side * (k as f64 + 0.5);
            svg.text("small", (x, top - 8.0), Anchor::Middle, &range(k));
        }
    }
    svg.rect("track", (left, top), (edge, edge), "");
    for (cell, sum) in sums.iter().enumerate().filter(|(_, sum)| **sum > 0) {
        let (row, column) = (cell / side_count, cell % side_count);
        let depth = (density(row, column) / most * 5.0).ceil().clamp(1.0, 5.0) as usize;
        let tip = format!("ranks {} with {}: {}", range(row), range(column), counted(*sum, "judgement", "judgements"));
        let at = (left + side * column as f64 + 0.5, top + side * row as f64 + 0.5);
        svg.rect(["", "d1", "d2", "d3", "d4", "d5"][depth], at, (side - 1.0, side - 1.0), &tip);
    }
    svg.figure(
        "matrix",
        "Judgements between groups of ranks",
        &format!(
            "{items} items in groups of {group}; at most {} judgements per pair of items in a cell.",
            fixed(Some(most), 2)
        ),
    )
}
