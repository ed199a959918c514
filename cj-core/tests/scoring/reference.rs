//! Reads the reference data of the scoring tests, where they are.
#![expect(clippy::print_stdout, reason = "a skipped test says so")]
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use cj_core::scoring::{Judgement, Judgements, Outcome, PairCount};

/// A folder of the reference data; where it is absent the test says so and passes.
pub(crate) fn folder(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared").join(name);
    if path.is_dir() {
        return Some(path);
    }
    println!("skipped: the reference data {} are not here", path.display());
    None
}

/// The rows of a simple CSV file as maps from column to text.
pub(crate) fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    lines
        .filter(|line| !line.is_empty())
        .map(|line| header.iter().map(|name| (*name).to_owned()).zip(line.split(',').map(str::to_owned)).collect())
        .collect()
}

/// Judgements from a table of pair counts, or from those of its rows that name only the given items.
pub(crate) fn counts(path: &Path, only: &[&str]) -> Judgements {
    let rows: Vec<_> = rows(path)
        .into_iter()
        .filter(|row| only.is_empty() || (only.contains(&&*row["left"]) && only.contains(&&*row["right"])))
        .collect();
    let mut items: Vec<String> = rows.iter().flat_map(|row| [row["left"].clone(), row["right"].clone()]).collect();
    items.sort();
    items.dedup();
    let index = |name: &String| items.binary_search(name).unwrap();
    let number = |text: &String| text.parse::<f64>().unwrap();
    let counts: Vec<PairCount> = rows
        .iter()
        .map(|row| {
            PairCount::new(
                index(&row["left"]),
                index(&row["right"]),
                number(&row["win_left"]),
                number(&row["win_right"]),
            )
            .with_ties(number(&row["ties"]))
        })
        .collect();
    Judgements::from_counts(&items, &counts).unwrap()
}

/// Judgements of weighted judges.
pub(crate) fn judge_games(path: &Path) -> Judgements {
    let rows = rows(path);
    Judgements::new(rows.iter().map(|row| {
        let outcome = if row["left_wins"] == "1" { Outcome::Left } else { Outcome::Right };
        Judgement::new(&row["left"], &row["right"], outcome).by(&row["judge"]).weighted(row["weight"].parse().unwrap())
    }))
    .unwrap()
}

/// Fails unless two numbers agree within an absolute tolerance, relative for numbers above 1.
#[track_caller]
pub(crate) fn close(what: &str, found: f64, expected: f64, tolerance: f64) {
    let error = (found - expected).abs() / expected.abs().max(1.0);
    assert!(error <= tolerance, "{what}: found {found}, expected {expected}, off by {error:e}");
}

/// Judgements of a study that says who won, but not who was shown first: the winner counts as left.
pub(crate) fn study(path: &Path) -> Judgements {
    let rows = rows(path);
    Judgements::new(rows.iter().map(|row| {
        Judgement::new(&row["candidate_chosen"], &row["candidate_not_chosen"], Outcome::Left).by(&row["judge"])
    }))
    .unwrap()
}

/// Judgements with the side that was shown first: columns judge, left, right, chosen.
pub(crate) fn sided(path: &Path) -> Judgements {
    let rows = rows(path);
    Judgements::new(rows.iter().map(|row| {
        let outcome = if row["chosen"] == row["left"] { Outcome::Left } else { Outcome::Right };
        Judgement::new(&row["left"], &row["right"], outcome).by(&row["judge"])
    }))
    .unwrap()
}
