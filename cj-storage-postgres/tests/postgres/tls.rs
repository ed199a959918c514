//! Encrypted connections, to a server with a certificate of an authority of its own.

use std::error::Error as _;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::path::Path;
use std::process::Command;

use cj_core::store::{ErrorKind, StoreError};
use cj_storage_postgres::{PgOptions, PgStore, Tls};
use cj_testkit::postgres::PgCluster;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, query, query_scalar};

/// A server that takes connections by TCP on a port of its own.
struct Server {
    cluster: PgCluster,
    port: u16,
}

impl Server {
    fn start() -> Self {
        // Another process may take the port in between: then another one is tried.
        let started = std::iter::repeat_with(|| {
            let port = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
            let settings = [("listen_addresses", "127.0.0.1"), ("port", &port.to_string()), ("fsync", "off")];
            PgCluster::start(&settings).map(|cluster| Self { cluster, port })
        });
        let mut tried = Vec::new();
        for server in started.take(5) {
            match server {
                Ok(server) => return server,
                Err(error) => tried.push(error),
            }
        }
        panic!("no server: {tried:?}");
    }

    fn url(&self, host: &str) -> String {
        format!("postgres://cj@{host}:{}/postgres", self.port)
    }

    /// By way of the socket, as the server's owner.
    async fn owner(&self) -> PgConnection {
        let url = format!("{}?port={}", self.cluster.url("postgres"), self.port);
        PgConnection::connect(&url).await.unwrap()
    }

    /// Gives the server a certificate for `localhost` that an authority signed.
    async fn encrypt(&self, authority: &Path) {
        let home = self.cluster.path();
        let at = |name: &str| home.join(name).display().to_string();
        openssl(&[
            &["req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost"],
            &["-keyout", &at("server.key"), "-out", &at("server.csr")][..],
        ]);
        fs::write(at("server.ext"), "subjectAltName=DNS:localhost\n").unwrap();
        let (certificate, key) = (authority.join("ca.crt"), authority.join("ca.key"));
        openssl(&[
            &["x509", "-req", "-days", "2", "-CAcreateserial", "-in", &at("server.csr"), "-out", &at("server.crt")],
            &["-extfile", &at("server.ext"), "-CA", path(&certificate), "-CAkey", path(&key)][..],
        ]);
        // The server runs as the owner of its folder, and wants the key for itself.
        let owner = fs::metadata(home).unwrap();
        for name in ["server.key", "server.crt"] {
            chown(at(name), Some(owner.uid()), Some(owner.gid())).unwrap();
            fs::set_permissions(at(name), fs::Permissions::from_mode(0o600)).unwrap();
        }
        let mut conn = self.owner().await;
        for (setting, value) in
            [("ssl_cert_file", at("server.crt")), ("ssl_key_file", at("server.key")), ("ssl", "on".to_owned())]
        {
            query(AssertSqlSafe(format!("ALTER SYSTEM SET {setting} = '{value}'"))).execute(&mut conn).await.unwrap();
        }
        conn.close().await.unwrap();
        self.cluster.crash().unwrap();
        self.cluster.up().unwrap();
    }

    /// How many connections of the store are encrypted, and how many are not.
    async fn encrypted(&self) -> (i64, i64) {
        let sql = "SELECT count(*) FILTER (WHERE ssl), count(*) FILTER (WHERE NOT ssl)
            FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'cj'";
        sqlx::query_as(sql).fetch_one(&mut self.owner().await).await.unwrap()
    }
}

/// Makes an authority in a folder: `ca.crt` and `ca.key`.
fn found_authority(folder: &Path, name: &str) {
    let (certificate, key) = (folder.join("ca.crt"), folder.join("ca.key"));
    openssl(&[
        &["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", &format!("/CN={name}")],
        &["-keyout", path(&key), "-out", path(&certificate)][..],
    ]);
}

fn openssl(arguments: &[&[&str]]) {
    let done = Command::new("openssl").args(arguments.concat()).output().expect("openssl comes with the server");
    assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

async fn connect(url: &str, tls: Tls) -> Result<PgStore, StoreError> {
    PgOptions::new(url)?.tls(tls).connect().await
}

fn told(error: &StoreError) -> String {
    format!("{error}: {}", error.source().map(ToString::to_string).unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_right_certificate_is_accepted() {
    let (right, wrong) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    found_authority(right.path(), "right");
    found_authority(wrong.path(), "wrong");
    let server = Server::start();
    let signed_by = |host: &str, authority: &Path| {
        format!("{}?sslrootcert={}", server.url(host), authority.join("ca.crt").display())
    };

    // A server without a certificate is used as it is, or not at all.
    connect(&server.url("localhost"), Tls::Prefer).await.unwrap().close().await;
    for tls in [Tls::Require, Tls::VerifyCa, Tls::VerifyFull] {
        let error = connect(&server.url("localhost"), tls).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{tls:?}: {}", told(&error));
        assert!(told(&error).contains("server does not support TLS"), "{tls:?}: {}", told(&error));
        assert!(told(&error).contains(&format!("localhost:{}", server.port)), "{tls:?}: {}", told(&error));
    }

    server.encrypt(right.path()).await;
    let accepted = [
        (server.url("127.0.0.1"), Tls::Require, true),
        (server.url("127.0.0.1"), Tls::Prefer, true),
        (server.url("127.0.0.1"), Tls::Disable, false),
        (signed_by("127.0.0.1", right.path()), Tls::VerifyCa, true),
        (signed_by("localhost", right.path()), Tls::VerifyFull, true),
    ];
    for (url, tls, encrypted) in accepted {
        let store = connect(&url, tls).await.unwrap_or_else(|error| panic!("{tls:?}: {}", told(&error)));
        let found = server.encrypted().await;
        assert_eq!(found, if encrypted { (1, 0) } else { (0, 1) }, "{tls:?}");
        store.close().await;
        gone(&server).await;
    }
    let refused = [
        (signed_by("localhost", wrong.path()), Tls::VerifyCa),
        (signed_by("localhost", wrong.path()), Tls::VerifyFull),
        // The authorities that everybody knows did not sign it.
        (server.url("localhost"), Tls::VerifyFull),
        // It is the certificate of `localhost`.
        (signed_by("127.0.0.1", right.path()), Tls::VerifyFull),
    ];
    for (url, tls) in refused {
        let error = connect(&url, tls).await.expect_err(&url);
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{tls:?}: {}", told(&error));
        assert!(told(&error).contains("certificate"), "{tls:?}: {}", told(&error));
    }
}

/// Waits until the server has seen that the store's connections were closed.
async fn gone(server: &Server) {
    let mut conn = server.owner().await;
    let sql = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'cj'";
    while query_scalar::<_, i64>(sql).fetch_one(&mut conn).await.unwrap() > 0 {
        tokio::task::yield_now().await;
    }
}
