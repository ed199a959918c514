//! A private server.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::user::OtherUser;
use super::{PgBinaries, PgFixtureError};

/// A private server, in a folder of its own, reached through a socket in that folder. It is gone when the value is dropped,
/// or when this process has ended in whatever way.
#[derive(Debug)]
pub struct PgCluster {
    binaries: PgBinaries,
    user: Option<OtherUser>,
    /// Removed last: fields are dropped in this order.
    guard: Child,
    folder: TempDir,
}

impl PgCluster {
    /// Starts a server of the installed binaries with settings such as `("fsync", "off")`, and waits until it can be used.
    ///
    /// # Errors
    /// Nothing is installed, or the server does not start.
    pub fn start(settings: &[(&str, &str)]) -> Result<Self, PgFixtureError> {
        let binaries = PgBinaries::find()?;
        let folder = tempfile::Builder::new().prefix("cj-pg-").tempdir()?;
        let user = OtherUser::needed(folder.path())?;
        if let Some(user) = user {
            user.give(folder.path())?;
        }
        let guard = guard(&binaries, user, folder.path())?;
        let cluster = Self { binaries, user, guard, folder };
        cluster.run("initdb", &["-A", "trust", "-U", SUPERUSER, "-E", "UTF8", "--locale=C", "--no-sync"])?;
        let mut lines = format!("listen_addresses = ''\nunix_socket_directories = '{}'\n", cluster.path().display());
        for (name, value) in settings {
            lines.extend([*name, " = '", value, "'\n"]);
        }
        let file = cluster.data().join("postgresql.auto.conf");
        std::fs::write(&file, lines)?;
        cluster.up()?;
        Ok(cluster)
    }

    /// How to reach a database of the server.
    pub fn url(&self, database: &str) -> String {
        let folder = self.path().display().to_string().replace('/', "%2F");
        format!("postgres://{SUPERUSER}@{folder}/{database}")
    }

    /// Stops the server without asking its clients, as a failure of its machine would.
    ///
    /// # Errors
    /// It does not stop.
    pub fn crash(&self) -> Result<(), PgFixtureError> {
        self.run("pg_ctl", &["stop", "-m", "immediate", "-w"])
    }

    /// Starts the server again, and waits until it can be used.
    ///
    /// # Errors
    /// It does not start.
    pub fn up(&self) -> Result<(), PgFixtureError> {
        let log = self.path().join("log");
        let log = log.display().to_string();
        self.run("pg_ctl", &["start", "-w", "-t", "60", "-l", &log])
    }

    /// The programs that it was started from.
    pub fn binaries(&self) -> &PgBinaries {
        &self.binaries
    }

    /// The folder of its socket: what `psql` and `pgbench` take as the host.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    fn data(&self) -> PathBuf {
        self.path().join("data")
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Result<(), PgFixtureError> {
        let program = self.binaries.program(program);
        let mut command = Command::new(&program);
        command.args(arguments).env("PGDATA", self.data()).current_dir(self.path()).stdin(Stdio::null());
        // Not by the interrupt of a terminal: a server ends when its guard says so.
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        if let Some(user) = self.user {
            user.run(&mut command);
        }
        let done = command.output()?;
        if done.status.success() {
            return Ok(());
        }
        let said = [done.stderr, done.stdout, std::fs::read(self.path().join("log")).unwrap_or_default()].concat();
        Err(PgFixtureError::Program { program, said: String::from_utf8_lossy(&said).trim().to_owned() })
    }
}

impl Drop for PgCluster {
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        // The folder must not go before the server has.
        let ended = self.guard.wait();
        if !std::thread::panicking() {
            ended.expect("a child of this process can be waited for");
        }
    }
}

/// A process that outlives this one by a moment: it waits for the end of its input, which comes when this process ends in
/// whatever way, then stops the server and removes its files.
fn guard(binaries: &PgBinaries, user: Option<OtherUser>, folder: &Path) -> Result<Child, PgFixtureError> {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", GUARD, "cj-pg-guard"]).arg(binaries.program("pg_ctl")).arg(folder).current_dir("/");
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    if let Some(user) = user {
        user.run(&mut command);
    }
    Ok(command.spawn()?)
}

const SUPERUSER: &str = "cj";
const GUARD: &str = r#"cat >/dev/null; "$1" stop -D "$2/data" -m immediate -w; rm -rf "$2""#;
