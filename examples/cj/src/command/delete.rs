//! `cj delete`: erases the texts of a batch.

use std::io::{self, BufRead, IsTerminal as _};
use std::sync::Arc;

use cj_core::batch::Rejection;
use cj_core::id::{BatchId, WorkerId};
use cj_core::port::SystemClock;
use cj_core::service::{Service, ServiceError};
use cj_core::store::ErasureScope;

use crate::cli::Globals;
use crate::console::Console;
use crate::error::Error;
use crate::exit::Exit;
use crate::output::DeleteOutput;
use crate::store::{self, Presence, chain};
use crate::view::BatchView;

/// Options of `cj delete`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = HELP)]
pub struct Args {
    /// The batch: its id, or the caller's own name for it
    #[arg(value_name = "BATCH")]
    batch: String,
    /// Keep scores, ranks and grades
    #[arg(long)]
    keep_scores: bool,
    /// Do not ask; needed where there is no terminal to ask on
    #[arg(long, short)]
    yes: bool,
}

const HELP: &str = "Texts and titles of essays, what judges wrote, and the bytes of questions are erased, and so is what came \
out of the batch unless --keep-scores. Its prompt and rubric, its counters, and who won which comparison stay. A batch that \
goes on is refused: `cj cancel` ends it. A SQLite file is written anew, so that the texts are out of the file too.

Examples:
  cj delete 0b2f4a0e-6f0e-5a0b-8a39-0d2a6d7f6c11
  cj delete 0b2f4a0e-6f0e-5a0b-8a39-0d2a6d7f6c11 --keep-scores --yes";

/// Erases the texts of a batch that ended, and its scores unless they are to be kept.
///
/// # Errors
/// [`Error::Usage`] for a batch that is not there or has not ended, and where nobody can be asked; [`Error::Failed`] where who
/// was asked said no.
pub fn run(args: &Args, globals: &Globals, console: &Console) -> Result<Exit, Error> {
    let scope = if args.keep_scores { ErasureScope::Texts } else { ErasureScope::TextsAndScores };
    store::with_opened(&globals.store, Presence::Required, async |opened| {
        let store = opened.store();
        let id = BatchView::find(&*store, Some(&args.batch)).await?.id();
        let view = BatchView::load(&*store, id).await.map_err(|error| failed(id, &error))?;
        if !view.state().phase.is_terminal() {
            return Err(failed(id, &Rejection::NotEnded { phase: view.state().phase }.into()));
        }
        if !args.yes {
            ask(id, view.essay_count(), scope)?;
        }
        let worker = WorkerId::new("cj").map_err(|error| Error::failed(error.to_string()))?;
        let service = Service::new(store.clone(), Arc::new(SystemClock::new()), worker);
        service.erase(id, scope).await.map_err(|error| failed(id, &error))?;
        let mut warnings = Vec::new();
        if let Err(error) = opened.forget_deleted().await {
            warnings.push(format!(
                "the texts are out of the tables, but their bytes may still be in the file, which is in use: end what uses \
                 it and repeat the command ({})",
                chain(&error)
            ));
        }
        let view = BatchView::load(&*store, id).await.map_err(|error| failed(id, &error))?;
        console.print(&DeleteOutput { batch: view.summary(), essays: view.essay_count(), warnings })?;
        Ok(Exit::Complete)
    })
}

fn ask(id: BatchId, essays: u64, scope: ErasureScope) -> Result<(), Error> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Err(Error::usage(format!(
            "batch {id}: what is erased does not come back, and there is no terminal to ask on; expected --yes"
        )));
    }
    let what = match scope {
        ErasureScope::Texts => "what was written",
        ErasureScope::TextsAndScores => "what was written, and the scores",
    };
    Console::say(&format!("batch {id}, {essays} essays: erase {what}? It does not come back. [y/N]"));
    if is_yes(&mut io::stdin().lock()) { Ok(()) } else { Err(Error::failed("nothing was erased")) }
}

/// Only a plain yes is one.
fn is_yes(input: &mut impl BufRead) -> bool {
    let mut line = String::new();
    let read = input.read_line(&mut line);
    read.is_ok() && matches!(line.trim().to_lowercase().as_str(), "y" | "yes")
}

fn failed(id: BatchId, error: &ServiceError) -> Error {
    match error {
        ServiceError::Rejected(Rejection::NotEnded { .. }) => {
            Error::usage(format!("batch {id}: {}; end it first with `cj cancel {id}`", chain(error)))
        }
        _ => Error::failed(chain(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::is_yes;

    #[test]
    fn only_a_plain_yes_erases() {
        for (said, expected) in
            [("y\n", true), (" Yes \r\n", true), ("", false), ("\n", false), ("n\n", false), ("yess\n", false)]
        {
            assert_eq!(is_yes(&mut said.as_bytes()), expected, "{said:?}");
        }
    }
}
