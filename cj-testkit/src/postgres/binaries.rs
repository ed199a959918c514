//! The programs of an installed server.

use std::path::{Path, PathBuf};

use super::PgFixtureError;

/// The folder that holds the programs of an installed PostgreSQL server.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PgBinaries {
    folder: PathBuf,
}

impl PgBinaries {
    /// Looks in the `PATH`, then where distributions put them, newest version first.
    ///
    /// # Errors
    /// [`PgFixtureError::NotInstalled`].
    pub fn find() -> Result<Self, PgFixtureError> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let named = std::env::split_paths(&path).filter_map(|folder| Self::of_link(&folder));
        let mut usual: Vec<PathBuf> = ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt"]
            .iter()
            .filter_map(|parent| std::fs::read_dir(parent).ok())
            .flat_map(|entries| entries.filter_map(Result::ok).map(|entry| entry.path().join("bin")))
            .collect();
        usual.sort_by_key(|folder| std::cmp::Reverse(version(folder)));
        usual.extend(["/usr/pgsql/bin", "/usr/local/pgsql/bin"].map(PathBuf::from));
        let mut all = named.chain(usual).map(|folder| Self { folder });
        all.find(Self::is_complete).ok_or(PgFixtureError::NotInstalled)
    }

    /// One of the programs, for instance `pgbench`.
    pub fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The folder that a link in a folder of the `PATH` points into: a server wants its programs side by side.
    fn of_link(folder: &Path) -> Option<PathBuf> {
        let program = folder.join("pg_ctl").canonicalize().ok()?;
        program.parent().map(Path::to_owned)
    }

    fn is_complete(&self) -> bool {
        ["initdb", "pg_ctl", "postgres"].iter().all(|name| self.program(name).is_file())
    }
}

/// The version in a path such as `/usr/lib/postgresql/15/bin`.
fn version(folder: &Path) -> u32 {
    let digits = |name: &str| name.trim_start_matches(|c: char| !c.is_ascii_digit()).parse().ok();
    folder.iter().filter_map(|part| part.to_str().and_then(digits)).next_back().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_a_number() {
        assert!(version(Path::new("/usr/lib/postgresql/15/bin")) > version(Path::new("/usr/lib/postgresql/9/bin")));
        assert_eq!(version(Path::new("/opt/homebrew/opt/postgresql@17/bin")), 17);
        assert_eq!(version(Path::new("/usr/local/pgsql/bin")), 0);
    }
}
