//! `cj results`: the result of a batch, as `cj run` printed it.

use super::run::{exit, runtime};
use crate::cli::Globals;
use crate::console::Console;
use crate::error::Error;
use crate::exit::Exit;
use crate::store::{self, Presence, chain};
use crate::view::BatchView;

/// Options of `cj results`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Example:\n  cj results --format csv > results.csv")]
pub struct Args {
    /// The batch: its id, or the caller's own name for it; without it, the newest
    #[arg(value_name = "BATCH")]
    batch: Option<String>,
}

/// Prints the result of a batch; its exit code is that of the batch.
///
/// # Errors
/// [`Error::Usage`] for a store or a batch that is not there.
pub fn run(args: &Args, globals: &Globals, console: &Console) -> Result<Exit, Error> {
    runtime()?.block_on(async {
        let store = store::open(&globals.store, Presence::Required).await?;
        let id = BatchView::find(&*store, args.batch.as_deref()).await?.id();
        let view = BatchView::load(&*store, id).await.map_err(|error| Error::failed(chain(&error)))?;
        console.print(&view.run_output()?)?;
        Ok(exit(view.state().phase))
    })
}
