use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

/// What a headless Chromium makes of a file; none where this machine has no Chromium that works.
pub(super) struct Loaded {
    /// The document as it stood after loading.
    pub(super) document: String,
    /// The lines that the page left on the console: errors, refused resources, violations of its policy.
    pub(super) console: Vec<String>,
}

/// Loads the file with a profile of its own in `folder`, for a minute at most.
pub(super) fn load(file: &Path, folder: &Path) -> Option<Loaded> {
    let profile = folder.join("profile");
    let output = Command::new("timeout")
        .args(["60", "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args(["--enable-logging=stderr", "--dump-dom"])
        .args([prefixed("--user-data-dir=", profile.as_os_str()), prefixed("file://", file.as_os_str())])
        .output()
        .ok()?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (document, log) = (text(&output.stdout), text(&output.stderr));
    (output.status.success() && document.contains("</html>")).then(|| Loaded {
        document,
        console: log.lines().filter(|line| line.contains("CONSOLE")).map(str::to_owned).collect(),
    })
}

fn prefixed(prefix: &str, value: &OsStr) -> std::ffi::OsString {
    let mut text = std::ffi::OsString::from(prefix);
    text.push(value);
    text
}
