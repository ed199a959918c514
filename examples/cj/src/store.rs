//! The store that `--store` names.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use cj_core::store::{ErrorKind, Store, StoreError};
use cj_storage_sqlite::{Access, SqliteOptions};

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

/// Opens the store of a `--store` value and brings a SQLite file's tables up to date.
///
/// # Errors
/// [`Error::Usage`] for a value that names no store, a file that is none, or one that is locked, read-only or newer.
pub async fn open(store: &str, presence: Presence) -> Result<Arc<dyn Store>, Error> {
    let path = sqlite_path(store)?;
    if path.is_dir() {
        return Err(Error::usage(format!("--store {}: expected a SQLite file, found a folder", path.display())));
    }
    if presence == Presence::Required && !path.exists() {
        return Err(Error::usage(format!("--store {}: there is no such file; `cj run` makes one", path.display())));
    }
    let access = if presence == Presence::Made { Access::Create } else { Access::ReadWrite };
    let opened = SqliteOptions::new(&path).access(access).open().await.map_err(|error| refused(&path, &error))?;
    opened.migrate().await.map_err(|error| refused(&path, &error))?;
    Ok(Arc::new(opened))
}

/// The file that a `--store` value names.
///
/// # Errors
/// [`Error::Usage`] for another kind of store.
pub fn sqlite_path(store: &str) -> Result<PathBuf, Error> {
    if let Some(path) = store.strip_prefix("sqlite:") {
        let path = path.strip_prefix("//").unwrap_or(path);
        return if path.is_empty() {
            Err(Error::usage("--store sqlite:PATH: the path is empty"))
        } else {
            Ok(path.into())
        };
    }
    if let Some((scheme, _)) = store.split_once("://") {
        return Err(Error::usage(format!(
            "--store {scheme}://…: this version keeps batches in SQLite only; expected sqlite:PATH or a path"
        )));
    }
    Ok(Path::new(store).to_owned())
}

/// A store that cannot be used at all is the caller's to mend.
fn refused(path: &Path, error: &StoreError) -> Error {
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

    #[test]
    fn a_store_is_a_path_with_or_without_its_kind() {
        assert_eq!(sqlite_path("sqlite:a/b.db").unwrap(), Path::new("a/b.db"));
        assert_eq!(sqlite_path("sqlite:///tmp/b.db").unwrap(), Path::new("/tmp/b.db"));
        assert_eq!(sqlite_path("b.db").unwrap(), Path::new("b.db"));
        assert!(sqlite_path("postgres://host/db").is_err());
        assert!(sqlite_path("sqlite:").is_err());
    }
}
