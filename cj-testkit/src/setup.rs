//! What a case is given, and how it is run.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use cj_core::store::Store;

/// A fresh store for one case, and what must live as long as it: a folder, a database.
pub trait Setup {
    /// The store.
    fn store(&self) -> Arc<dyn Store>;
}

impl Setup for Arc<dyn Store> {
    fn store(&self) -> Arc<dyn Store> {
        Self::clone(self)
    }
}

impl<G> Setup for (Arc<dyn Store>, G) {
    fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.0)
    }
}

/// Runs one case on a runtime of its own with two threads.
///
/// # Panics
/// When the case does, and when it still hangs after five minutes: a deadlock must not stop the suite.
pub fn run(case: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let ended = runtime.expect("a runtime can be started").block_on(async { tokio::time::timeout(LIMIT, case).await });
    assert!(ended.is_ok(), "the case hangs: it has not ended after {LIMIT:?}");
}

const LIMIT: Duration = Duration::from_mins(5);
