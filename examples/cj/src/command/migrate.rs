//! `cj migrate`: brings a store's tables up to date.

use crate::cli::Globals;
use crate::console::Console;
use crate::error::Error;
use crate::exit::Exit;
use crate::store::{Place, runtime};

/// Options of `cj migrate`.
#[derive(Clone, Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  cj migrate --store sqlite:school.db\n  cj migrate --check\n  cj migrate --store postgres://db.example/cj"
)]
pub struct Args {
    /// Change nothing: say whether the tables are those of this version
    #[arg(long)]
    check: bool,
}

/// Migrates a store, or checks that it needs none.
///
/// # Errors
/// [`Error::Usage`] for a store that cannot be used; [`Error::Failed`] where `--check` finds old tables.
pub fn run(args: &Args, globals: &Globals, console: &Console) -> Result<Exit, Error> {
    let place = Place::parse(&globals.store)?;
    runtime()?.block_on(async { if args.check { place.check().await } else { place.migrate().await } })?;
    console.remark(&format!("{}: up to date", place.shown()));
    Ok(Exit::Complete)
}
