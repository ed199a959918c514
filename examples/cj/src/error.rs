use std::{fmt, io, path::Path};

use cj_core::scoring::ScoringError;

use crate::exit::Exit;

/// Why a command did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The contents of an input are wrong.
    #[error(transparent)]
    Input(#[from] InputError),
    /// An input cannot be read at all.
    #[error("cannot read {path}")]
    Unreadable {
        /// The file or folder.
        path: String,
        /// What the operating system says.
        source: io::Error,
    },
    /// The options do not go together, or ask for something that does not exist.
    #[error("{0}")]
    Usage(String),
    /// No such estimate exists for these judgements, or the model contradicts itself.
    #[error(transparent)]
    Scoring(#[from] ScoringError),
    /// A file or the standard output cannot be written.
    #[error("cannot write {path}")]
    Unwritable {
        /// The file, or `standard output`.
        path: String,
        /// What the operating system says.
        source: io::Error,
    },
    /// The work failed for a reason that is not in the input.
    #[error("{0}")]
    Failed(String),
    /// The work was done in part.
    #[error("{0}")]
    Partial(String),
}

impl Error {
    /// An input that cannot be read.
    pub fn unreadable(path: &Path, source: io::Error) -> Self {
        Self::Unreadable { path: path.display().to_string(), source }
    }

    /// A file that cannot be written.
    pub fn unwritable(path: &Path, source: io::Error) -> Self {
        Self::Unwritable { path: path.display().to_string(), source }
    }

    /// Options that do not go together, or ask for something that does not exist.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::Usage(message.into())
    }

    /// Work that failed for a reason that is not in the input.
    pub fn failed(message: impl Into<String>) -> Self {
        Self::Failed(message.into())
    }

    /// Work that was done in part.
    pub fn partial(message: impl Into<String>) -> Self {
        Self::Partial(message.into())
    }

    /// The exit code that this error ends the process with.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Input(_) | Self::Unreadable { .. } | Self::Usage(_) | Self::Scoring(_) => Exit::BadInput,
            Self::Unwritable { .. } | Self::Failed(_) => Exit::Failed,
            Self::Partial(_) => Exit::Partial,
        }
    }

    /// Whether the reader of the standard output has gone: `cj … | head`, which is no failure.
    pub fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::Unwritable { source, .. } if source.kind() == io::ErrorKind::BrokenPipe)
    }

    /// The lines to show: one for each problem, with its causes.
    pub fn lines(&self) -> Vec<String> {
        if let Self::Input(error) = self {
            return error.to_string().lines().map(str::to_owned).collect();
        }
        let mut line = self.to_string();
        let mut source = std::error::Error::source(self);
        while let Some(cause) = source {
            line = format!("{line}: {cause}");
            source = cause.source();
        }
        vec![line]
    }
}

/// What is wrong with an input: every problem found in it, at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputError {
    problems: Vec<Problem>,
}

impl InputError {
    /// An error with one problem.
    pub fn one(problem: Problem) -> Self {
        Self { problems: vec![problem] }
    }

    /// An error with all of `problems`; none where there are none.
    pub fn all(problems: Vec<Problem>) -> Option<Self> {
        (!problems.is_empty()).then_some(Self { problems })
    }

    /// The problems, in the order of the input.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl std::error::Error for InputError {}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.problems.iter().take(SHOWN).enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        if self.problems.len() > SHOWN {
            write!(f, "\nand {} more problems like these", self.problems.len() - SHOWN)?;
        }
        Ok(())
    }
}

/// How many problems of one input are shown.
const SHOWN: usize = 20;

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::Input(InputError::one(problem))
    }
}

/// One thing that is wrong with an input: where, what was expected, and what is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    file: String,
    line: Option<u64>,
    column: Option<String>,
    expected: String,
    found: String,
}

impl Problem {
    /// A problem with `file` as a whole.
    pub fn new(file: &Path, expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self {
            file: file.display().to_string(),
            line: None,
            column: None,
            expected: expected.into(),
            found: found.into(),
        }
    }

    /// The same, at a line (1 = the first).
    #[must_use]
    pub fn at_line(self, line: u64) -> Self {
        Self { line: Some(line), ..self }
    }

    /// The same, in a column of a table.
    #[must_use]
    pub fn in_column(self, column: impl Into<String>) -> Self {
        Self { column: Some(column.into()), ..self }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        if let Some(column) = &self.column {
            write!(f, ", column `{column}`")?;
        }
        write!(f, ": expected {}, found {}", self.expected, self.found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(line: u64) -> Problem {
        Problem::new(Path::new("j.csv"), "`left`, `right` or `tie`", "`x`").at_line(line).in_column("winner")
    }

    #[test]
    fn a_problem_says_where_and_what() {
        let error = Error::from(problem(7));
        assert_eq!(error.lines(), ["j.csv, line 7, column `winner`: expected `left`, `right` or `tie`, found `x`"]);
        assert_eq!(error.exit().code(), 2);
    }

    #[test]
    fn many_problems_are_cut_and_counted() {
        let error = Error::from(InputError::all((2..52).map(problem).collect()).unwrap());
        let lines = error.lines();
        assert_eq!(lines.len(), SHOWN + 1);
        assert_eq!(lines[SHOWN], "and 30 more problems like these");
    }

    #[test]
    fn a_cause_stands_behind_the_error() {
        let error = Error::unreadable(Path::new("gone.csv"), io::Error::from(io::ErrorKind::NotFound));
        assert_eq!(error.lines(), ["cannot read gone.csv: entity not found"]);
        assert_eq!(Error::failed("no").exit().code(), 1);
        assert_eq!(Error::partial("interrupted").exit().code(), 3);
    }
}
