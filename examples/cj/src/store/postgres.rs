//! A PostgreSQL database.

use cj_storage_postgres::{PgOptions, PgStore};

use super::{chain, refused};
use crate::error::Error;

/// A PostgreSQL database: its URL, perhaps with `schema=NAME` among the options.
#[derive(Debug)]
pub(crate) struct Server {
    options: PgOptions,
}

impl Server {
    pub(crate) fn parse(store: &str) -> Result<Self, Error> {
        let (url, schema) = without_schema(store);
        let scheme = store.split(':').next().unwrap_or_default();
        let wrong = |error| refused(&format!("{scheme}://…"), &error);
        let mut options = PgOptions::new(&url).map_err(wrong)?;
        if let Some(schema) = schema {
            options = options.schema(&schema).map_err(wrong)?;
        }
        Ok(Self { options })
    }

    /// Opens a database whose tables are there and of this version.
    pub(crate) async fn open(&self) -> Result<PgStore, Error> {
        let opened = self.connect().await?;
        opened.check().await.map_err(|error| {
            Error::usage(format!("--store {}: {} (`cj migrate` does that)", self.shown(), chain(&error)))
        })?;
        Ok(opened)
    }

    pub(crate) async fn check_tables(&self) -> Result<(), Error> {
        let opened = self.connect().await?;
        let checked = opened.check().await.map_err(|error| Error::failed(chain(&error)));
        opened.close().await;
        checked
    }

    pub(crate) async fn migrate(&self) -> Result<(), Error> {
        let opened = self.connect().await?;
        let migrated = opened.migrate().await.map_err(|error| refused(&self.shown(), &error));
        opened.close().await;
        migrated
    }

    /// Without user and password.
    pub(crate) fn shown(&self) -> String {
        format!("postgres://{}", self.options.place())
    }

    async fn connect(&self) -> Result<PgStore, Error> {
        self.options.clone().connect().await.map_err(|error| refused(&self.shown(), &error))
    }
}

/// Takes our own option out of a URL.
fn without_schema(store: &str) -> (String, Option<String>) {
    let Some((before, options)) = store.split_once('?') else { return (store.to_owned(), None) };
    let (ours, others): (Vec<_>, Vec<_>) = options.split('&').partition(|option| option.starts_with("schema="));
    let schema = ours.last().and_then(|option| option.split_once('=')).map(|(_, name)| name.to_owned());
    let url = if others.is_empty() { before.to_owned() } else { format!("{before}?{}", others.join("&")) };
    (url, schema)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        let server = Server::parse("postgres://me:secret@db.example:5433/cj?schema=judging&sslmode=require").unwrap();
        assert_eq!(server.shown(), "postgres://db.example:5433/cj");
    }

    #[test]
    fn the_schema_is_taken_out_of_the_url() {
        let (url, schema) = without_schema("postgres://h/d?sslmode=require&schema=judging");
        assert_eq!((url.as_str(), schema.as_deref()), ("postgres://h/d?sslmode=require", Some("judging")));
        assert_eq!(without_schema("postgres://h/d?schema=a").0, "postgres://h/d");
        assert_eq!(without_schema("postgres://h/d"), ("postgres://h/d".to_owned(), None));
        let error = Server::parse("postgres://h/d?schema=A%20b").unwrap_err();
        assert!(error.to_string().contains("lower-case"), "{error}");
    }
}
