//! No case is written and then forgotten: every public case is in the macro, under the name of its file.

use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn every_case_is_run() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let macros = fs::read_to_string(source.join("macros.rs")).unwrap();
    let mut cases = 0;
    for file in files(&source.join("conformance")) {
        let text = fs::read_to_string(&file).unwrap();
        let suite = file.strip_prefix(source.join("conformance")).unwrap().iter().next().unwrap();
        let suite = suite.to_str().unwrap().trim_end_matches(".rs").to_owned();
        let listed = macros.split_once(&format!("{suite}: [")).map(|(_, rest)| rest.split(']').next().unwrap());
        let names = text.split("\npub async fn ").skip(1).map(|rest| rest.split('(').next().unwrap());
        for name in names {
            let listed = listed.unwrap_or_else(|| panic!("the suite {suite} is not in macros.rs"));
            assert!(listed.split(',').any(|entry| entry.trim() == name), "{suite}::{name} is not in macros.rs");
            cases += 1;
        }
    }
    assert!(cases > 90, "only {cases} cases were found: are they written in another way now?");
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries =
        fs::read_dir(folder).expect("the folder is there").map(|entry| entry.expect("it can be listed").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}
