//! `cj score`.
use std::path::{Path, PathBuf};

use crate::{
    cli::Globals,
    console::Console,
    error::{Error, Problem},
    exit::Exit,
    input::JudgementTable,
    output::{ScoreOutput, ScoreSettings},
    scoring::{ScoringArgs, score},
};

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
}

/// Fits the model to the judgements of a file and prints what it says.
///
/// # Errors
/// [`Error::Input`] and [`Error::Unreadable`] for a file that cannot be used, [`Error::Usage`] for options that do not
/// fit it.
pub fn run(args: &Args, globals: &Globals, console: &Console) -> Result<Exit, Error> {
    console.print(&document(&args.judgements, &args.scoring, globals.seed)?)?;
    Ok(Exit::Complete)
}

/// The document that `cj score` prints for the judgements of a file.
///
/// # Errors
/// As [`run`].
pub fn document(path: &Path, scoring: &ScoringArgs, seed: u64) -> Result<ScoreOutput, Error> {
    let table = JudgementTable::open(path)?;
    if table.is_empty() {
        return Err(Problem::new(path, "rows with judgements", "none").into());
    }
    let scored = score(&table, scoring, seed)?;
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

const EXAMPLE: &str = "Examples:
  cj score judgements.csv
  cj score judgements.csv --order-effect --ties davidson --format json > scores.json
  cj score judgements.csv --prior sirt --se sirt --format csv";
