//! `cj status`: how far batches are.

use cj_core::id::BatchId;
use cj_core::read::BatchProgress;

use crate::cli::Globals;
use crate::console::Console;
use crate::error::Error;
use crate::exit::Exit;
use crate::output::StatusOutput;
use crate::store::{self, Presence, chain};
use crate::view::{BatchView, summary};

/// How many batches are listed.
const NEWEST: u32 = 50;

/// Options of `cj status`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  cj status\n  cj status 0b2f… --format json")]
pub struct Args {
    /// The batch: its id, or the caller's own name for it; without it, the newest are listed
    #[arg(value_name = "BATCH")]
    batch: Option<String>,
}

/// Prints how far one batch, or each of the newest, is.
///
/// # Errors
/// [`Error::Usage`] for a store or a batch that is not there.
pub fn run(args: &Args, globals: &Globals, console: &Console) -> Result<Exit, Error> {
    store::with(&globals.store, Presence::Required, async |store| {
        let failed = |error: &dyn std::error::Error| Error::failed(chain(error));
        let named = match &args.batch {
            Some(name) => Some(BatchProgress::of(&BatchView::find(&*store, Some(name)).await?)),
            None => None,
        };
        let mut view = store.read().await.map_err(|error| failed(&error))?;
        let progress = match named {
            Some(progress) => vec![progress],
            None => BatchProgress::newest(&mut *view, NEWEST).await.map_err(|error| failed(&error))?,
        };
        let ids: Vec<BatchId> = progress.iter().map(|batch| batch.id).collect();
        let erasures = view.erasures(&ids).await.map_err(|error| failed(&error))?;
        let erased = |id| erasures.iter().find(|erasure| erasure.batch_id == id);
        let batches = progress.iter().map(|batch| summary(batch, erased(batch.id))).collect();
        console.print(&StatusOutput { batches })?;
        Ok(Exit::Complete)
    })
}
