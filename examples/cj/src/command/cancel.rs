//! `cj cancel`: ends a batch.

use std::sync::Arc;

use cj_core::id::WorkerId;
use cj_core::port::SystemClock;
use cj_core::service::{Service, ServiceError};

use super::run::runtime;
use crate::cli::Globals;
use crate::console::Console;
use crate::error::Error;
use crate::exit::Exit;
use crate::store::{self, Presence, chain};
use crate::view::BatchView;

/// Options of `cj cancel`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Example:\n  cj cancel 0b2f4a0e-6f0e-5a0b-8a39-0d2a6d7f6c11")]
pub struct Args {
    /// The batch: its id, or the caller's own name for it
    #[arg(value_name = "BATCH")]
    batch: String,
}

/// Ends a batch that has not ended; its verdicts are kept.
///
/// # Errors
/// [`Error::Usage`] for a batch that is not there or has ended.
pub fn run(args: &Args, globals: &Globals, console: &Console) -> Result<Exit, Error> {
    runtime()?.block_on(async {
        let store = store::open(&globals.store, Presence::Required).await?;
        let id = BatchView::find(&*store, Some(&args.batch)).await?.id();
        let worker = WorkerId::new("cj").map_err(|error| Error::failed(error.to_string()))?;
        let service = Service::new(store, Arc::new(SystemClock::new()), worker);
        service.cancel(id).await.map_err(|error| match error {
            ServiceError::Rejected(_) => Error::usage(format!("batch {id}: {}", chain(&error))),
            _ => Error::failed(chain(&error)),
        })?;
        console.remark(&format!("batch {id} is cancelled"));
        Ok(Exit::Complete)
    })
}
