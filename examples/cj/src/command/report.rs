//! `cj report`: the HTML report of a batch.

use std::path::PathBuf;

use super::run::{runtime, write};
use crate::cli::Globals;
use crate::console::Console;
use crate::error::Error;
use crate::exit::Exit;
use crate::store::{self, Presence, chain};
use crate::view::BatchView;

/// Options of `cj report`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Example:\n  cj report --output report.html")]
pub struct Args {
    /// The batch: its id, or the caller's own name for it; without it, the newest
    #[arg(value_name = "BATCH")]
    batch: Option<String>,
    /// Where to write it; without it, to the standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Writes the report of a batch.
///
/// # Errors
/// [`Error::Usage`] for a store or a batch that is not there.
pub fn run(args: &Args, globals: &Globals, console: &Console) -> Result<Exit, Error> {
    runtime()?.block_on(async {
        let store = store::open(&globals.store, Presence::Required).await?;
        let id = BatchView::find(&*store, args.batch.as_deref()).await?.id();
        let view = BatchView::load(&*store, id).await.map_err(|error| Error::failed(chain(&error)))?;
        let html = view.report(&view.run_output()?)?;
        match &args.output {
            Some(path) => {
                write(path, html.as_bytes())?;
                console.remark(&format!("report: {}", path.display()));
            }
            None => Console::text(&html)?,
        }
        Ok(Exit::Complete)
    })
}
