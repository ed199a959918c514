//! `cj events`: messages checked, and samples of what is sent.
use std::fs;

use serde_json::{Value, json};

use crate::support::{Files, cj, shared};

/// The messages of the core's own tests, one of each contract.
const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../cj-core/tests/events/samples");
/// The golden schemas of messages.
const SCHEMAS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas/events");

fn all_in(folder: impl AsRef<std::path::Path>) -> Vec<std::path::PathBuf> {
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn sample(name: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(format!("{SAMPLES}/{name}.json")).unwrap()).unwrap()
}

#[test]
fn good_messages_come_through_equal() {
    let checked = cj().args(["events", "check"]).args(all_in(SAMPLES)).json("events_check.v1");
    assert_eq!((&checked["equal"], &checked["different"], &checked["broken"]), (&json!(16), &json!(0), &json!(0)));
    let table = cj().args(["events", "check"]).args(all_in(SAMPLES)).run();
    assert_eq!(table.code, 0);
    assert!(table.stdout.starts_with("16 equal, 0 different, 0 broken\n"), "{}", table.stdout);
}

#[test]
fn recorded_messages_come_through_equal() {
    let Some(wire) = shared("wire") else { return };
    let paths = all_in(wire);
    let checked = cj().args(["events", "check"]).args(&paths).json("events_check.v1");
    assert_eq!(checked["equal"], paths.len());
}

#[test]
fn lines_lists_documents_and_bare_envelopes_are_read() {
    let (one, two) = (sample("cj_failed"), sample("llm_result_failed"));
    let quoted = json!({ "topic": one["topic"], "value": one["value"].to_string(), "offset": 7 });
    let files = Files::new(&[
        ("lines.jsonl", &format!("{one}\n\n{two}\n{quoted}\n")),
        ("list.json", &serde_json::to_string_pretty(&json!([one, two])).unwrap()),
        ("bare.json", &one["value"].to_string()),
    ]);
    let checked = cj().args(["events", "check"]).arg(files.path("lines.jsonl")).json("events_check.v1");
    let lines: Vec<_> = checked["messages"].as_array().unwrap().iter().map(|it| it["line"].as_u64().unwrap()).collect();
    assert_eq!((&checked["equal"], lines.as_slice()), (&json!(3), [1, 3, 4].as_slice()));
    let checked = cj().args(["events", "check"]).arg(files.path("list.json")).json("events_check.v1");
    assert_eq!(checked["equal"], 2);
    assert!(checked["messages"][1]["line"].as_u64().unwrap() > 20, "a place of its own: {checked}");
    let bare = || cj().args(["events", "check"]).arg(files.path("bare.json"));
    let checked = bare().arg("--topic").arg(one["topic"].as_str().unwrap()).json("events_check.v1");
    assert_eq!(checked["messages"][0]["contract"], "CJAssessmentFailedV1");
    let line = bare().refused();
    assert!(line.contains("bare.json, line 1: expected an object {\"topic\", \"value\"}, or with --topic"), "{line}");
}

#[test]
fn what_differs_or_breaks_is_named_by_its_place() {
    let mut different = sample("cj_request");
    different["value"]["data"]["something/new"] = json!(1);
    different["value"]["data"].as_object_mut().unwrap().remove("org_id");
    different["value"]["event_timestamp"] = json!("2026-03-01T09:00:00+01:00");
    let mut broken = sample("cj_request");
    broken["value"]["data"]["essays_for_cj"][1]["essay_id"] = json!("x".repeat(37));
    let files = Files::new(&[("m.jsonl", &format!("{different}\n{broken}\n"))]);
    let call = || cj().args(["events", "check"]).arg(files.path("m.jsonl"));
    let ended = call().args(["--format", "json"]).run();
    assert_eq!(ended.code, 1, "{}", ended.stderr);
    let checked = ended.document("events_check.v1");
    let places = checked["messages"][0]["differences"].as_array().unwrap().iter();
    let places: Vec<_> = places.map(|it| (it["pointer"].as_str().unwrap(), it["kind"].as_str().unwrap())).collect();
    let expected = [("/data/something~1new", "dropped"), ("/data/org_id", "added"), ("/event_timestamp", "changed")];
    for place in expected {
        assert!(places.contains(&place), "{place:?} is not in {places:?}");
    }
    assert_eq!(places.len(), 3);
    let error = &checked["messages"][1]["error"];
    assert_eq!(
        (error["field"].as_str(), error["found"].as_str()),
        (Some("essays_for_cj[1].essay_id"), Some("37 characters"))
    );
    let csv = call().args(["--format", "csv"]).run();
    assert!(
        csv.stdout.starts_with("file,line,contract,verdict,where\n") && csv.stdout.contains(",broken,"),
        "{}",
        csv.stdout
    );
}

