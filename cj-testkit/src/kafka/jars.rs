//! The jars of the broker, fetched once per workspace.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::KafkaFixtureError;

/// The folder with the jars; `scripts/kafka-up` uses the same.
pub(super) fn folder() -> Result<PathBuf, KafkaFixtureError> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or_else(|| Path::new("."));
    let home = root.join("target/kafka");
    let jars = home.join("jars");
    if jars.is_dir() {
        return Ok(jars);
    }
    std::fs::create_dir_all(&home)?;
    let fresh = tempfile::Builder::new().prefix("jars.").tempdir_in(&home)?;
    let mut maven = Command::new("mvn");
    maven.args(["-q", "-B", "-f"]).arg(root.join("scripts/kafka/pom.xml"));
    maven.args(["dependency:copy-dependencies", "-DincludeScope=runtime"]);
    maven.arg(format!("-DoutputDirectory={}", fresh.path().display())).stdin(Stdio::null());
    run("mvn", &mut maven)?;
    // Whoever was faster has the same jars.
    match std::fs::rename(fresh.path(), &jars) {
        Err(error) if !jars.is_dir() => Err(error.into()),
        _ => Ok(jars),
    }
}

/// Runs a program to its end.
pub(super) fn run(program: &'static str, command: &mut Command) -> Result<(), KafkaFixtureError> {
    let done = command.output().map_err(|error| missing(program, error))?;
    if done.status.success() {
        return Ok(());
    }
    let said = [done.stderr, done.stdout].concat();
    Err(KafkaFixtureError::Program { program, said: String::from_utf8_lossy(&said).trim().to_owned() })
}

/// A program that could not be started.
pub(super) fn missing(program: &'static str, error: std::io::Error) -> KafkaFixtureError {
    if error.kind() == std::io::ErrorKind::NotFound {
        return KafkaFixtureError::NotInstalled { program };
    }
    error.into()
}
