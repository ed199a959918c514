//! The binary `cj`.
use std::process::ExitCode;

fn main() -> ExitCode {
    cj::run(std::env::args_os()).into()
}
