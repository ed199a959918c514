//! Rules of the house that a compiler does not check: which module may know which, and how long a file may be.

#![expect(clippy::unwrap_used, reason = "a tree that cannot be read fails the test")]

use std::fs;
use std::path::{Path, PathBuf};

/// From the bottom up: a module imports from those before it, never from one after it. `store` and `port` are level.
const LAYERS: &[&[&str]] = &[
    &["id"],
    &["config"],
    &["event"],
    &["scoring"],
    &["pairing"],
    &["grading"],
    &["change"],
    &["batch"],
    &["store", "port"],
    &["read"],
    &["service"],
];

/// Modules that hold no `async` and know neither stores nor tracing.
const PURE: &[&str] = &["id", "config", "event", "scoring", "pairing", "grading", "change", "batch"];

/// Lines that are neither blank nor comment.
const LONGEST_FILE: usize = 400;

fn files_under(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && name != "target" && !name.starts_with('.') {
            found.extend(files_under(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn code(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap();
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"));
    lines.map(str::to_owned).collect()
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn files_of(module: &str) -> Vec<PathBuf> {
    let folder = source().join(module);
    if folder.is_dir() { files_under(&folder) } else { vec![source().join(format!("{module}.rs"))] }
}

fn level(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

#[test]
fn modules_import_only_downwards() {
    let mut wrong = Vec::new();
    for module in LAYERS.iter().copied().flatten() {
        let own = level(module).unwrap();
        for path in files_of(module) {
            for line in code(&path) {
                for (at, _) in line.match_indices("crate::") {
                    let rest = &line[at + "crate::".len()..];
                    let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                    let reaches_up = level(&name).is_some_and(|other| other > own || (other == own && name != *module));
                    if reaches_up {
                        wrong.push(format!("{}: {line}", path.display()));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "imports that point upwards:\n{}", wrong.join("\n"));
}

#[test]
fn every_module_has_its_layer() {
    for entry in fs::read_dir(source()).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().trim_end_matches(".rs").to_owned();
        assert!(name == "lib" || level(&name).is_some(), "{name} is in no layer");
    }
}

#[test]
fn pure_modules_do_not_wait_log_or_read_the_clock() {
    let banned = ["async fn", ".await", "tracing::", "Utc::now", "std::env", "std::fs", "std::net", "std::thread"];
    let mut wrong = Vec::new();
    for module in PURE {
        for path in files_of(module) {
            for line in code(&path) {
                if banned.iter().any(|word| line.contains(word)) {
                    wrong.push(format!("{}: {line}", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "not pure:\n{}", wrong.join("\n"));
}

#[test]
fn linear_algebra_stays_in_one_file() {
    for path in files_under(&source()) {
        let names_it = code(&path).iter().any(|line| line.contains("nalgebra"));
        assert!(!names_it || path.ends_with("scoring/linalg.rs"), "{} names nalgebra", path.display());
    }
}

#[test]
fn no_file_is_longer_than_a_room() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let long = files_under(workspace).into_iter().map(|path| (code(&path).len(), path));
    let long: Vec<_> = long.filter(|(lines, _)| *lines > LONGEST_FILE).collect();
    assert!(long.is_empty(), "over {LONGEST_FILE} lines of code: {long:?}");
}
