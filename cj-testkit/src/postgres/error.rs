//! Why there is no server for a test.

use std::path::PathBuf;

/// Why there is no server for a test.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PgFixtureError {
    /// Neither is a server named nor can one be started.
    #[error(
        "no PostgreSQL server: set DATABASE_URL to one whose role may create databases, or install one whose `initdb`, \
         `pg_ctl` and `postgres` are in the PATH or in /usr/lib/postgresql/*/bin (Debian: apt-get install postgresql)"
    )]
    NotInstalled,
    /// A server does not run as root, and there is nobody else to run it.
    #[error("a PostgreSQL server does not run as root, and /etc/passwd has neither `postgres` nor `nobody`")]
    NoUser,
    /// A program of the server failed.
    #[error("{program} failed: {said}")]
    Program {
        /// Which.
        program: PathBuf,
        /// What it said.
        said: String,
    },
    /// The files of the server could not be made.
    #[error("the folder of a private PostgreSQL server could not be made")]
    Folder(#[from] std::io::Error),
    /// The server refused.
    #[error("the PostgreSQL server at {url} refused")]
    Server {
        /// Which.
        url: String,
        /// What it said.
        #[source]
        said: Box<dyn std::error::Error + Send + Sync>,
    },
}
