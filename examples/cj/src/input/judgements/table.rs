use std::{collections::HashMap, path::Path};

use super::shape::{JUDGE, Shape, TIME, WEIGHT};
use crate::{
    error::Error,
    input::{Column, CsvTable, Row, RowProblem},
};

/// Recorded judgements: items and judges by number, in the order they are met.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct JudgementTable {
    /// The names of the items.
    pub items: Vec<String>,
    /// The names of the judges.
    pub judges: Vec<String>,
    /// The judgements, in the order of the file.
    pub records: Vec<Record>,
    /// Whether the file says which item was left. Where it does not, the winner stands left.
    pub has_sides: bool,
}

/// One judgement, or several that ended alike.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Record {
    /// Who judged, as a place in [`JudgementTable::judges`].
    pub judge: Option<u32>,
    /// The left item, as a place in [`JudgementTable::items`].
    pub left: u32,
    /// The right item.
    pub right: u32,
    /// How it ended.
    pub outcome: Outcome,
    /// How many judgements this is.
    pub count: u32,
    /// What each of them counts; 1 unless the file says otherwise.
    pub weight: f64,
    /// How long it took, in milliseconds.
    pub time_ms: Option<f64>,
}

/// How a judgement ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "there is no fourth way")]
pub enum Outcome {
    /// The left item is better.
    Left,
    /// The right item is better.
    Right,
    /// Neither is.
    Tie,
}

impl JudgementTable {
    /// Reads the file at `path`: `judge,left,right,winner[,time,weight]`, the same under the names that other tools
    /// use, items chosen and not chosen, or counts per pair.
    ///
    /// A winner is the id of one of the two items, else `left`, `right` or `tie`, or the title of one of the two
    /// columns.
    ///
    /// # Errors
    /// [`Error::Unreadable`], or [`Error::Input`] with the column that is missing or every row that cannot be taken.
    pub fn open(path: &Path) -> Result<Self, Error> {
        Self::read(&CsvTable::open(path)?)
    }

    /// Reads a table.
    ///
    /// # Errors
    /// [`Error::Input`] with the column that is missing or every row that cannot be taken.
    pub fn read(table: &CsvTable) -> Result<Self, Error> {
        let shape = Shape::of(table)?;
        let (judge, time, weight) = (table.column(JUDGE), table.column(TIME), table.column(WEIGHT));
        let (mut items, mut judges) = (Names::default(), Names::default());
        let mut records = Vec::new();
        table.read(|row| {
            let time_ms = at_least_zero(row, time)?;
            let weight = above_zero(row, weight)?;
            let (left, right) = pair(row, shape)?;
            let outcomes = outcomes(row, shape)?;
            let judge = judge.map(|column| row.get(column)).filter(|name| !name.is_empty());
            let judge = judge.map(|name| judges.number(name));
            let (left, right) = (items.number(left), items.number(right));
            for (outcome, count) in outcomes.into_iter().filter(|(_, count)| *count > 0) {
                records.push(Record { judge, left, right, outcome, count, weight, time_ms });
            }
            Ok(())
        })?;
        let has_sides = !matches!(shape, Shape::Chosen { .. });
        Ok(Self { items: items.names, judges: judges.names, records, has_sides })
    }

    /// How many judgements there are.
    pub fn len(&self) -> u64 {
        self.records.iter().map(|record| u64::from(record.count)).sum()
    }

    /// Whether there is no judgement.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }
}

/// The two items of a row.
fn pair<'a>(row: &'a Row<'_>, shape: Shape) -> Result<(&'a str, &'a str), RowProblem> {
    let (Shape::Sides { left: first, right: second, .. }
    | Shape::Share { left: first, right: second, .. }
    | Shape::Chosen { winner: first, loser: second }
    | Shape::Counts { left: first, right: second, .. }) = shape;
    let (left, right) = (row.filled(first, "the id of an item")?, row.filled(second, "the id of an item")?);
    if left == right {
        return Err(RowProblem::new(second, "another item than on the other side", format!("`{right}` on both sides")));
    }
    Ok((left, right))
}

