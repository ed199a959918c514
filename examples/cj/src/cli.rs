//! The options that every command has, and the list of commands.
use std::ffi::OsString;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::command::{
    cancel, dead_letters, delete, events, migrate, outbox, pair, replay, report, results, run, schema, score, simulate,
    status,
};
#[cfg(feature = "kafka")]
use crate::command::{content, serve};

/// The command line: the options that every command has, and the command.
#[derive(Debug, Parser)]
#[command(name = "cj", version, about, long_about = LONG_ABOUT, after_help = EXIT_CODES, propagate_version = true)]
pub struct Cli {
    /// What every command understands.
    #[command(flatten)]
    pub globals: Globals,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The options that every command has.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Common options")]
pub struct Globals {
    /// Where batches are kept: `sqlite:PATH`
    #[arg(long, global = true, value_name = "STORE", default_value = "sqlite:cj.db")]
    pub store: String,
    /// How the result is printed
    #[arg(long, global = true, value_enum, default_value_t)]
    pub format: Format,
    /// Print the result and errors, nothing else
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// Makes everything that is drawn at random repeatable
    #[arg(long, global = true, value_name = "S", default_value_t = 0)]
    pub seed: u64,
    /// The convention of <https://no-color.org>: any value but an empty one turns colours off.
    #[arg(long, global = true, env = "NO_COLOR", hide = true)]
    pub no_color: Option<OsString>,
}

/// How a result is printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    #[default]
    Table,
    /// One document that validates against `cj schema`
    Json,
    /// The main table, with a header line
    Csv,
}

/// The commands, each in a file of its own in `command/`.
#[derive(Debug, Subcommand)]
#[non_exhaustive]
pub enum Command {
    /// Fit the model to recorded judgements: scores, errors, reliability, misfit
    Score(score::Args),
    /// Propose the next comparisons
    Pair(pair::Args),
    /// Say how many comparisons a design needs, and whether what it reports is true
    Simulate(simulate::Args),
    /// Judge, score, rank and report essays: the main job
    Run(Box<run::Args>),
    /// Show how far batches are
    Status(status::Args),
    /// Print the result of a batch
    Results(results::Args),
    /// Write the HTML report of a batch
    Report(report::Args),
    /// Run a recorded simulation of the workflow again
    Replay(replay::Args),
    /// End a batch
    Cancel(cancel::Args),
    /// Erase the texts of a batch that ended
    Delete(delete::Args),
    /// Check messages of the platform, or write one of each that is sent
    Events(events::Args),
    /// Look at what waits to be sent, let parked messages go again, throw old ones away
    Outbox(outbox::Args),
    /// Look at messages that could not be used, send them again, throw old ones away
    DeadLetters(dead_letters::Args),
    /// Bring a store's tables up to date
    Migrate(migrate::Args),
    /// Print the JSON Schema of a command's output
    Schema(schema::Args),
    /// Keep texts in the store, and print the ids that requests name them by
    #[cfg(feature = "kafka")]
    Content(content::Args),
    /// Work on batches that are asked for over Kafka
    #[cfg(feature = "kafka")]
    Serve(Box<serve::Args>),
}

const LONG_ABOUT: &str =
    "Comparative judgement: turns pairwise judgements (\"A or B?\") into a scale with honest errors.";

const EXIT_CODES: &str =
    "Exit codes: 0 complete · 1 failed · 2 usage or bad input · 3 partial, interrupted or timed out";
