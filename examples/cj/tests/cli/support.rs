//! The real binary, run to its end.
use std::{ffi::OsStr, process::Command};

/// A call of `cj`, in the making.
pub(crate) struct Call(Command);

/// How a call ended.
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A call of `cj` without arguments.
pub(crate) fn cj() -> Call {
    Call(Command::new(env!("CARGO_BIN_EXE_cj")))
}

impl Call {
    pub(crate) fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.0.arg(arg);
        self
    }

    pub(crate) fn args(mut self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        self.0.args(args);
        self
    }

    pub(crate) fn run(mut self) -> Ended {
        let output = self.0.output().expect("the binary starts");
        Ended {
            code: output.status.code().expect("it ends by itself"),
            stdout: String::from_utf8(output.stdout).expect("its results are text"),
            stderr: String::from_utf8(output.stderr).expect("its remarks are text"),
        }
    }
}
