//! The real binary, run to its end.
use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use cj::output::SCHEMAS;
use cj_core::change::BatchRecord;
use cj_core::store::{BatchQuery, Store};
use cj_storage_sqlite::{Access, SqliteOptions, SqliteStore};
use serde_json::Value;
use tempfile::TempDir;

/// A call of `cj`, in the making.
pub(crate) struct Call(Command);

/// How a call ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A call of `cj` without arguments.
pub(crate) fn cj() -> Call {
    Call(Command::new(env!("CARGO_BIN_EXE_cj")))
}

/// A call by a user without any rights, of a copy of the binary that this user can reach.
#[cfg(unix)]
pub(crate) fn cj_of_nobody(files: &Files) -> Call {
    use std::os::unix::process::CommandExt as _;
    const NOBODY: u32 = 65_534;
    let copy = files.path("cj-of-nobody");
    if !copy.exists() {
        fs::copy(env!("CARGO_BIN_EXE_cj"), &copy).expect("there is room for a copy");
    }
    let mut command = Command::new(copy);
    command.uid(NOBODY).gid(NOBODY);
    Call(command)
}

impl Call {
    pub(crate) fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.0.arg(arg);
        self
    }

    pub(crate) fn args(mut self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        self.0.args(args);
        self
    }

    pub(crate) fn store(self, path: impl AsRef<OsStr>) -> Self {
        self.arg("--store").arg(path)
    }

    pub(crate) fn run(mut self) -> Ended {
        Ended::of(self.0.output().expect("the binary starts"))
    }

    /// Starts the call and comes back.
    pub(crate) fn start(mut self) -> Running {
        self.0.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Running(self.0.spawn().expect("the binary starts"))
    }

    /// Runs to a refusal: bad input, one line that says what is wrong, and no result.
    pub(crate) fn refused(self) -> String {
        let ended = self.run();
        assert_eq!((ended.code, ended.stdout.as_str()), (2, ""), "{}", ended.stderr);
        assert_eq!(ended.stderr.lines().count(), 1, "{}", ended.stderr);
        ended.stderr.strip_prefix("error: ").expect("it is called an error").trim_end().to_owned()
    }

    /// Runs to success and gives the JSON document, which has to validate against the schema.
    pub(crate) fn json(self, schema: &str) -> Value {
        let ended = self.args(["--format", "json"]).run();
        assert_eq!(ended.code, 0, "{}", ended.stderr);
        ended.document(schema)
    }
}

impl Ended {
    fn of(output: Output) -> Self {
        Self {
            code: output.status.code().expect("it ends by itself"),
            stdout: String::from_utf8(output.stdout).expect("its results are text"),
            stderr: String::from_utf8(output.stderr).expect("its remarks are text"),
        }
    }

    /// The JSON document that it printed, which has to validate against the schema.
    pub(crate) fn document(&self, schema: &str) -> Value {
        let document = serde_json::from_str(&self.stdout).expect("it prints JSON");
        assert_eq!(problems(schema, &document), Vec::<String>::new());
        document
    }
}

/// A call of `cj` that has not ended.
pub(crate) struct Running(Child);

impl Running {
    pub(crate) fn is_running(&mut self) -> bool {
        self.0.try_wait().expect("a child can be asked").is_none()
    }

    /// Ends it with SIGKILL; it must not have ended by itself.
    #[cfg(unix)]
    pub(crate) fn kill(mut self) {
        use std::os::unix::process::ExitStatusExt as _;
        self.0.kill().expect("a child can be killed");
        let output = self.0.wait_with_output().expect("a child can be waited for");
        assert_eq!(output.status.signal(), Some(9), "it ended by itself before the kill");
    }

    /// Presses Ctrl-C and waits for the end.
    #[cfg(unix)]
    pub(crate) fn interrupt(self) -> Ended {
        let kill = format!("kill -INT {}", self.0.id());
        let sent = Command::new("sh").args(["-c", &kill]).status().expect("there is a shell");
        assert!(sent.success(), "it ended by itself before the signal");
        Ended::of(self.0.wait_with_output().expect("a child can be waited for"))
    }
}

/// Looks into a store of one batch while a call writes to it.
pub(crate) struct Peek {
    path: PathBuf,
    store: Option<SqliteStore>,
}

impl Peek {
    pub(crate) fn into(path: PathBuf) -> Self {
        Self { path, store: None }
    }

    /// The batch, as soon as there is one.
    pub(crate) async fn batch(&mut self) -> Option<BatchRecord> {
        if self.store.is_none() && self.path.exists() {
            self.store = SqliteOptions::new(&self.path).access(Access::ReadOnly).open().await.ok();
        }
        // Before the first commit there are no tables.
        let mut view = self.store.as_ref()?.read().await.ok()?;
        view.find(&BatchQuery::Newest { limit: 1 }).await.ok()?.pop()
    }

    /// Waits until the batch of a running call is as far as this.
    pub(crate) async fn until(&mut self, running: &mut Running, is_far: impl Fn(&BatchRecord) -> bool) -> BatchRecord {
        loop {
            if let Some(batch) = self.batch().await.filter(&is_far) {
                return batch;
            }
            assert!(running.is_running(), "the call ended before its batch was that far");
        }
    }
}

/// What is wrong with a document by a published schema.
fn problems(schema: &str, document: &Value) -> Vec<String> {
    let schema = SCHEMAS.iter().find(|file| file.name == schema).expect("the schema is published");
    let schema: Value = serde_json::from_str(schema.text).expect("schemas are JSON");
    let validator = jsonschema::validator_for(&schema).expect("schemas are valid");
    validator.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// A folder for the files of a test.
pub(crate) struct Files(TempDir);

impl Files {
    /// A folder with these files.
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let folder = Self(tempfile::tempdir().expect("there is room for a folder"));
        for (name, text) in files {
            fs::write(folder.path(name), text).expect("there is room for a file");
        }
        folder
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The names of what is in it, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).expect("the folder is there");
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort_unstable();
        names
    }
}

/// The essays that come with the project.
pub(crate) fn essays() -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../data/essays")).to_owned()
}

/// A manifest of so many essays, whose qualities lie between -4 and 4 in no order.
pub(crate) fn manifest(count: usize) -> String {
    let rows = (0..count).map(|i| {
        let quality = (i * 37 % count) as f64 / count as f64 * 8.0 - 4.0;
        format!("E{i:03},Essay number {i}.,{quality:.3}\n")
    });
    std::iter::once("id,text,quality\n".to_owned()).chain(rows).collect()
}

/// The scores of a document, by item; those without one left out.
pub(crate) fn scores(document: &Value) -> Vec<(String, f64)> {
    let items = document["items"].as_array().expect("there are items");
    let score = |item: &Value| Some((item["id"].as_str()?.to_owned(), item["score"].as_f64()?));
    items.iter().filter_map(score).collect()
}

/// The warnings of a document, on one line each.
pub(crate) fn warnings(document: &Value) -> String {
    let warnings = document["warnings"].as_array().expect("there are warnings");
    warnings
        .iter()
        .map(|line| format!("{}\n", line.as_str().expect("a warning is a text")))
        .collect::<Vec<_>>()
        .concat()
}

/// The folder of shared data; none, with a message, where it is not there.
#[expect(clippy::print_stdout, reason = "a test that skips has to say so")]
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")).join(path);
    if !folder.exists() {
        println!("skipped: {} is not there", folder.display());
        return None;
    }
    Some(folder)
}
