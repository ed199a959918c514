//! Who runs the server: it refuses to be root.

use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use super::PgFixtureError;

/// Another user, where this process is root's.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct OtherUser {
    uid: u32,
    gid: u32,
}

impl OtherUser {
    /// The user who runs the server, or none where this process may run it itself. `probe` is a folder of this process.
    pub(super) fn needed(probe: &Path) -> Result<Option<Self>, PgFixtureError> {
        use std::os::unix::fs::MetadataExt as _;
        if std::fs::metadata(probe)?.uid() != 0 {
            return Ok(None);
        }
        let users = std::fs::read_to_string("/etc/passwd")?;
        let user = |name: &str| users.lines().find_map(|line| Self::parse(line, name));
        user("postgres").or_else(|| user("nobody")).map(Some).ok_or(PgFixtureError::NoUser)
    }

    /// Gives a file or folder to the user.
    pub(super) fn give(self, path: &Path) -> Result<(), PgFixtureError> {
        Ok(std::os::unix::fs::chown(path, Some(self.uid), Some(self.gid))?)
    }

    /// Makes a program run as the user.
    pub(super) fn run(self, program: &mut Command) {
        program.uid(self.uid).gid(self.gid);
    }

    fn parse(line: &str, name: &str) -> Option<Self> {
        let mut fields = line.split(':');
        if fields.next() != Some(name) {
            return None;
        }
        let (uid, gid) = (fields.nth(1)?.parse().ok()?, fields.next()?.parse().ok()?);
        Some(Self { uid, gid })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_found_by_its_name() {
        let line = "postgres:x:101:103:PostgreSQL administrator,,,:/var/lib/postgresql:/bin/bash";
        assert_eq!(OtherUser::parse(line, "postgres"), Some(OtherUser { uid: 101, gid: 103 }));
        assert_eq!(OtherUser::parse(line, "post"), None);
    }
}