/// How the judgements of a row ended, and how many ended so.
fn outcomes(row: &Row<'_>, shape: Shape) -> Result<[(Outcome, u32); 3], RowProblem> {
    let once = |outcome| [(outcome, 1), (Outcome::Left, 0), (Outcome::Left, 0)];
    match shape {
        Shape::Chosen { .. } => Ok(once(Outcome::Left)),
        Shape::Sides { left, right, winner, loser } => {
            let outcome = named(row, left, right, winner)?;
            if let Some(loser) = loser {
                check_loser(row, outcome, (left, right), loser)?;
            }
            Ok(once(outcome))
        }
        Shape::Share { share, .. } => match row.number(share, "1, 0.5 or 0")? {
            Some(1.0) => Ok(once(Outcome::Left)),
            Some(0.5) => Ok(once(Outcome::Tie)),
            Some(0.0) => Ok(once(Outcome::Right)),
            _ => Err(RowProblem::new(share, "1, 0.5 or 0", shown(row, share))),
        },
        Shape::Counts { win_left, win_right, ties, .. } => Ok([
            (Outcome::Left, count(row, win_left)?),
            (Outcome::Right, count(row, win_right)?),
            (Outcome::Tie, ties.map_or(Ok(0), |ties| count(row, ties))?),
        ]),
    }
}

/// The winner by id, else by side.
fn named(row: &Row<'_>, left: Column, right: Column, winner: Column) -> Result<Outcome, RowProblem> {
    let name = row.get(winner);
    if name == row.get(left) {
        return Ok(Outcome::Left);
    }
    if name == row.get(right) {
        return Ok(Outcome::Right);
    }
    let is = |word: &str| name.eq_ignore_ascii_case(word);
    if is("left") || is(row.title(left)) {
        return Ok(Outcome::Left);
    }
    if is("right") || is(row.title(right)) {
        return Ok(Outcome::Right);
    }
    if is("tie") || is("draw") {
        return Ok(Outcome::Tie);
    }
    let expected = format!("`left`, `right`, `tie`, `{}` or `{}`", row.get(left), row.get(right));
    Err(RowProblem::new(winner, expected, shown(row, winner)))
}

/// A loser that is written has to be the item that did not win.
fn check_loser(
    row: &Row<'_>,
    outcome: Outcome,
    (left, right): (Column, Column),
    loser: Column,
) -> Result<(), RowProblem> {
    let expected = match outcome {
        Outcome::Left => right,
        Outcome::Right => left,
        Outcome::Tie => return Ok(()),
    };
    let name = row.get(loser);
    let side = if expected == left { "left" } else { "right" };
    if name.is_empty() || name == row.get(expected) || name.eq_ignore_ascii_case(side) {
        return Ok(());
    }
    Err(RowProblem::new(loser, format!("`{}`, the item that did not win", row.get(expected)), shown(row, loser)))
}

fn count(row: &Row<'_>, column: Column) -> Result<u32, RowProblem> {
    match row.get(column) {
        "" => Ok(0),
        value => value.parse().map_err(|_| RowProblem::new(column, "a whole number from 0 on", shown(row, column))),
    }
}

fn at_least_zero(row: &Row<'_>, column: Option<Column>) -> Result<Option<f64>, RowProblem> {
    let Some(column) = column else { return Ok(None) };
    match row.number(column, TIME_EXPECTED)? {
        Some(time) if time < 0.0 => Err(RowProblem::new(column, TIME_EXPECTED, shown(row, column))),
        time => Ok(time),
    }
}

fn above_zero(row: &Row<'_>, column: Option<Column>) -> Result<f64, RowProblem> {
    let Some(column) = column else { return Ok(1.0) };
    match row.number(column, WEIGHT_EXPECTED)? {
        Some(weight) if weight > 0.0 => Ok(weight),
        _ => Err(RowProblem::new(column, WEIGHT_EXPECTED, shown(row, column))),
    }
}

const TIME_EXPECTED: &str = "milliseconds from 0 on, or nothing";
const WEIGHT_EXPECTED: &str = "a number above 0";

fn shown(row: &Row<'_>, column: Column) -> String {
    match row.get(column) {
        "" => "nothing".to_owned(),
        value => format!("`{value}`"),
    }
}

/// Names and their numbers, in the order they are met.
#[derive(Debug, Default)]
struct Names {
    numbers: HashMap<String, u32>,
    names: Vec<String>,
}

impl Names {
    fn number(&mut self, name: &str) -> u32 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = u32::try_from(self.names.len()).expect("fewer than 2³² names: each takes memory");
        self.numbers.insert(name.to_owned(), number);
        self.names.push(name.to_owned());
        number
    }
}
