//! A SQLite file.

use std::path::{Path, PathBuf};
use std::time::Duration;

use cj_core::store::StoreError;
use cj_storage_sqlite::{Access, SqliteOptions, SqliteStore};

use super::{Presence, chain, refused};
use crate::error::Error;

/// A SQLite file, and how long to wait for it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct File {
    path: PathBuf,
    busy_timeout: Option<Duration>,
}

impl File {
    /// Reads a value: a path, or `sqlite:PATH`, perhaps with `?busy_timeout=SECONDS`.
    pub(crate) fn parse(store: &str) -> Result<Self, Error> {
        let Some(rest) = store.strip_prefix("sqlite:") else {
            return Ok(Self { path: store.into(), busy_timeout: None });
        };
        let rest = rest.strip_prefix("//").unwrap_or(rest);
        let (path, options) = rest.split_once('?').unwrap_or((rest, ""));
        if path.is_empty() {
            return Err(Error::usage("--store sqlite:PATH: the path is empty"));
        }
        if path == ":memory:" {
            return Err(Error::usage(format!("--store {store}: a batch is kept in a file, expected sqlite:PATH")));
        }
        let mut file = Self { path: path.into(), busy_timeout: None };
        for option in options.split('&').filter(|option| !option.is_empty()) {
            let seconds = option.strip_prefix("busy_timeout=").and_then(|seconds| seconds.parse().ok());
            let timeout = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
            file.busy_timeout = Some(timeout.ok_or_else(|| {
                Error::usage(format!("--store {store}: expected `busy_timeout=SECONDS`, found `{option}`"))
            })?);
        }
        Ok(file)
    }

    /// The file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Opens the file and brings its tables up to date. A file that needs nothing is not written to: whoever only reads does
    /// not wait for a run that writes.
    pub(crate) async fn open(&self, presence: Presence) -> Result<SqliteStore, Error> {
        let refused = |error: StoreError| refused(&self.path.display().to_string(), &error);
        self.check(presence)?;
        let access = if presence == Presence::Made { Access::Create } else { Access::ReadWrite };
        let opened = self.options().access(access).open().await.map_err(refused)?;
        let version = opened.schema_version().await.map_err(refused)?;
        if presence == Presence::Required && version.is_none() {
            return Err(Error::usage(format!("--store {}: there are no batches in this file", self.path.display())));
        }
        if opened.check().await.is_err() {
            opened.migrate().await.map_err(refused)?;
        }
        Ok(opened)
    }

    /// Says whether the tables are those of this version.
    pub(crate) async fn check_tables(&self) -> Result<(), Error> {
        self.check(Presence::Required)?;
        let opened = self.options().access(Access::ReadOnly).open().await;
        let opened = opened.map_err(|error| refused(&self.path.display().to_string(), &error))?;
        let checked = opened.check().await.map_err(|error| Error::failed(chain(&error)));
        opened.close().await;
        checked
    }

    /// How to open it.
    fn options(&self) -> SqliteOptions {
        let options = SqliteOptions::new(&self.path);
        match self.busy_timeout {
            Some(timeout) => options.busy_timeout(timeout),
            None => options,
        }
    }

    /// Makes sure that there is something to open, or room for it.
    fn check(&self, presence: Presence) -> Result<(), Error> {
        let path = &self.path;
        let wrong = |what: String| Err(Error::usage(format!("--store {}: {what}", path.display())));
        if path.is_dir() {
            return wrong("expected a SQLite file, found a folder".to_owned());
        }
        if presence == Presence::Required && !path.exists() {
            return wrong("there is no such file; `cj run` makes one".to_owned());
        }
        match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() && !folder.is_dir() => {
                wrong(format!("there is no folder {}", folder.display()))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(store: &str) -> Option<(String, Option<u64>)> {
        let file = File::parse(store).ok()?;
        Some((file.path.display().to_string(), file.busy_timeout.map(|timeout| timeout.as_millis() as u64)))
    }

    #[test]
    fn a_store_is_a_path_with_or_without_its_kind() {
        for (store, path, timeout) in [
            ("sqlite:a/b.db", "a/b.db", None),
            ("sqlite:///tmp/b.db", "/tmp/b.db", None),
            ("sqlite:b.db?busy_timeout=0.25", "b.db", Some(250)),
            ("b.db", "b.db", None),
            ("what?.db", "what?.db", None),
        ] {
            assert_eq!(parsed(store), Some((path.to_owned(), timeout)), "{store}");
        }
        for store in ["sqlite:", "sqlite::memory:", "sqlite:b.db?busy_timeout=-1", "sqlite:b.db?mode=ro"] {
            assert_eq!(parsed(store), None, "{store}");
        }
    }
}
