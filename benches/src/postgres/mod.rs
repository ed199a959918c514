//! PostgreSQL under load: many clients on one server, whose own limit is measured in the same run.

mod limit;
mod server;

pub use limit::pgbench;
pub use server::Server;
