//! Certificates of brokers, made by Java's own tool.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{KafkaFixtureError, jars};

/// Makes a key with a certificate that it signed itself for this machine: `NAME.p12` for a broker, and `NAME.pem`, which is
/// returned, for clients that trust it.
pub(super) fn make(folder: &Path, name: &str) -> Result<PathBuf, KafkaFixtureError> {
    let (store, pem) = (folder.join(format!("{name}.p12")), folder.join(format!("{name}.pem")));
    let keytool = |action: &str| {
        let mut command = Command::new("keytool");
        command.args([action, "-alias", name, "-storetype", "PKCS12", "-storepass", STORE_PASSWORD]);
        command.arg("-keystore").arg(&store).stdin(Stdio::null());
        command
    };
    let mut generate = keytool("-genkeypair");
    generate.args(["-keyalg", "EC", "-groupname", "secp256r1", "-validity", "3650", "-dname", &format!("CN={name}")]);
    generate.args(["-ext", "san=ip:127.0.0.1,dns:localhost", "-ext", "bc:c"]);
    jars::run("keytool", &mut generate)?;
    let mut export = keytool("-exportcert");
    export.arg("-rfc").arg("-file").arg(&pem);
    jars::run("keytool", &mut export)?;
    Ok(pem)
}

/// As in `scripts/kafka/secured.properties`.
const STORE_PASSWORD: &str = "for-tests";
