//! What a `--store` value names.

#[cfg(feature = "postgres")]
use super::postgres::Server;
use super::sqlite::File;
use super::{Opened, Presence};
use crate::error::Error;

/// What a `--store` value names.
#[derive(Debug)]
pub(crate) enum Place {
    /// A SQLite file.
    Sqlite(File),
    /// A PostgreSQL database.
    #[cfg(feature = "postgres")]
    Postgres(Box<Server>),
}

impl Place {
    /// Reads a value.
    pub(crate) fn parse(store: &str) -> Result<Self, Error> {
        match store.split_once("://") {
            Some(("postgres" | "postgresql", _)) => Self::server(store),
            Some((scheme, _)) if scheme != "sqlite" => Err(Error::usage(format!(
                "--store {scheme}://…: expected sqlite:PATH, a path, or postgres://HOST/DATABASE"
            ))),
            _ => File::parse(store).map(Self::Sqlite),
        }
    }

    #[cfg(feature = "postgres")]
    fn server(store: &str) -> Result<Self, Error> {
        Server::parse(store).map(|server| Self::Postgres(Box::new(server)))
    }

    #[cfg(not(feature = "postgres"))]
    fn server(_store: &str) -> Result<Self, Error> {
        Err(Error::usage(
            "--store postgres://…: this program was built for SQLite only; build it with `--features postgres`",
        ))
    }

    /// Opens it. The tables of a file are brought up to date; those of a server only by `cj migrate`: others may be at work.
    pub(crate) async fn open(&self, presence: Presence) -> Result<Opened, Error> {
        match self {
            Self::Sqlite(file) => file.open(presence).await.map(Opened::Sqlite),
            #[cfg(feature = "postgres")]
            Self::Postgres(server) => server.open().await.map(Opened::Postgres),
        }
    }

    /// Says whether the tables are those of this version, and changes nothing.
    pub(crate) async fn check(&self) -> Result<(), Error> {
        match self {
            Self::Sqlite(file) => file.check_tables().await,
            #[cfg(feature = "postgres")]
            Self::Postgres(server) => server.check_tables().await,
        }
    }

    /// Brings the tables up to date.
    pub(crate) async fn migrate(&self) -> Result<(), Error> {
        match self {
            Self::Sqlite(file) => {
                file.open(Presence::Made).await?.close().await;
                Ok(())
            }
            #[cfg(feature = "postgres")]
            Self::Postgres(server) => server.migrate().await,
        }
    }

    /// As it is shown to a person: without a password.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Sqlite(file) => file.path().display().to_string(),
            #[cfg(feature = "postgres")]
            Self::Postgres(server) => server.shown(),
        }
    }
}
