//! A PostgreSQL server for tests, and a database of its own for each.
//!
//! The server is that of `DATABASE_URL` where it is set, else a private one, started from the installed binaries for the
//! tests of one process and gone when that process has ended, however it ended. A test that finds neither fails.
//!
//! ```no_run
//! # async fn test() {
//! use cj_testkit::postgres::PgDatabase;
//!
//! let database = PgDatabase::fresh().await;
//! println!("{}", database.url());
//! # }
//! ```

mod binaries;
mod cluster;
mod database;
mod error;
mod user;

pub use binaries::PgBinaries;
pub use cluster::PgCluster;
pub use database::PgDatabase;
pub use error::PgFixtureError;
