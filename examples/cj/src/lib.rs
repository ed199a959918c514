//! The command line of the comparative-judgement engine: everything that the binary `cj` is made of.
use std::ffi::OsString;

use clap::Parser;

pub mod cli;
pub mod command;
mod console;
pub mod drive;
mod error;
mod exit;
pub mod input;
pub mod judge;
pub mod output;
pub mod progress;
pub mod report;
pub mod scoring;
pub mod simulation;
pub mod store;
pub mod view;

pub use console::Console;
pub use error::{Error, InputError, Problem};
pub use exit::Exit;

/// Runs the command that `args` name (the first is the program) and says how it ended.
///
/// Results go to the standard output, everything else to the standard error.
pub fn run(args: impl IntoIterator<Item = OsString>) -> Exit {
    let cli = match cli::Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            match wrong_value(&error) {
                Some(line) => Console::complain(&Error::usage(line)),
                None => error.print().unwrap_or_default(),
            }
            return if error.use_stderr() { Exit::BadInput } else { Exit::Complete };
        }
    };
    let console = Console::new(&cli.globals);
    let ended = match &cli.command {
        cli::Command::Score(args) => command::score::run(args, &cli.globals, &console),
        cli::Command::Pair(args) => command::pair::run(args, &cli.globals, &console),
        cli::Command::Simulate(args) => command::simulate::run(args, &cli.globals, &console),
        cli::Command::Run(args) => command::run::run(args, &cli.globals, &console),
        cli::Command::Replay(args) => command::replay::run(args, &cli.globals, &console),
        cli::Command::Status(args) => command::status::run(args, &cli.globals, &console),
        cli::Command::Results(args) => command::results::run(args, &cli.globals, &console),
        cli::Command::Report(args) => command::report::run(args, &cli.globals, &console),
        cli::Command::Cancel(args) => command::cancel::run(args, &cli.globals, &console),
        cli::Command::Delete(args) => command::delete::run(args, &cli.globals, &console),
        cli::Command::Events(args) => command::events::run(args, &cli.globals, &console),
        cli::Command::Outbox(args) => command::outbox::run(args, &cli.globals, &console),
        cli::Command::DeadLetters(args) => command::dead_letters::run(args, &cli.globals, &console),
        cli::Command::Migrate(args) => command::migrate::run(args, &cli.globals, &console),
        cli::Command::Schema(args) => command::schema::run(args, &console),
        #[cfg(feature = "kafka")]
        cli::Command::Content(args) => command::content::run(args, &cli.globals),
        #[cfg(feature = "kafka")]
        cli::Command::Serve(args) => command::serve::run(args, &cli.globals, &console),
    };
    match ended {
        Ok(exit) => exit,
        Err(error) if error.is_closed_pipe() => Exit::Complete,
        Err(error) => {
            Console::complain(&error);
            error.exit()
        }
    }
}

/// What is wrong with the value of an option, on one line; none for other errors, which show the usage.
fn wrong_value(error: &clap::Error) -> Option<String> {
    use clap::error::ErrorKind;
    if !matches!(error.kind(), ErrorKind::ValueValidation | ErrorKind::InvalidValue) {
        return None;
    }
    let text = error.to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    let lines =
        text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("For more information"));
    Some(lines.collect::<Vec<_>>().join(" "))
}
