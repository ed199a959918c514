//! `cj score`.
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use crate::{
    cli::Globals,
    console::Console,
    error::{Error, Problem},
    exit::Exit,
    input::{JudgementTable, Outcome},
    output::{ScoreOutput, ScoreSettings},
    report::{PairCount, ReportView, Sides, render},
    scoring::{ScoringArgs, score},
};

use super::run::write;

/// Options of `cj score`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLE)]
pub struct Args {
    /// The judgements: a table with the columns judge, left, right, winner and perhaps time, weight; tables of other
    /// tools, and counts per pair, are understood too
    #[arg(value_name = "JUDGEMENTS.csv")]
    judgements: PathBuf,
    /// The model that is fitted.
    #[command(flatten)]
    scoring: ScoringArgs,
    /// Also write the report, one HTML file
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

/// Fits the model to the judgements of a file and prints what it says.
///
/// # Errors
/// [`Error::Input`] and [`Error::Unreadable`] for a file that cannot be used, [`Error::Usage`] for options that do not
/// fit it.
pub fn run(args: &Args, globals: &Globals, console: &Console) -> Result<Exit, Error> {
    let table = open(&args.judgements)?;
    let output = output(&table, &args.judgements, &args.scoring, globals.seed)?;
    if let Some(path) = &args.report {
        let sides = if table.has_sides { Sides::Shown } else { Sides::Unknown };
        let view = ReportView::from(&output).pairs(pairs(&table), sides);
        let html = render(&view).map_err(|error| Error::failed(format!("the report could not be made: {error}")))?;
        write(path, html.as_bytes())?;
        console.remark(&format!("report: {}", path.display()));
    }
    console.print(&output)?;
    Ok(Exit::Complete)
}

/// The document that `cj score` prints for the judgements of a file.
///
/// # Errors
/// As [`run`].
pub fn document(path: &Path, scoring: &ScoringArgs, seed: u64) -> Result<ScoreOutput, Error> {
    output(&open(path)?, path, scoring, seed)
}

fn open(path: &Path) -> Result<JudgementTable, Error> {
    let table = JudgementTable::open(path)?;
    if table.is_empty() {
        return Err(Problem::new(path, "rows with judgements", "none").into());
    }
    Ok(table)
}

fn output(table: &JudgementTable, path: &Path, scoring: &ScoringArgs, seed: u64) -> Result<ScoreOutput, Error> {
    let scored = score(table, scoring, seed)?;
    Ok(ScoreOutput {
        items: scored.items,
        judges: scored.judges,
        reliability: scored.reliability,
        order_effect: scored.order_effect,
        tie_parameter: scored.tie_parameter,
        diagnostics: scored.diagnostics,
        settings: ScoreSettings {
            judgements: path.display().to_string(),
            rows: table.len(),
            seed,
            scoring: scored.settings,
        },
        warnings: scored.warnings,
    })
}

/// What came of each ordered pair, in the order of the names.
fn pairs(table: &JudgementTable) -> Vec<PairCount> {
    let mut counts: BTreeMap<(&str, &str), [u64; 3]> = BTreeMap::new();
    for record in &table.records {
        let (left, right) = (&table.items[record.left as usize], &table.items[record.right as usize]);
        let ended = match record.outcome {
            Outcome::Left => 0,
            Outcome::Right => 1,
            Outcome::Tie => 2,
        };
        counts.entry((left, right)).or_default()[ended] += u64::from(record.count);
    }
    let pair = |((left, right), [left_wins, right_wins, ties]): ((&str, &str), [u64; 3])| PairCount {
        left: left.to_owned(),
        right: right.to_owned(),
        left_wins,
        right_wins,
        ties,
    };
    counts.into_iter().map(pair).collect()
}

const EXAMPLE: &str = "Examples:
  cj score judgements.csv
  cj score judgements.csv --by-judge --report scores.html
  cj score judgements.csv --order-effect --ties davidson --format json > scores.json
  cj score judgements.csv --prior sirt --se sirt --format csv";
