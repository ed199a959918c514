//! What a run leaves behind: the result on the standard output, and files where they were asked for.

use std::fs;
use std::path::Path;

use cj_core::change::{CompletionReason, FailureReason, Phase};
use cj_core::id::BatchId;
use cj_core::store::Store;

use super::args::Args;
use crate::cli::Format;
use crate::console::Console;
use crate::error::Error;
use crate::exit::Exit;
use crate::output::{RunOutput, print};
use crate::store::chain;
use crate::view::BatchView;

pub(super) async fn finish(
    args: &Args,
    console: &Console,
    store: &dyn Store,
    id: BatchId,
    is_interrupted: bool,
) -> Result<Exit, Error> {
    let view = BatchView::load(store, id).await.map_err(|error| Error::failed(chain(&error)))?;
    let output = view.run_output()?;
    // Neither is lost because the other cannot be written.
    let filed = write_files(args, console, &view, &output);
    console.print(&output)?;
    filed?;
    if is_interrupted {
        let state = view.state();
        let (decided, budget) = (state.counters.decided, state.counters.budget);
        console.remark(&format!(
            "interrupted: {decided} verdicts are stored, of a budget of {budget}; go on with --resume"
        ));
        return Ok(Exit::Partial);
    }
    Ok(exit(view.state().phase))
}

fn write_files(args: &Args, console: &Console, view: &BatchView, output: &RunOutput) -> Result<(), Error> {
    if let Some(folder) = &args.out {
        fs::create_dir_all(folder).map_err(|error| Error::unwritable(folder, error))?;
        for (name, format) in [("run.json", Format::Json), ("results.csv", Format::Csv)] {
            let mut bytes = Vec::new();
            print(output, format, false, &mut bytes).map_err(|error| Error::unwritable(folder, error))?;
            write(&folder.join(name), &bytes)?;
        }
        write(&folder.join("report.html"), view.report(output)?.as_bytes())?;
    }
    if let Some(path) = &args.report {
        write(path, view.report(output)?.as_bytes())?;
        console.remark(&format!("report: {}", path.display()));
    }
    Ok(())
}

/// Makes sure, before a judge is asked, that there is a place for what the run is to leave behind.
///
/// # Errors
/// [`Error::Usage`] with the place that is none.
pub(super) fn check(args: &Args) -> Result<(), Error> {
    let missing = |folder: &Path| !folder.as_os_str().is_empty() && !folder.is_dir();
    if let Some(path) = &args.report {
        let named = path.display();
        if path.is_dir() {
            return Err(Error::usage(format!("--report {named}: expected a file, found a folder")));
        }
        if let Some(folder) = path.parent().filter(|folder| missing(folder)) {
            return Err(Error::usage(format!("--report {named}: there is no folder {}", folder.display())));
        }
    }
    if let Some(path) = &args.out
        && let Some(taken) = path.ancestors().find(|place| place.exists()).filter(|place| !place.is_dir())
    {
        return Err(Error::usage(format!(
            "--out {}: expected a folder, found the file {}",
            path.display(),
            taken.display()
        )));
    }
    Ok(())
}

/// The exit code of a batch.
pub(crate) const fn exit(phase: Phase) -> Exit {
    match phase {
        Phase::Completed(CompletionReason::ForcedRecovery) | Phase::Failed(FailureReason::StuckTimeout) => {
            Exit::Partial
        }
        Phase::Completed(_) => Exit::Complete,
        Phase::Failed(_) | Phase::Cancelled => Exit::Failed,
        _ => Exit::Partial,
    }
}

/// Writes a file whole or not at all; a device or a pipe is written to as it is.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    if path.exists() && !path.is_file() {
        return fs::write(path, bytes).map_err(|error| Error::unwritable(path, error));
    }
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let part = Path::new(&part);
    fs::write(part, bytes).and_then(|()| fs::rename(part, path)).map_err(|error| Error::unwritable(path, error))
}
