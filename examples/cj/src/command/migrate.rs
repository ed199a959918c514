//! `cj migrate`: brings a store's tables up to date.

use cj_storage_sqlite::Access;

use crate::cli::Globals;
use crate::console::Console;
use crate::error::Error;
use crate::exit::Exit;
use crate::store::{self, Place, Presence, chain, refused, runtime};

/// Options of `cj migrate`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  cj migrate --store sqlite:school.db\n  cj migrate --check")]
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
    if args.check {
        place.check(Presence::Required)?;
        runtime()?.block_on(async {
            let opened = place.options().access(Access::ReadOnly).open().await;
            let opened = opened.map_err(|error| refused(place.path(), &error))?;
            let checked = opened.check().await.map_err(|error| Error::failed(chain(&error)));
            opened.close().await;
            checked
        })?;
    } else {
        store::with(&globals.store, Presence::Made, async |_| Ok(()))?;
    }
    console.remark(&format!("{}: up to date", place.path().display()));
    Ok(Exit::Complete)
}
