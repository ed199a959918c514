//! What the machine can do at all, and what a benchmark takes of it.

use std::fs::{File, read_to_string};
use std::io::Write as _;
use std::path::Path;

use super::Failure;

/// Appends so many times 4 KiB to a new file in a folder, each of which is on the disk before the next: what one commit after
/// the other costs at least.
///
/// # Errors
/// The file cannot be written.
pub fn synced(folder: &Path, times: u32) -> Result<(), Failure> {
    let mut file = File::create(folder.join("synced"))?;
    for _ in 0..times {
        file.write_all(&[7; 4_096])?;
        file.sync_data()?;
    }
    Ok(())
}

/// Memory of this process that is not on the disk, in KiB.
///
/// # Errors
/// The system does not say: it is not Linux.
pub fn resident() -> Result<u64, Failure> {
    let status = read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS in /proc/self/status")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}
