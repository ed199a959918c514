//! What the server can do at all.

use std::process::Command;

use cj_testkit::postgres::PgCluster;

use crate::load::Failure;

/// Transactions a second of `pgbench -N` (an update, a read and an insert in one commit), with prepared statements, on a
/// private server.
///
/// # Errors
/// `pgbench` is not installed, or fails.
pub fn pgbench(cluster: &PgCluster, clients: u32, seconds: u32) -> Result<f64, Failure> {
    let run = |arguments: &[&str]| -> Result<String, Failure> {
        let mut program = Command::new("pgbench");
        let beside = cluster.binaries().program("pgbench");
        if beside.is_file() {
            program = Command::new(beside);
        }
        let done = program.args(arguments).arg("-h").arg(cluster.path()).args(["-U", "cj", "postgres"]).output()?;
        if !done.status.success() {
            return Err(format!("pgbench failed: {}", String::from_utf8_lossy(&done.stderr)).into());
        }
        Ok(String::from_utf8(done.stdout)?)
    };
    run(&["-i", "-q", "-s", "10"])?;
    let (clients, seconds) = (clients.to_string(), seconds.to_string());
    let said = run(&["-N", "-M", "prepared", "-c", &clients, "-j", "2", "-T", &seconds])?;
    let line = said.lines().find_map(|line| line.strip_prefix("tps = ")).ok_or("pgbench names no tps")?;
    let tps = line.split(' ').next().unwrap_or_default();
    Ok(tps.parse()?)
}
