//! What the stores are put to: answers that come in, and the monitor among many batches.

mod counting;
mod disk;
mod intake;
mod prepared;
mod request;
mod sweep;
mod timing;

pub use counting::CountingStore;
pub use disk::{resident, synced};
pub use intake::{Load, Taken};
pub(crate) use intake::{prepare, service};
pub use prepared::Prepared;
pub use sweep::Swept;
pub use timing::{rate, timed};

/// What goes wrong in a benchmark.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;
