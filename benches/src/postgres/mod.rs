//! PostgreSQL under load: many clients on one server, whose own limit is measured in the same run.

mod counting;
mod limit;
mod load;
mod server;
mod sweep;

pub use counting::CountingStore;
pub use limit::pgbench;
pub use load::{Load, Taken};
pub(crate) use load::{prepare, service};
pub use server::Server;
pub use sweep::{Swept, sweep};

/// What goes wrong in a benchmark.
type Failure = Box<dyn std::error::Error + Send + Sync>;
