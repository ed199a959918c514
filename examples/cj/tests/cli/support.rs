//! The real binary, run to its end.
use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use cj::output::SCHEMAS;
use serde_json::Value;
use tempfile::TempDir;

/// A call of `cj`, in the making.
pub(crate) struct Call(Command);

/// How a call ended.
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A call of `cj` without arguments.
pub(crate) fn cj() -> Call {
    Call(Command::new(env!("CARGO_BIN_EXE_cj")))
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

    pub(crate) fn run(mut self) -> Ended {
        let output = self.0.output().expect("the binary starts");
        Ended {
            code: output.status.code().expect("it ends by itself"),
            stdout: String::from_utf8(output.stdout).expect("its results are text"),
            stderr: String::from_utf8(output.stderr).expect("its remarks are text"),
        }
    }

    /// Runs to success and gives the JSON document, which has to validate against the schema.
    pub(crate) fn json(self, schema: &str) -> Value {
        let ended = self.args(["--format", "json"]).run();
        assert_eq!(ended.code, 0, "{}", ended.stderr);
        let document = serde_json::from_str(&ended.stdout).expect("it prints JSON");
        assert_eq!(problems(schema, &document), Vec::<String>::new());
        document
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
