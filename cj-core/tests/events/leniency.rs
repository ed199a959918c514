//! What a reader forgives, and what it does not.
use crate::support::{own, rewritten, typed};
use cj_core::event::{
    AssessmentResultV1, CjAssessmentCompletedV1, CjAssessmentFailedV1, ComparisonMetadata, Envelope, ErrorCode,
    LlmComparisonResultV1, Outcome, Winner,
};
use serde_json::{Value, json};

#[test]
fn unknown_fields_are_ignored() {
    let sample = own("cj_request");
    let mut value = sample.value.clone();
    value["something_new"] = json!({"a": [1]});
    value["data"]["something_new"] = json!(1);
    value["data"]["essays_for_cj"][0]["something_new"] = json!("x");
    assert_eq!(rewritten(sample.topic, &value).unwrap(), sample.value);
}

#[test]
fn what_has_a_default_may_be_absent() {
    let sample = own("llm_result_decided");
    let mut value = sample.value.clone();
    let data = value["data"].as_object_mut().unwrap();
    for field in ["error_detail", "trace_id", "token_usage"] {
        data.remove(field);
    }
    for field in ["schema_version", "data_schema_uri", "metadata"] {
        value.as_object_mut().unwrap().remove(field);
    }
    assert_eq!(rewritten(sample.topic, &value).unwrap(), sample.value);
}

#[test]
fn other_spellings_are_written_our_way() {
    let sample = own("llm_result_decided");
    let mut value = sample.value.clone();
    value["event_id"] = json!(sample.value["event_id"].as_str().unwrap().to_uppercase());
    value["event_timestamp"] = json!("2026-03-01T09:30:00.5+01:00");
    assert_eq!(rewritten(sample.topic, &value).unwrap(), sample.value);
}

#[test]
fn the_event_type_decides_nothing() {
    let sample = own("cj_failed");
    let mut value = sample.value.clone();
    value["event_type"] = json!("cj_assessment.failed.v1");
    assert_eq!(rewritten(sample.topic, &value).unwrap(), value);
}

#[test]
fn a_message_without_an_id_meets_itself() {
    let mut value = own("cj_failed").value;
    let id = |value: &Value| Envelope::decode(&serde_json::to_vec(value).unwrap()).unwrap().event_id;
    for unusable in [Value::Null, json!("not-an-id"), json!(7)] {
        value["event_id"] = unusable;
        assert_eq!(id(&value), id(&value));
    }
    value.as_object_mut().unwrap().remove("event_id");
    let first = id(&value);
    assert_eq!(first.get_version_num(), 5);
    value["data"]["cj_assessment_job_id"] = json!("another");
    assert_ne!(first, id(&value));
}

#[test]
fn broken_json_is_told_apart_from_a_broken_contract() {
    let error = Envelope::decode(b"{\"event_id\":").unwrap_err();
    assert_eq!((error.contract, error.field.as_str(), error.expected.as_str()), ("EventEnvelope", "event_id", "JSON"));
    let mut value = own("cj_request").value;
    value["data"] = json!(null);
    let error = rewritten(own("cj_request").topic, &value).unwrap_err();
    assert_eq!((error.contract, error.field.as_str()), ("ELS_CJAssessmentRequestV1", "$"));
}

#[test]
fn open_maps_are_read_typed() {
    let failed = typed::<CjAssessmentFailedV1>(&own("cj_failed").value).unwrap();
    let failure = failed.data.failure().unwrap();
    assert_eq!(failure.reason, "no_usable_text");
    assert_eq!(failure.error_code, Some(ErrorCode::RESOURCE_NOT_FOUND));
    assert_eq!(failure.details.count("essays"), Some(2));

    let completed = typed::<CjAssessmentCompletedV1>(&own("cj_completed").value).unwrap();
    let summary = completed.data.summary().unwrap();
    assert_eq!((summary.total_essays, summary.single_essay_batch), (2, Some(false)));
    assert_eq!(summary.failed_essay_ids, ["essä-2"]);

    let result = typed::<AssessmentResultV1>(&own("assessment_result").value).unwrap();
    assert_eq!(result.data.metadata().unwrap().comparison_count, 27);

    let answer = typed::<LlmComparisonResultV1>(&own("llm_result_decided").value).unwrap();
    let asked = ComparisonMetadata::from_map(&answer.data.request_metadata).unwrap();
    assert_eq!((asked.essay_a_id.as_str(), asked.comparison_iteration), ("essä-1", Some(0)));
    assert!(matches!(answer.data.outcome().unwrap(), Outcome::Decided { winner: Winner::B, .. }));
}

#[test]
fn an_open_map_that_is_wrong_is_named_when_it_is_read() {
    let mut value = own("cj_completed").value;
    value["data"]["processing_summary"]["failed_essay_ids"] = json!(["essä-2", 3]);
    let completed = typed::<CjAssessmentCompletedV1>(&value).unwrap();
    let error = completed.data.summary().unwrap_err();
    assert_eq!(error.field, "failed_essay_ids[1]");
    assert_eq!(error.expected, "a string");
}

#[test]
fn an_unknown_error_code_survives() {
    let value = own("llm_result_failed").value;
    let answer = typed::<LlmComparisonResultV1>(&value).unwrap();
    let Outcome::Failed(error) = answer.data.outcome().unwrap() else { panic!("a failure") };
    assert_eq!(error.error_code.as_str(), "A_CODE_NOBODY_KNOWS");
    assert!(!error.error_code.is_retryable());
}

#[test]
fn a_trace_travels_in_the_metadata() {
    let request = typed::<cj_core::event::ElsCjAssessmentRequestV1>(&own("cj_request").value).unwrap();
    assert_eq!(request.trace_parent(), Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
    assert_eq!(request.trace_state(), None);
    let failed = typed::<CjAssessmentFailedV1>(&own("cj_failed").value).unwrap();
    let traced = failed.with_trace(request.trace_parent().unwrap(), Some("a=b"));
    let again = Envelope::decode(&traced.encode().unwrap()).unwrap();
    assert_eq!((again.trace_parent(), again.trace_state()), (request.trace_parent(), Some("a=b")));
}

#[test]
fn a_payload_that_breaks_its_contract_still_tells_whose_it_is() {
    let mut value = own("cj_request").value;
    value["data"]["essays_for_cj"][0]["essay_id"] = json!("x".repeat(37));
    let raw = Envelope::decode(&serde_json::to_vec(&value).unwrap()).unwrap();
    assert!(raw.typed::<cj_core::event::ElsCjAssessmentRequestV1>().is_err());
    assert_eq!(raw.data.text_at("/entity_id").as_deref(), Some("batch-å"));
    assert_eq!(raw.data.text_at("/system_metadata/entity_type").as_deref(), Some("batch"));
    assert_eq!(raw.data.text_at("/essays_for_cj"), None);
}

#[test]
fn a_ranking_of_another_sender_is_kept_even_where_it_says_less() {
    let sample = own("batch_assessment_completed");
    let completed = typed::<cj_core::event::BatchAssessmentCompletedV1>(&sample.value).unwrap();
    assert_eq!(completed.data.rankings_summary[1].count("rank"), Some(2));
    assert_eq!(completed.data.rankings().unwrap_err().field, "score");
}
