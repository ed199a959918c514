//! `cj replay`: runs a recorded simulation of the workflow again.

use std::path::PathBuf;

use crate::cli::Globals;
use crate::console::Console;
use crate::error::Error;
use crate::exit::Exit;

/// Options of `cj replay`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Example:\n  cj replay cj-testkit/regressions/seed-17.json\n\nNeeds the feature `sim`: \
    cargo run --release --features sim --bin cj -- replay LOG")]
pub struct Args {
    /// The log that a failing simulation wrote, or a scenario alone
    #[arg(value_name = "LOG")]
    log: PathBuf,
}

/// Runs the scenario of a log again, and says whether every promise of the workflow was kept.
///
/// # Errors
/// [`Error::Unreadable`] and [`Error::Usage`] for a log that cannot be read; [`Error::Failed`] where a promise is broken.
#[cfg(feature = "sim")]
pub fn run(args: &Args, _globals: &Globals, console: &Console) -> Result<Exit, Error> {
    use cj_testkit::sim::{Run, simulate};

    let text = std::fs::read_to_string(&args.log).map_err(|error| Error::unreadable(&args.log, error))?;
    let scenario = Run::scenario_of(&text)
        .map_err(|error| Error::usage(format!("{} is no log of a simulation: {error}", args.log.display())))?;
    let run = simulate(&scenario);
    let broken = run.violation.as_ref().map(ToString::to_string);
    if let Ok(recorded) = serde_json::from_str::<Run>(&text)
        && recorded.violation.is_some()
        && recorded.steps != run.steps
    {
        console.remark("the recorded run took other steps: the engine has changed since");
    }
    console.print(&crate::output::ReplayOutput::of(run))?;
    match broken {
        Some(broken) => Err(Error::failed(broken)),
        None => Ok(Exit::Complete),
    }
}

/// Says how to build a program that can.
///
/// # Errors
/// [`Error::Usage`], always.
#[cfg(not(feature = "sim"))]
pub fn run(args: &Args, _globals: &Globals, _console: &Console) -> Result<Exit, Error> {
    let log = args.log.display();
    let message =
        format!("cj replay {log}: this program was built without simulations; build it with `--features sim`");
    Err(Error::usage(message))
}
