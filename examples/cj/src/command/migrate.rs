//! `cj migrate`: brings a store's tables up to date.

use cj_storage_sqlite::SqliteStore;

use super::run::runtime;
use crate::cli::Globals;
use crate::console::Console;
use crate::error::Error;
use crate::exit::Exit;
use crate::store::{self, Presence, chain};

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
    runtime()?.block_on(async {
        let path = store::sqlite_path(&globals.store)?;
        if args.check {
            if !path.is_file() {
                return Err(Error::usage(format!("--store {}: there is no such file", path.display())));
            }
            let opened = SqliteStore::open(&path).await.map_err(|error| Error::usage(chain(&error)))?;
            opened.check().await.map_err(|error| Error::failed(chain(&error)))?;
        } else {
            store::open(&globals.store, Presence::Made).await?;
        }
        console.remark(&format!("{}: up to date", path.display()));
        Ok(Exit::Complete)
    })
}
