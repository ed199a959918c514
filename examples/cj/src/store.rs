//! The store that `--store` names.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use cj_core::store::{ErrorKind, Store, StoreError};
use cj_storage_sqlite::{Access, SqliteOptions, SqliteStore};

use crate::error::Error;

/// Whether a store may be made where there is none.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "it may or it may not")]
pub enum Presence {
    /// It is made.
    Made,
    /// It must be there.
    Required,
}

/// Opens the store of a `--store` value, does some work on it and closes it: what was written is then in the one file.
///
/// # Errors
/// Those of [`open`] and of the work.
pub fn with<T>(
    store: &str,
    presence: Presence,
    work: impl AsyncFnOnce(Arc<dyn Store>) -> Result<T, Error>,
) -> Result<T, Error> {
    runtime()?.block_on(async {
        let opened = open(store, presence).await?;
        let ended = work(opened.clone()).await;
        opened.close().await;
        ended
    })
}

/// The runtime of a command.
///
/// # Errors
/// [`Error::Failed`] where the system gives no threads.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Error> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.map_err(|error| Error::failed(format!("no runtime could be started: {error}")))
}

/// Opens the store of a `--store` value and brings a SQLite file's tables up to date. A file that needs nothing is not
/// written to: whoever only reads does not wait for a run that writes.
///
/// # Errors
/// [`Error::Usage`] for a value that names no store, a file that is none, or one that is locked, read-only or newer.
pub async fn open(store: &str, presence: Presence) -> Result<Arc<SqliteStore>, Error> {
    let place = Place::parse(store)?;
    let path = &place.path;
    place.check(presence)?;
    let access = if presence == Presence::Made { Access::Create } else { Access::ReadWrite };
    let opened = place.options().access(access).open().await.map_err(|error| refused(path, &error))?;
    let version = opened.schema_version().await.map_err(|error| refused(path, &error))?;
    if presence == Presence::Required && version.is_none() {
        return Err(Error::usage(format!("--store {}: there are no batches in this file", path.display())));
    }
    if opened.check().await.is_err() {
        opened.migrate().await.map_err(|error| refused(path, &error))?;
    }
    Ok(Arc::new(opened))
}

/// What a `--store` value says: the file, and how long to wait for it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Place {
    path: PathBuf,
    busy_timeout: Option<Duration>,
}

impl Place {
    /// Reads a value: a path, or `sqlite:PATH`, perhaps with `?busy_timeout=SECONDS`.
    pub(crate) fn parse(store: &str) -> Result<Self, Error> {
        let Some(rest) = store.strip_prefix("sqlite:") else {
            if let Some((scheme, _)) = store.split_once("://") {
                return Err(Error::usage(format!(
                    "--store {scheme}://…: this version keeps batches in SQLite only; expected sqlite:PATH or a path"
                )));
            }
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
        let mut place = Self { path: path.into(), busy_timeout: None };
        for option in options.split('&').filter(|option| !option.is_empty()) {
            let seconds = option.strip_prefix("busy_timeout=").and_then(|seconds| seconds.parse().ok());
            let timeout = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
            place.busy_timeout = Some(timeout.ok_or_else(|| {
                Error::usage(format!("--store {store}: expected `busy_timeout=SECONDS`, found `{option}`"))
            })?);
        }
        Ok(place)
    }

    /// The file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// How to open it.
    pub(crate) fn options(&self) -> SqliteOptions {
        let options = SqliteOptions::new(&self.path);
        match self.busy_timeout {
            Some(timeout) => options.busy_timeout(timeout),
            None => options,
        }
    }

    /// Makes sure that there is something to open, or room for it.
    pub(crate) fn check(&self, presence: Presence) -> Result<(), Error> {
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

/// A store that cannot be used at all is the caller's to mend.
pub(crate) fn refused(path: &Path, error: &StoreError) -> Error {
    match error.kind() {
        ErrorKind::Unsupported | ErrorKind::Corrupt | ErrorKind::Unavailable | ErrorKind::Other => {
            Error::usage(format!("--store {}: {}", path.display(), chain(error)))
        }
        _ => Error::failed(chain(error)),
    }
}

/// An error with everything behind it, on one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut line = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let text = cause.to_string();
        if !line.ends_with(&text) {
            line = format!("{line}: {text}");
        }
        source = cause.source();
    }
    line.replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(store: &str) -> Option<(String, Option<u64>)> {
        let place = Place::parse(store).ok()?;
        Some((place.path.display().to_string(), place.busy_timeout.map(|timeout| timeout.as_millis() as u64)))
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
        for store in
            ["postgres://host/db", "sqlite:", "sqlite::memory:", "sqlite:b.db?busy_timeout=-1", "sqlite:b.db?mode=ro"]
        {
            assert_eq!(parsed(store), None, "{store}");
        }
    }
}
