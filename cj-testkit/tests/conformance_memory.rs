//! The reference store keeps the contract.

use std::sync::Arc;

use cj_core::store::Store;
use cj_core::store::memory::MemoryStore;

cj_testkit::conformance!(async { Arc::new(MemoryStore::new()) as Arc<dyn Store> });
