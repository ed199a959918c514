//! `cj schema` and what every command has in common.
use crate::support::cj;

#[test]
fn prints_the_schema_it_is_asked_for() {
    let ended = cj().arg("schema").arg("score.v1").run();
    assert_eq!(ended.code, 0);
    let schema: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(schema["title"], "score.v1");
    assert!(jsonschema::validator_for(&schema).is_ok());
}

#[test]
fn lists_the_schemas_in_every_format() {
    let table = cj().arg("schema").run();
    assert!(table.stdout.contains("run.v1") && !table.stdout.contains('\u{1b}'), "{}", table.stdout);
    let csv = cj().args(["schema", "--format", "csv"]).run();
    assert!(csv.stdout.starts_with("name,about\ndead_letters.v1,"), "{}", csv.stdout);
    let json: serde_json::Value = serde_json::from_str(&cj().args(["--format=json", "schema"]).run().stdout).unwrap();
    assert_eq!(json["schemas"][0]["name"], "dead_letters.v1");
}

#[test]
fn an_unknown_schema_is_bad_input() {
    let ended = cj().args(["schema", "nothing.v1"]).run();
    assert_eq!((ended.code, ended.stdout.as_str()), (2, ""));
    let there = "error: no schema is named `nothing.v1`: there are dead_letters.v1, delete.v1, events_check.v1, events_sample.v1, ";
    assert!(ended.stderr.starts_with(there), "{}", ended.stderr);
    assert!(ended.stderr.contains(", status.v1, assessment_result.v1, "), "{}", ended.stderr);
}

#[test]
fn an_unknown_option_is_bad_input_and_help_is_not() {
    assert_eq!(cj().arg("--nonsense").run().code, 2);
    assert_eq!(cj().run().code, 2);
    let help = cj().args(["schema", "--help"]).run();
    assert_eq!(help.code, 0);
    assert!(help.stdout.contains("Example:"), "{}", help.stdout);
}

#[test]
fn every_message_has_its_schema() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas/events");
    let listed: serde_json::Value = serde_json::from_str(&cj().args(["--format=json", "schema"]).run().stdout).unwrap();
    let listed: Vec<_> = listed["schemas"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        assert!(listed.contains(&name.as_str()), "{name} is not among {listed:?}");
        assert_eq!(cj().args(["schema", &name]).run().stdout, std::fs::read_to_string(&path).unwrap());
    }
}
