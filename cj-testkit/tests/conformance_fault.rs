//! A store that is told to let nothing go wrong passes everything on.

use std::sync::Arc;

use cj_core::store::Store;
use cj_core::store::memory::MemoryStore;
use cj_testkit::FaultStore;

cj_testkit::conformance!(async { Arc::new(FaultStore::new(Arc::new(MemoryStore::new()))) as Arc<dyn Store> });
