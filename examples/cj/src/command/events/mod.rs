//! `cj events`: messages of the platform, checked and shown.

mod check;
mod differences;
mod messages;
mod sample;

use crate::cli::Globals;
use crate::console::Console;
use crate::error::Error;
use crate::exit::Exit;

/// Options of `cj events`.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Clone, Debug, clap::Subcommand)]
enum Command {
    /// Read messages as their contracts' readers do, write them again, and say where they differ
    Check(check::Args),
    /// Write one of each message that this engine sends
    Sample(sample::Args),
}

/// Checks messages, or writes samples of them.
///
/// # Errors
/// Those of the command.
pub fn run(args: &Args, globals: &Globals, console: &Console) -> Result<Exit, Error> {
    match &args.command {
        Command::Check(args) => check::run(args, console),
        Command::Sample(args) => sample::run(args, globals, console),
    }
}
