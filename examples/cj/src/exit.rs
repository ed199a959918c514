use std::process::ExitCode;

/// How a command ended, as the process's exit code says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Exit {
    /// Everything that was asked for is done.
    Complete,
    /// It could not be done.
    Failed,
    /// The command line or an input was wrong.
    BadInput,
    /// Done in part: interrupted, timed out, or ended by `forced_recovery`.
    Partial,
}

impl Exit {
    /// The number that the shell sees.
    pub const fn code(self) -> u8 {
        match self {
            Self::Complete => 0,
            Self::Failed => 1,
            Self::BadInput => 2,
            Self::Partial => 3,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
