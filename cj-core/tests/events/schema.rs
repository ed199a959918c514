//! The golden JSON Schemas say what is written.
use crate::support::{own_folder, samples_in};
use cj_core::event::{Contract, Topic, schema};
use jsonschema::Validator;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::OnceLock;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../schemas/events");

#[test]
fn golden_files_have_not_drifted() {
    let folder = Path::new(FOLDER);
    let mut due = BTreeSet::new();
    for contract in schema::all() {
        let path = folder.join(contract.file);
        let golden = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let golden: Value = serde_json::from_str(&golden).unwrap();
        let hint = "changed: `cargo run -p cj-core --features schema --example write_schemas` writes it anew";
        assert!(golden == contract.schema, "{} has {hint}", contract.file);
        due.insert(contract.file.to_owned());
    }
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    assert_eq!(files.collect::<BTreeSet<_>>(), due);
}

#[test]
fn every_topic_has_one_schema() {
    let described: Vec<Topic> = schema::all().iter().filter_map(|contract| contract.topic).collect();
    assert_eq!(described.iter().copied().collect::<BTreeSet<_>>(), Topic::ALL.iter().copied().collect());
    assert_eq!(described.len(), Topic::ALL.len());
}

#[test]
fn samples_are_described() {
    for sample in samples_in(own_folder()) {
        described(sample.topic, &sample.value).unwrap_or_else(|error| panic!("{}: {error}", sample.name));
    }
    let recorded = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/wire"));
    if !recorded.is_dir() {
        println!("skipped: no recorded messages in {}", recorded.display());
        return;
    }
    for sample in samples_in(recorded) {
        described(sample.topic, &sample.value).unwrap_or_else(|error| panic!("{}: {error}", sample.name));
    }
}

#[test]
fn bounds_are_described() {
    let refused = [
        ("assessment_result", "/essay_results/0/letter_grade", json!("7")),
        ("assessment_result", "/essay_results/0/rank", json!(0)),
        ("assessment_result", "/essay_results/0/normalized_score", json!(1.1)),
        ("assessment_result", "/assignment_id", json!("x".repeat(101))),
        ("assessment_result", "/event_name", json!("cj_assessment.failed")),
        ("cj_request", "/essays_for_cj/0/essay_id", json!("x".repeat(37))),
        ("cj_request", "/essays_for_cj/0/text_storage_id", json!("A".repeat(32))),
        ("cj_request", "/llm_config_overrides/temperature_override", json!(2.1)),
        ("cj_request", "/student_prompt_ref/references/student_prompt_text/storage_id", json!("x")),
        ("llm_result_decided", "/winner", json!("essay_a")),
        ("llm_result_decided", "/winner", json!(null)),
        ("llm_result_decided", "/confidence", json!(5.1)),
        ("llm_result_decided", "/justification", json!("x".repeat(501))),
        ("llm_result_failed", "/winner", json!("Essay A")),
        ("llm_result_failed", "/error_detail", json!(null)),
        ("llm_result_failed", "/error_detail/error_code", json!("x".repeat(101))),
        ("llm_request", "/prompt_blocks/0/content_hash", json!("x")),
    ];
    for (name, pointer, value) in refused {
        let sample = crate::support::own(name);
        let mut message = sample.value.clone();
        *message["data"].pointer_mut(pointer).unwrap() = value;
        assert!(described(sample.topic, &message).is_err(), "{name}{pointer}");
    }
}

/// Whether a message of a contract is what the schemas of envelope and payload say.
pub(crate) fn describes<C: Contract>(message: &Value) -> Result<(), String> {
    described(C::TOPIC, message)
}

fn described(topic: Topic, message: &Value) -> Result<(), String> {
    let check = |of: Option<Topic>, value: &Value| {
        validators()[&of].validate(value).map_err(|error| format!("{}: {error}", error.instance_path()))
    };
    check(None, message)?;
    check(Some(topic), &message["data"])
}

fn validators() -> &'static BTreeMap<Option<Topic>, Validator> {
    static VALIDATORS: OnceLock<BTreeMap<Option<Topic>, Validator>> = OnceLock::new();
    VALIDATORS.get_or_init(|| {
        let compiled = |schema: &Value| jsonschema::draft202012::options().should_validate_formats(true).build(schema);
        schema::all().iter().map(|contract| (contract.topic, compiled(&contract.schema).unwrap())).collect()
    })
}
