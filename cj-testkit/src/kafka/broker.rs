//! A private broker.

use std::fs::File;
use std::io::Write as _;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

use tempfile::TempDir;

use super::{KafkaFixtureError, certificate, jars};

/// A private single-node broker with its log in a folder of its own. It is gone when the value is dropped, or when this
/// process has ended in whatever way.
#[derive(Debug)]
pub struct KafkaBroker {
    jars: PathBuf,
    port: u16,
    secured_port: Option<u16>,
    process: Mutex<Option<Child>>,
    guard: Mutex<Child>,
    folder: TempDir,
}

impl KafkaBroker {
    /// The bootstrap address of the broker that the tests of this process share: that of `KAFKA_BOOTSTRAP`, else a private one.
    ///
    /// # Panics
    /// When there is no broker: a test that needs one must fail, not be skipped. The message says what to install.
    pub fn shared() -> String {
        static SHARED: OnceLock<Result<(String, Option<KafkaBroker>), KafkaFixtureError>> = OnceLock::new();
        let start = || {
            #[expect(clippy::disallowed_methods, reason = "the fixture is the edge where the broker is named")]
            if let Ok(address) = std::env::var("KAFKA_BOOTSTRAP") {
                return Ok((address, None));
            }
            let broker = Self::start()?;
            Ok((broker.bootstrap(), Some(broker)))
        };
        match SHARED.get_or_init(start) {
            Ok((address, _)) => address.clone(),
            Err(error) => panic!("{error}"),
        }
    }

    /// Starts a broker with an empty log, and waits until it can be used.
    ///
    /// # Errors
    /// Java or Maven is missing, or the broker does not start.
    pub fn start() -> Result<Self, KafkaFixtureError> {
        Self::with(Doors::Open)
    }

    /// Starts one that can also be reached with TLS and a password ([`Self::secured_bootstrap`]).
    ///
    /// # Errors
    /// Those of [`Self::start`].
    pub fn start_secured() -> Result<Self, KafkaFixtureError> {
        Self::with(Doors::Secured)
    }

    fn with(doors: Doors) -> Result<Self, KafkaFixtureError> {
        let jars = jars::folder()?;
        let folder = tempfile::Builder::new().prefix("cj-kafka-").tempdir()?;
        let [port, controller, secured] = free_ports()?;
        let fill = |template: &str| {
            let filled = template.replace("@DIR@", &folder.path().display().to_string());
            let filled = filled.replace("@PORT@", &port.to_string()).replace("@SECURED_PORT@", &secured.to_string());
            filled.replace("@CONTROLLER_PORT@", &controller.to_string())
        };
        let secured_port = match doors {
            Doors::Open => None,
            Doors::Secured => Some(secured),
        };
        let settings = [SERVER, if secured_port.is_some() { SECURED } else { "" }].concat();
        std::fs::write(folder.path().join("server.properties"), fill(&settings))?;
        std::fs::write(folder.path().join("log4j2.properties"), LOGGING)?;
        let guard = Mutex::new(guard(folder.path())?);
        let broker = Self { jars, port, secured_port, process: Mutex::new(None), guard, folder };
        let mut format = broker.java("kafka.tools.StorageTool");
        format.args(["format", "--standalone", "-t", CLUSTER, "-c"]).arg(broker.path("server.properties"));
        if secured_port.is_some() {
            certificate::make(broker.folder.path(), "broker")?;
            let (user, password) = (Self::USER, Self::PASSWORD);
            format.arg("--add-scram").arg(format!("SCRAM-SHA-512=[name={user},password={password}]"));
        }
        jars::run("java", &mut format)?;
        broker.up()?;
        Ok(broker)
    }

    /// The address that clients are given.
    pub fn bootstrap(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The address for clients with TLS and a password (by PLAIN or SCRAM-SHA-512), where it has one.
    pub fn secured_bootstrap(&self) -> Option<String> {
        self.secured_port.map(|port| format!("127.0.0.1:{port}"))
    }

    /// The certificate by which clients know a broker with TLS: a PEM file.
    pub fn authority(&self) -> PathBuf {
        self.path("broker.pem")
    }

    /// A certificate that this broker does not have: a PEM file.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn stranger(&self) -> Result<PathBuf, KafkaFixtureError> {
        certificate::make(self.folder.path(), "stranger")
    }

    /// Who may come in by the secured address.
    pub const USER: &str = "cj";
    /// Their password.
    pub const PASSWORD: &str = "cj-secret";

    /// Kills the broker (SIGKILL) and waits until it is dead. One that is dead already stays so.
    ///
    /// # Errors
    /// It cannot be killed.
    ///
    /// # Panics
    /// Never: no holder of the lock panics.
    pub fn kill(&self) -> Result<(), KafkaFixtureError> {
        if let Some(mut process) = self.process.lock().expect("no holder of this lock panics").take() {
            process.kill()?;
            process.wait()?;
            // Its number may be another's by the time that this process ends.
            self.tell_guard("")?;
        }
        Ok(())
    }

