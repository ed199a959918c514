//! Opening the store that `--store` names.

use std::sync::Arc;

use cj_core::store::{ErrorKind, Store, StoreError};

use super::{Opened, Place};
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

/// Opens the store of a `--store` value, does some work on it and closes it: what was written is then where it belongs.
///
/// # Errors
/// [`Error::Usage`] for a value that names no store, or one that cannot be used; those of the work.
pub fn with<T>(
    store: &str,
    presence: Presence,
    work: impl AsyncFnOnce(Arc<dyn Store>) -> Result<T, Error>,
) -> Result<T, Error> {
    with_opened(store, presence, async |opened| work(opened.store()).await)
}

/// The same, for work that has to do with the store as a place.
pub(crate) fn with_opened<T>(
    store: &str,
    presence: Presence,
    work: impl AsyncFnOnce(&Opened) -> Result<T, Error>,
) -> Result<T, Error> {
    let place = Place::parse(store)?;
    runtime()?.block_on(async {
        let opened: Opened = place.open(presence).await?;
        let ended = work(&opened).await;
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

/// A store that cannot be used at all is the caller's to mend.
pub(crate) fn refused(place: &str, error: &StoreError) -> Error {
    match error.kind() {
        ErrorKind::Unsupported | ErrorKind::Corrupt | ErrorKind::Unavailable | ErrorKind::Other => {
            Error::usage(format!("--store {place}: {}", chain(error)))
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
