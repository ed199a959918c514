//! `cj content`: keeps texts in the store, for requests that name them by id.

use std::path::PathBuf;

use cj_core::port::{Clock as _, StoredText, SystemClock};

use crate::cli::Globals;
use crate::console::Console;
use crate::error::Error;
use crate::exit::Exit;
use crate::store::{Place, Presence, chain, runtime};

/// Options of `cj content`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Example:\n  cj content essays/*.txt --store postgres://db.example/cj")]
pub struct Args {
    /// Text files, in UTF-8
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// Keeps texts and prints, for each, its id, a tab and the name of the file without its ending.
///
/// # Errors
/// [`Error::Unreadable`] for a file that is not there or no text; those of the store.
pub fn run(args: &Args, globals: &Globals) -> Result<Exit, Error> {
    let mut lines = String::new();
    let mut texts = Vec::with_capacity(args.files.len());
    for file in &args.files {
        let text = StoredText::new(std::fs::read_to_string(file).map_err(|error| Error::unreadable(file, error))?);
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        lines.extend([text.storage_id.as_str(), "\t", &name, "\n"]);
        texts.push(text);
    }
    let place = Place::parse(&globals.store)?;
    runtime()?.block_on(async {
        let opened = place.open(Presence::Made).await?;
        let kept = opened.content().keep(&texts, SystemClock::new().now()).await;
        opened.close().await;
        kept.map_err(|error| Error::failed(chain(&error)))
    })?;
    Console::text(&lines)?;
    Ok(Exit::Complete)
}
