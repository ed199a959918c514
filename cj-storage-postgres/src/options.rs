//! How a server is reached and used.

use std::str::FromStr as _;
use std::time::Duration;

use cj_core::store::{ErrorKind, StoreError};
use sqlx::ConnectOptions as _;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions, PgSslMode};

use crate::PgStore;
use crate::error::{found, server_error};

/// How a server is reached and used: a URL, and settings that have defaults.
///
/// ```no_run
/// # async fn run() -> Result<(), cj_core::store::StoreError> {
/// use std::time::Duration;
/// use cj_storage_postgres::{PgOptions, Tls};
///
/// let store = PgOptions::new("postgres://school@db.example/cj")?
///     .connections(20)
///     .schema("judging")?
///     .statement_timeout(Duration::from_secs(10))
///     .tls(Tls::VerifyFull)
///     .connect()
///     .await?;
/// # drop(store);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct PgOptions {
    server: PgConnectOptions,
    connections: u32,
    acquire_timeout: Duration,
    lock_timeout: Duration,
    statement_timeout: Duration,
    schema: Option<String>,
}

/// Whether the connection is encrypted, and whose certificate is accepted. Certificates are named in the URL
/// (`sslrootcert`, `sslcert`, `sslkey`).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "these are libpq's, under its names")]
pub enum Tls {
    /// Never encrypted.
    Disable,
    /// Encrypted where the server insists; the driver does not do that yet, and such a server refuses.
    Allow,
    /// Encrypted where the server can.
    Prefer,
    /// Encrypted, whoever the server is.
    Require,
    /// Encrypted, and the certificate is of a known authority.
    VerifyCa,
    /// The same, and it is the host's own.
    VerifyFull,
}

impl PgOptions {
    /// Reads a URL, `postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=…`; what it leaves out comes from the variables that
    /// `psql` knows (`PGHOST`, `PGPASSWORD`, …). The defaults: 10 connections, 5 s to get one, 10 s for a lock, 30 s for a
    /// statement, the schema of the role.
    ///
    /// # Errors
    /// `Unsupported` for what is no such URL.
    pub fn new(url: &str) -> Result<Self, StoreError> {
        let server = PgConnectOptions::from_str(url).map_err(|error| server_error(OPTIONS, "", error))?;
        let server = if server.get_application_name().is_some() { server } else { server.application_name("cj") };
        Ok(Self {
            server,
            connections: 10,
            acquire_timeout: Duration::from_secs(5),
            lock_timeout: Duration::from_secs(10),
            statement_timeout: Duration::from_secs(30),
            schema: None,
        })
    }

    /// How many units and views may be open at once; at least one.
    #[must_use]
    pub fn connections(mut self, connections: u32) -> Self {
        self.connections = connections.max(1);
        self
    }

    /// How long to wait for a free connection, and for a server that cannot be reached, before `Unavailable` is returned.
    #[must_use]
    pub fn acquire_timeout(mut self, timeout: Duration) -> Self {
        self.acquire_timeout = timeout;
        self
    }

    /// How long a statement waits for a row that another unit holds before `Conflict` is returned; zero for ever.
    #[must_use]
    pub fn lock_timeout(mut self, timeout: Duration) -> Self {
        self.lock_timeout = timeout;
        self
    }

    /// How long a statement may take before `Unavailable` is returned; zero for ever.
    #[must_use]
    pub fn statement_timeout(mut self, timeout: Duration) -> Self {
        self.statement_timeout = timeout;
        self
    }

    /// Whether the connection is encrypted, whatever the URL says.
    #[must_use]
    pub fn tls(mut self, tls: Tls) -> Self {
        self.server = self.server.ssl_mode(match tls {
            Tls::Disable => PgSslMode::Disable,
            Tls::Allow => PgSslMode::Allow,
            Tls::Prefer => PgSslMode::Prefer,
            Tls::Require => PgSslMode::Require,
            Tls::VerifyCa => PgSslMode::VerifyCa,
            Tls::VerifyFull => PgSslMode::VerifyFull,
        });
        self
    }

    /// The schema that our tables are in; migrating makes it where it is not there.
    ///
    /// # Errors
    /// `Unsupported` for a name that is not lower-case letters, digits and underscores, or longer than 63 of them.
    pub fn schema(mut self, name: &str) -> Result<Self, StoreError> {
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if name.is_empty()
            || name.len() > 63
            || name.starts_with(|c: char| c.is_ascii_digit())
            || !name.chars().all(is_plain)
        {
            let what = format!("schema {name:?}: expected at most 63 lower-case letters, digits and underscores");
            return Err(found(ErrorKind::Unsupported, OPTIONS, "", what));
        }
        self.schema = Some(name.to_owned());
        Ok(self)
    }

    /// Connects. Nothing is migrated: [`PgStore::migrate`] does that.
    ///
    /// # Errors
    /// `Unavailable` when the server cannot be reached, `Unsupported` when it refuses the role or when its schema is newer
    /// than this version knows.
    pub async fn connect(self) -> Result<PgStore, StoreError> {
        PgStore::with(self).await
    }

    /// The server and the database, without the password.
    pub fn place(&self) -> String {
        let server = &self.server;
        let database = server.get_database().unwrap_or_else(|| server.get_username());
        match server.get_socket() {
            Some(folder) => format!("{}/{database}", folder.display()),
            None => format!("{}:{}/{database}", server.get_host(), server.get_port()),
        }
    }

    pub(crate) fn schema_name(&self) -> Option<&str> {
        self.schema.as_deref()
    }

    pub(crate) fn timeout(&self) -> Duration {
        self.acquire_timeout
    }

    pub(crate) fn connection_count(&self) -> u32 {
        self.connections
    }

    pub(crate) fn pool(&self) -> PgPoolOptions {
        PgPoolOptions::new()
            .max_connections(self.connections)
            .acquire_timeout(self.acquire_timeout)
            .test_before_acquire(false)
    }

    pub(crate) fn connection(&self) -> PgConnectOptions {
        let millis = |timeout: Duration| timeout.as_millis().to_string();
        let server = self.server.clone().disable_statement_logging().options([
            ("lock_timeout", &*millis(self.lock_timeout)),
            ("statement_timeout", &*millis(self.statement_timeout)),
        ]);
        let server = server.options(PLANS.iter().copied());
        match &self.schema {
            Some(schema) => server.options([("search_path", schema)]),
            None => server,
        }
    }
}

/// Every statement has one plan that is right whatever the size of slice and table: row by row through an index. It is made
/// once per connection, perhaps while a table is still empty, so nothing else may look cheaper then.
const PLANS: &[(&str, &str)] = &[
    ("plan_cache_mode", "force_generic_plan"),
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
    ("enable_seqscan", "off"),
    ("jit", "off"),
    ("max_parallel_workers_per_gather", "0"),
];
const OPTIONS: &str = "store.options";