    /// Starts the broker again on the same ports and the same log, and waits until it can be used. One that runs goes on.
    ///
    /// # Errors
    /// It does not start.
    ///
    /// # Panics
    /// Never: no holder of a lock panics.
    pub fn up(&self) -> Result<(), KafkaFixtureError> {
        let mut process = self.process.lock().expect("no holder of this lock panics");
        if process.is_some() {
            return Ok(());
        }
        let log = self.path("log");
        let file = File::create(&log)?;
        let mut command = self.java("kafka.Kafka");
        command.arg(self.path("server.properties")).stdout(file.try_clone()?).stderr(file);
        let mut child = command.spawn().map_err(|error| jars::missing("java", error))?;
        self.tell_guard(&child.id().to_string())?;
        for _ in 0..600 {
            let said = std::fs::read_to_string(&log).unwrap_or_default();
            if said.contains("Kafka Server started") {
                *process = Some(child);
                return Ok(());
            }
            if child.try_wait()?.is_some() {
                break;
            }
            pause();
        }
        child.kill()?;
        child.wait()?;
        let said = std::fs::read_to_string(&log).unwrap_or_default();
        let last: Vec<&str> = said.lines().rev().take(10).collect();
        let said = last.into_iter().rev().collect::<Vec<_>>().join("\n");
        Err(KafkaFixtureError::NotReady { folder: self.folder.path().to_owned(), said })
    }

    fn tell_guard(&self, process: &str) -> std::io::Result<()> {
        let mut guard = self.guard.lock().expect("no holder of this lock panics");
        guard.stdin.as_mut().map_or(Ok(()), |input| writeln!(input, "{process}"))
    }

    fn java(&self, class: &str) -> Command {
        let mut command = Command::new("java");
        command.args(["-Xms256m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]);
        command.arg(format!("-Dlog4j2.configurationFile={}", self.path("log4j2.properties").display()));
        command.arg("-cp").arg(self.jars.join("*")).arg(class).current_dir(self.folder.path()).stdin(Stdio::null());
        // Not by the interrupt of a terminal: a broker ends when its fixture says so.
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        command
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

impl Drop for KafkaBroker {
    fn drop(&mut self) {
        let killed = self.kill();
        let mut guard = self.guard.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        drop(guard.stdin.take());
        let ended = guard.wait();
        if !std::thread::panicking() {
            killed.expect("a child of this process can be killed");
            ended.expect("a child of this process can be waited for");
        }
    }
}

/// A process that outlives this one by a moment: it is told the broker's process ids, waits for the end of its input, which
/// comes when this process ends in whatever way, then kills the broker and removes its files.
fn guard(folder: &Path) -> Result<Child, KafkaFixtureError> {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", GUARD, "cj-kafka-guard"]).arg(folder).current_dir("/");
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    Ok(command.spawn()?)
}

/// By which ways a broker can be reached.
#[derive(Clone, Copy)]
enum Doors {
    Open,
    Secured,
}

/// Ports that nobody listens on.
fn free_ports() -> std::io::Result<[u16; 3]> {
    let bound = [(); 3].map(|()| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)));
    let mut ports = [0; 3];
    for (port, listener) in ports.iter_mut().zip(&bound) {
        *port = match listener {
            Ok(listener) => listener.local_addr()?.port(),
            Err(error) => return Err(error.kind().into()),
        };
    }
    Ok(ports)
}

fn pause() {
    #[expect(clippy::disallowed_methods, reason = "another process is waited for, whose only sign is its log")]
    std::thread::sleep(Duration::from_millis(50));
}

/// Any cluster id will do: the broker is alone.
const CLUSTER: &str = "Y2otdGVzdC1jbHVzdGVyMQ";
const GUARD: &str = r#"while read -r id; do last=$id; done; [ -n "$last" ] && kill -9 "$last"; sleep 0.2; rm -rf "$1""#;
const SERVER: &str = include_str!("../../../scripts/kafka/server.properties");
const SECURED: &str = include_str!("../../../scripts/kafka/secured.properties");
const LOGGING: &str = include_str!("../../../scripts/kafka/log4j2.properties");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broker_that_was_killed_comes_back_on_its_port_and_goes_with_its_value() {
        let broker = KafkaBroker::start().unwrap_or_else(|error| panic!("{error}"));
        let (address, folder) = (broker.bootstrap(), broker.path(""));
        assert!(std::net::TcpStream::connect(&address).is_ok());
        broker.kill().unwrap();
        assert!(std::net::TcpStream::connect(&address).is_err());
        broker.up().unwrap();
        assert!(std::net::TcpStream::connect(&address).is_ok());
        drop(broker);
        assert!(std::net::TcpStream::connect(&address).is_err());
        assert!(!folder.exists());
    }
}
