//! `cj status`: how far batches are.

use super::run::runtime;
use crate::cli::Globals;
use crate::console::Console;
use crate::error::Error;
use crate::exit::Exit;
use crate::output::StatusOutput;
use crate::store::{self, Presence, chain};
use crate::view::BatchView;

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
    runtime()?.block_on(async {
        let store = store::open(&globals.store, Presence::Required).await?;
        let failed = |error: &dyn std::error::Error| Error::failed(chain(error));
        let ids = if let Some(name) = &args.batch {
            vec![BatchView::find(&*store, Some(name)).await?.id()]
        } else {
            let mut view = store.read().await.map_err(|error| failed(&error))?;
            let query = cj_core::store::BatchQuery::Newest { limit: NEWEST };
            let newest = view.find(&query).await.map_err(|error| failed(&error))?;
            newest.iter().map(cj_core::change::BatchRecord::id).collect()
        };
        let mut batches = Vec::new();
        for id in ids {
            batches.push(BatchView::load(&*store, id).await.map_err(|error| failed(&error))?.summary());
        }
        console.print(&StatusOutput { batches })?;
        Ok(Exit::Complete)
    })
}
