//! `cj run`: essays in, judged, scored and reported.

mod args;
mod finish;
mod judges;
mod material;
mod request;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

pub use args::Args;
use cj_core::change::BatchRecord;
use cj_core::id::BatchId;
use cj_core::service::{Service, ServiceError};
use cj_core::store::BatchQuery;
pub(super) use finish::{exit, write};

use crate::cli::Globals;
use crate::console::Console;
use crate::drive::{Driver, Ended};
use crate::error::Error;
use crate::exit::Exit;
use crate::progress::Progress;
use crate::store::{self, Presence, chain};

/// Runs the main job.
///
/// # Errors
/// [`Error::Usage`] and [`Error::Input`] for essays, options and stores that cannot be used: nothing is written then.
pub fn run(args: &Args, globals: &Globals, console: &Console) -> Result<Exit, Error> {
    let plan = judges::JudgePlan::read(args)?;
    let material = material::Material::read(args, &plan, globals.seed)?;
    let judge = plan.judge(&material, args, globals.seed)?;
    let request = request::build(args, globals.seed, &plan, &material)?;
    for remark in &material.remarks {
        console.remark(remark);
    }
    let id = BatchId::of_request(request.event_id);
    let budget = request.settings.budget_for(request.essays.len());
    runtime()?.block_on(async {
        let store = store::open(&globals.store, Presence::Made).await?;
        let stop = Arc::new(AtomicBool::new(false));
        let mut driver = Driver::new(store.clone(), judge, stop.clone());
        let known = is_known(driver.service(), id).await.map_err(|error| failed(&error))?;
        match known {
            Some(phase) if !phase.is_terminal() && !args.resume => {
                return Err(Error::usage(format!(
                    "--store {}: batch {id} is unfinished ({phase}); go on with --resume, or end it with `cj cancel {id}`",
                    globals.store
                )));
            }
            Some(_) => {}
            None => {
                driver.service().submit(request).await.map_err(|error| failed(&error))?;
            }
        }
        watch_for_interrupts(stop);
        let progress = Progress::new(console, u64::from(budget), "");
        let mut watch = |record: &BatchRecord| {
            progress.set(u64::from(record.state.counters.decided));
            progress.remark(format!("wave {} · {}", record.state.wave.number, record.state.phase));
        };
        let ended = driver.run(id, &mut watch).await;
        drop(progress);
        let ended = ended.map_err(|error| failed(&error))?;
        finish::finish(args, console, &*store, id, ended == Ended::Interrupted).await
    })
}

async fn is_known(service: &Service, id: BatchId) -> Result<Option<cj_core::change::Phase>, ServiceError> {
    let mut view = service.store().read().await?;
    Ok(view.find(&BatchQuery::Id(id)).await?.pop().map(|record| record.state.phase))
}

/// Ctrl-C asks the run to stop at the next unit of work; a second one ends it at once, which loses nothing either.
fn watch_for_interrupts(stop: Arc<AtomicBool>) {
    tokio::spawn(async move {
        while tokio::signal::ctrl_c().await.is_ok() {
            if stop.swap(true, Ordering::Relaxed) {
                std::process::exit(i32::from(Exit::Partial.code()));
            }
        }
    });
}

/// The runtime of a command.
///
/// # Errors
/// [`Error::Failed`] where the system gives no threads.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, Error> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.map_err(|error| Error::failed(format!("no runtime could be started: {error}")))
}

fn failed(error: &ServiceError) -> Error {
    match error {
        ServiceError::Rejected(_) => Error::usage(chain(error)),
        ServiceError::Store(store) if store.kind() == cj_core::store::ErrorKind::Unavailable => {
            Error::usage(format!("the store is in use: {}", chain(error)))
        }
        _ => Error::failed(chain(error)),
    }
}