#[test]
fn what_is_no_message_is_bad_input() {
    let files = Files::new(&[
        ("empty.json", "\n"),
        ("text.json", "hello"),
        ("number.json", "{\"topic\": 3}"),
        ("topic.json", "{\"topic\": \"a.b.v1\", \"value\": {}}"),
    ]);
    for (name, said) in [
        ("empty.json", "expected at least one message, found none"),
        ("text.json", "text.json, line 1: expected JSON"),
        ("number.json", "line 1: expected an object"),
        ("topic.json", "expected a topic, one of huleedu."),
        ("gone.json", "cannot read"),
    ] {
        let line = cj().args(["events", "check"]).arg(files.path(name)).refused();
        assert!(line.contains(said), "{name}: {line}");
    }
    let line = cj().args(["events", "check", "--topic", "a.b.v1"]).arg(files.path("topic.json")).refused();
    assert!(line.starts_with("--topic: expected one of huleedu."), "{line}");
}

#[test]
fn samples_are_what_is_sent_and_keep_their_schemas() {
    let files = Files::new(&[]);
    let folder = files.path("samples");
    let written = cj().args(["events", "sample"]).arg(&folder).json("events_sample.v1");
    let contracts: Vec<_> =
        written["files"].as_array().unwrap().iter().map(|it| it["contract"].as_str().unwrap()).collect();
    let due = [
        "AssessmentResultV1",
        "BatchAssessmentCompletedV1",
        "BatchResultsReadyV1",
        "CJAssessmentCompletedV1",
        "CJAssessmentFailedV1",
        "LLMComparisonRequestV1",
        "ResourceConsumptionV1",
        "TeacherNotificationRequestedV1",
    ];
    assert_eq!(contracts, due);
    let paths = all_in(&folder);
    assert_eq!(paths.len(), due.len());
    let checked = cj().args(["events", "check"]).args(&paths).json("events_check.v1");
    assert_eq!(checked["equal"], due.len());
    let envelopes = validator("event_envelope.v1.json");
    for path in &paths {
        let message: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        for (validator, value) in [(&envelopes, &message["value"]), (&validator(name), &message["value"]["data"])] {
            let problems: Vec<_> = validator.iter_errors(value).map(|error| error.to_string()).collect();
            assert_eq!(problems, Vec::<String>::new(), "{name}");
        }
    }
    let rich: Value =
        serde_json::from_str(&fs::read_to_string(folder.join("assessment_result.v1.json")).unwrap()).unwrap();
    let rich = &rich["value"]["data"];
    assert_eq!(
        (rich["essay_results"].as_array().unwrap().len(), &rich["assignment_id"]),
        (6, &json!("sample-assignment"))
    );
    assert!(rich["assessment_metadata"]["comparison_count"].as_u64().unwrap() >= 15, "{rich}");

    let before: Vec<_> = paths.iter().map(|path| fs::read(path).unwrap()).collect();
    cj().args(["events", "sample"]).arg(&folder).json("events_sample.v1");
    assert_eq!(paths.iter().map(|path| fs::read(path).unwrap()).collect::<Vec<_>>(), before, "the same files again");
    let blocked = cj().args(["events", "sample"]).arg(&paths[0]).run();
    assert_eq!((blocked.code, blocked.stderr.lines().count()), (1, 1), "{}", blocked.stderr);
}

fn validator(file: &str) -> jsonschema::Validator {
    let schema: Value = serde_json::from_str(&fs::read_to_string(format!("{SCHEMAS}/{file}")).unwrap()).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}
