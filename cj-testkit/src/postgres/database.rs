//! A database of its own for one test.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::str::FromStr as _;
use std::sync::OnceLock;

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};

use super::{PgCluster, PgFixtureError};

/// An empty database, removed when the value is dropped, whoever is still connected.
#[derive(Debug)]
pub struct PgDatabase {
    url: String,
    home: PgConnectOptions,
    name: String,
}

impl PgDatabase {
    /// A new database on the server that the tests of this process share.
    ///
    /// # Panics
    /// When there is no server: a test that needs one must fail, not be skipped. The message says what to install.
    pub async fn fresh() -> Self {
        let made = match shared() {
            Ok(url) => Self::on(url).await,
            Err(error) => panic!("{}", told(error)),
        };
        made.unwrap_or_else(|error| panic!("{}", told(&error)))
    }

    /// A new database on the server of a URL, whose role must be allowed to make one.
    ///
    /// # Errors
    /// The server refuses.
    pub async fn on(url: &str) -> Result<Self, PgFixtureError> {
        let refused = |said: sqlx::Error| PgFixtureError::Server { url: without_password(url), said: Box::new(said) };
        let home = PgConnectOptions::from_str(url).map_err(refused)?;
        let name = format!("cj_test_{}_{:016x}", std::process::id(), RandomState::new().build_hasher().finish());
        let mut conn = home.connect().await.map_err(refused)?;
        let make = AssertSqlSafe(format!("CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0"));
        sqlx::query(make).execute(&mut conn).await.map_err(refused)?;
        conn.close().await.map_err(refused)?;
        let url = renamed(url, &name);
        Ok(Self { url, home, name })
    }

    /// How to reach it.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for PgDatabase {
    fn drop(&mut self) {
        let (home, name) = (self.home.clone(), self.name.clone());
        // A runtime cannot wait inside another one, and there may be none here any more.
        let removal = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let mut conn = home.connect().await?;
                let remove = AssertSqlSafe(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
                sqlx::query(remove).execute(&mut conn).await?;
                conn.close().await
            })
        });
        let removed = removal.join();
        if !std::thread::panicking() {
            removed.expect("the removal does not panic").expect("a database of a test can be removed");
        }
    }
}

/// The server that the tests of this process share.
fn shared() -> Result<&'static str, &'static PgFixtureError> {
    static SHARED: OnceLock<Result<(String, Option<PgCluster>), PgFixtureError>> = OnceLock::new();
    let start = || {
        #[expect(clippy::disallowed_methods, reason = "the fixture is the edge where the server is named")]
        if let Ok(url) = std::env::var("DATABASE_URL") {
            return Ok((url, None));
        }
        let cluster = PgCluster::start(QUICK)?;
        Ok((cluster.url("postgres"), Some(cluster)))
    };
    SHARED.get_or_init(start).as_ref().map(|(url, _)| url.as_str())
}

/// The URL of another database of the same server.
fn renamed(url: &str, database: &str) -> String {
    let (before, options) = url.split_once('?').map_or((url, None), |(before, options)| (before, Some(options)));
    let (scheme, rest) = before.split_once("://").unwrap_or(("postgres", before));
    let host = rest.split_once('/').map_or(rest, |(host, _)| host);
    let options = options.map(|options| format!("?{options}")).unwrap_or_default();
    format!("{scheme}://{host}/{database}{options}")
}

fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return "a URL without a scheme".to_owned() };
    format!("{scheme}://{}", rest.rsplit_once('@').map_or(rest, |(_, host)| host))
}

fn told(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), |source| format!("{error}: {}", told(source)))
}

/// Nothing of a test survives a loss of power.
const QUICK: &[(&str, &str)] = &[
    ("autovacuum_naptime", "10min"),
    ("fsync", "off"),
    ("full_page_writes", "off"),
    ("max_connections", "300"),
    ("synchronous_commit", "off"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_database_of_a_url_changes() {
        assert_eq!(
            renamed("postgres://me:secret@host:5433/main?sslmode=disable", "other"),
            "postgres://me:secret@host:5433/other?sslmode=disable"
        );
        assert_eq!(renamed("postgres://host", "other"), "postgres://host/other");
        assert_eq!(without_password("postgres://me:secret@host/main"), "postgres://host/main");
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_test_has_a_database_of_its_own_and_takes_it_along() {
        let (one, other) = (PgDatabase::fresh().await, PgDatabase::fresh().await);
        assert_ne!(one.url(), other.url());
        let mut conn = sqlx::PgConnection::connect(one.url()).await.unwrap();
        sqlx::query("CREATE TABLE mine (id integer)").execute(&mut conn).await.unwrap();
        let (home, name) = (one.home.clone(), one.name.clone());
        drop(one);
        let mut conn = home.connect().await.unwrap();
        let left = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM pg_database WHERE datname = $1");
        assert_eq!(left.bind(name).fetch_one(&mut conn).await.unwrap(), 0);
    }
}
