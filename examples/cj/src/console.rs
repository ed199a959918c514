use std::io::{self, IsTerminal, Write};

use crate::{
    cli::{Format, Globals},
    error::Error,
    output::{Document, is_absence, print},
};

/// Where results and remarks go: data to the standard output, everything else to the standard error.
#[derive(Debug)]
pub struct Console {
    format: Format,
    quiet: bool,
    colour: bool,
}

impl Console {
    /// The console that the options ask for. Colour needs a terminal and no `NO_COLOR`.
    pub fn new(globals: &Globals) -> Self {
        let refused = globals.no_color.as_ref().is_some_and(|value| !value.is_empty());
        Self { format: globals.format, quiet: globals.quiet, colour: !refused && io::stdout().is_terminal() }
    }

    /// How results are printed.
    pub const fn format(&self) -> Format {
        self.format
    }

    /// Whether remarks and progress are to be left out.
    pub const fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Whether progress bars make sense: the standard error is a terminal that nobody asked to be quiet.
    pub fn shows_progress(&self) -> bool {
        !self.quiet && io::stderr().is_terminal()
    }

    /// Prints a result to the standard output, as `--format` says. Its warnings also go to the standard error, unless
    /// the format is JSON, which holds them. That a figure is absent is no warning to a person: the table shows it.
    ///
    /// # Errors
    /// [`Error::Unwritable`] when the standard output cannot be written.
    pub fn print(&self, document: &impl Document) -> Result<(), Error> {
        let mut text = Vec::new();
        print(document, self.format, self.colour, &mut text).map_err(unwritable)?;
        write_out(&text)?;
        if self.format != Format::Json {
            for warning in document.warnings().iter().filter(|warning| !is_absence(warning)) {
                self.remark(&format!("warning: {warning}"));
            }
        }
        Ok(())
    }

    /// Prints text to the standard output as it is.
    ///
    /// # Errors
    /// [`Error::Unwritable`] when the standard output cannot be written.
    pub fn text(text: &str) -> Result<(), Error> {
        write_out(text.as_bytes())
    }

    /// Writes a line to the standard error, unless `--quiet`.
    pub fn remark(&self, line: &str) {
        if !self.quiet {
            Self::say(line);
        }
    }

    /// Writes an error to the standard error, one line for each of its problems.
    pub fn complain(error: &Error) {
        for line in error.lines() {
            Self::say(&format!("error: {line}"));
        }
    }

    /// Writes a line to the standard error. A closed standard error leaves nobody to tell, so that failure is let go.
    pub(crate) fn say(line: &str) {
        writeln!(io::stderr().lock(), "{line}").unwrap_or_default();
    }
}

fn write_out(bytes: &[u8]) -> Result<(), Error> {
    let mut out = io::stdout().lock();
    out.write_all(bytes).and_then(|()| out.flush()).map_err(unwritable)
}

fn unwritable(source: io::Error) -> Error {
    Error::Unwritable { path: "standard output".to_owned(), source }
}
