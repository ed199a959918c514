//! Bounds hold on the way in and on the way out.
use crate::support::{own, rewritten, typed};
use chrono::{DateTime, Utc};
use cj_core::event::{
    AssessmentResultV1, BatchStatus, CjAssessmentCompletedV1, ConfidenceLabel, ContractError, CourseCode,
    ElsCjAssessmentRequestV1, Envelope, EssayProcessingInputRefV1, EssayResultV1, LlmComparisonRequestV1,
    LlmComparisonResultV1, LlmProviderType, Outcome, ProcessingSummary, ReliabilityV1, SystemProcessingMetadata,
    Timestamp, Winner, decode, encode,
};
use serde_json::{Value, json};
use uuid::Uuid;

const AT: DateTime<Utc> = DateTime::UNIX_EPOCH;

/// Puts `value` at a pointer into the sample's payload, and reads it.
fn broken(sample: &str, pointer: &str, value: Value) -> ContractError {
    let sample = own(sample);
    let mut message = sample.value.clone();
    let place = message["data"].pointer_mut(pointer).unwrap_or_else(|| panic!("no {pointer}"));
    assert_ne!(*place, value);
    *place = value;
    rewritten(sample.topic, &message).expect_err(pointer)
}

fn accepted(sample: &str, pointer: &str, value: Value) {
    let sample = own(sample);
    let mut message = sample.value.clone();
    *message["data"].pointer_mut(pointer).unwrap() = value;
    assert_eq!(rewritten(sample.topic, &message).as_ref(), Ok(&message), "{pointer}");
}

#[test]
fn a_request_out_of_bounds_is_refused() {
    let cases = [
        ("/essays_for_cj/1/essay_id", json!("x".repeat(37)), "essays_for_cj[1].essay_id"),
        ("/essays_for_cj/1/essay_id", json!(""), "essays_for_cj[1].essay_id"),
        ("/essays_for_cj/0/text_storage_id", json!("a".repeat(64)), "essays_for_cj[0].text_storage_id"),
        ("/essays_for_cj/0/text_storage_id", json!("A".repeat(32)), "essays_for_cj[0].text_storage_id"),
        ("/essays_for_cj/0/spellcheck_metrics/word_count", json!(-1), "essays_for_cj[0].spellcheck_metrics.word_count"),
        ("/assignment_id", json!("x".repeat(101)), "assignment_id"),
        ("/course_code", json!("MATH1"), "course_code"),
        ("/event_name", json!("cj_assessment.failed"), "event_name"),
        ("/entity_id", json!(""), "entity_id"),
        ("/user_id", json!(""), "user_id"),
        ("/user_id", json!(null), "user_id"),
        ("/language", json!(""), "language"),
        ("/timestamp", json!("yesterday"), "timestamp"),
        ("/system_metadata/processing_stage", json!("sleeping"), "system_metadata.processing_stage"),
        ("/llm_config_overrides/temperature_override", json!(2.1), "llm_config_overrides.temperature_override"),
        ("/llm_config_overrides/max_tokens_override", json!(0), "llm_config_overrides.max_tokens_override"),
        (
            "/student_prompt_ref/references/student_prompt_text/storage_id",
            json!("short"),
            "student_prompt_ref.references[\"student_prompt_text\"].storage_id",
        ),
    ];
    for (pointer, value, field) in cases {
        let error = broken("cj_request", pointer, value);
        assert_eq!((error.contract, error.field.as_str()), ("ELS_CJAssessmentRequestV1", field), "{error}");
    }
    accepted("cj_request", "/essays_for_cj/1/essay_id", json!("å".repeat(36)));
    accepted("cj_request", "/assignment_id", json!("å".repeat(100)));
    accepted("cj_request", "/essays_for_cj", json!([]));
    accepted("cj_request", "/llm_config_overrides/temperature_override", json!(2.0));
}

#[test]
fn a_missing_field_is_named() {
    let sample = own("cj_request");
    let mut message = sample.value.clone();
    message["data"]["essays_for_cj"][1].as_object_mut().unwrap().remove("text_storage_id");
    let error = rewritten(sample.topic, &message).unwrap_err();
    assert_eq!(
        error.to_string(),
        "ELS_CJAssessmentRequestV1: essays_for_cj[1].text_storage_id: expected a value, found nothing"
    );
}

#[test]
fn an_answer_out_of_bounds_is_refused() {
    let decided = [
        ("/justification", json!("å".repeat(501)), "justification"),
        ("/justification", json!(null), "justification"),
        ("/confidence", json!(0.99), "confidence"),
        ("/confidence", json!(5.01), "confidence"),
        ("/confidence", json!(null), "confidence"),
        ("/winner", json!("essay_a"), "winner"),
        ("/winner", json!("Essay C"), "winner"),
        ("/winner", json!(null), "winner"),
        ("/provider", json!("me"), "provider"),
        ("/cost_estimate", json!(-0.1), "cost_estimate"),
        ("/response_time_ms", json!(-1), "response_time_ms"),
        ("/token_usage/total_tokens", json!(-1), "token_usage.total_tokens"),
        ("/correlation_id", json!("queue-1"), "correlation_id"),
    ];
    for (pointer, value, field) in decided {
        let error = broken("llm_result_decided", pointer, value);
        assert_eq!((error.contract, error.field.as_str()), ("LLMComparisonResultV1", field), "{error}");
    }
    let failed = [
        ("/winner", json!("Essay A"), "winner"),
        ("/error_detail", json!(null), "winner"),
        ("/error_detail/error_code", json!("x".repeat(101)), "error_detail.error_code"),
        ("/error_detail/error_code", json!(""), "error_detail.error_code"),
    ];
    for (pointer, value, field) in failed {
        let error = broken("llm_result_failed", pointer, value);
        assert_eq!((error.contract, error.field.as_str()), ("LLMComparisonResultV1", field), "{error}");
    }
    accepted("llm_result_decided", "/justification", json!("å".repeat(500)));
    accepted("llm_result_decided", "/confidence", json!(1.0));
    accepted("llm_result_decided", "/confidence", json!(5.0));
    accepted("llm_result_failed", "/error_detail/error_code", json!("Å".repeat(100)));
}

#[test]
fn a_result_out_of_bounds_is_refused() {
    let cases = [
        ("/essay_results/0/normalized_score", json!(1.01), "essay_results[0].normalized_score"),
        ("/essay_results/0/confidence_score", json!(-0.1), "essay_results[0].confidence_score"),
        ("/essay_results/0/confidence_label", json!("SURE"), "essay_results[0].confidence_label"),
        ("/essay_results/0/rank", json!(0), "essay_results[0].rank"),
        ("/essay_results/0/bt_score", json!(null), "essay_results[0].bt_score"),
        ("/essay_results/0/bt_se", json!(-1.0), "essay_results[0].bt_se"),
        ("/essay_results/1/rank", json!(0), "essay_results[1].rank"),
        ("/essay_results/0/rank_low", json!(2), "essay_results[0].rank_low"),
        ("/essay_results/0/rank_high", json!(0), "essay_results[0].rank_high"),
        ("/essay_results/0/grade_probabilities/6", json!(1.1), "essay_results[0].grade_probabilities[\"6\"]"),
        ("/essay_results/0/grade_probabilities/6", json!(0.2), "essay_results[0].grade_probabilities"),
        ("/essay_results/2/essay_id", json!("x".repeat(37)), "essay_results[2].essay_id"),
        ("/failed_essay_ids/0", json!(""), "failed_essay_ids[0]"),
        ("/assignment_id", json!("x".repeat(101)), "assignment_id"),
        ("/reliability/lower", json!(0.87), "reliability.lower"),
        ("/reliability/upper", json!(1.1), "reliability.upper"),
    ];
    for (pointer, value, field) in cases {
        let error = broken("assessment_result", pointer, value);
        assert_eq!((error.contract, error.field.as_str()), ("AssessmentResultV1", field), "{error}");
    }
    for grade in ["7", "G", "A++", "a", "", "U+", "A ", "B+\n"] {
        let error = broken("assessment_result", "/essay_results/0/letter_grade", json!(grade));
        assert_eq!(error.field, "essay_results[0].letter_grade", "{grade}");
    }
    for grade in ["A", "B-", "F+"] {
        accepted("assessment_result", "/essay_results/0/letter_grade", json!(grade));
    }
}

#[test]
fn a_request_to_a_judge_out_of_bounds_is_refused() {
    let cases = [
        ("/user_prompt", json!(" "), "user_prompt"),
        ("/callback_topic", json!(""), "callback_topic"),
        ("/prompt_blocks/0/content", json!("abd"), "prompt_blocks[0].content_hash"),
        ("/prompt_blocks/0/ttl", json!("2h"), "prompt_blocks[0].ttl"),
        ("/llm_config_overrides/provider_override", json!("me"), "llm_config_overrides.provider_override"),
        ("/llm_config_overrides/output_verbosity", json!("none"), "llm_config_overrides.output_verbosity"),
    ];
    for (pointer, value, field) in cases {
        let error = broken("llm_request", pointer, value);
        assert_eq!((error.contract, error.field.as_str()), ("LLMComparisonRequestV1", field), "{error}");
    }
    let body = serde_json::to_vec(&own("llm_request").value["data"]).unwrap();
    let request: LlmComparisonRequestV1 = decode(&body).unwrap();
    let again: Value = serde_json::from_slice(&encode(&request).unwrap()).unwrap();
    assert_eq!(again, own("llm_request").value["data"]);
}

#[test]
fn nothing_out_of_bounds_is_written() {
    let at = Timestamp::from(AT);
    let envelope = |result: AssessmentResultV1| Envelope::new(result, Uuid::nil(), Uuid::nil(), "cj", at).encode();
    let with = |essay: EssayResultV1| {
        let mut result = typed::<AssessmentResultV1>(&own("assessment_result").value).unwrap().data;
        result.essay_results = vec![essay];
        envelope(result)
    };
    assert!(with(EssayResultV1::ungraded("e", 0.0, 1, "no_anchors")).is_ok());
    assert_eq!(with(EssayResultV1::ungraded("e", f64::NAN, 1, "no_anchors")).unwrap_err().found, "NaN");
    assert_eq!(with(EssayResultV1::ungraded("e", 0.0, 0, "no_anchors")).unwrap_err().field, "essay_results[0].rank");
    let essay = EssayResultV1::ungraded("e", 0.0, 1, "");
    let sure = essay.with_grade("B+", "some_scale", 0.8, f64::INFINITY, ConfidenceLabel::High);
    assert_eq!(with(sure).unwrap_err().field, "essay_results[0].confidence_score");

    let mut result = typed::<AssessmentResultV1>(&own("assessment_result").value).unwrap().data;
    result.reliability = Some(ReliabilityV1::new(f64::NAN, 0.0, 1.0));
    assert_eq!(envelope(result).unwrap_err().field, "reliability.estimate");

    let mut failed = typed::<AssessmentResultV1>(&own("assessment_result").value).unwrap().data;
    failed.assessed_at = Timestamp::from(DateTime::<Utc>::MAX_UTC);
    assert!(envelope(failed).unwrap_err().expected.contains("years 1 to 9999"));

    let essay = EssayProcessingInputRefV1::new(&"x".repeat(37), &"0".repeat(32));
    let about = SystemProcessingMetadata::batch("b", at);
    let request = ElsCjAssessmentRequestV1::new(about.clone(), vec![essay], "sv", CourseCode::Sv1, "teacher");
    assert_eq!(encode(&request).unwrap_err().field, "essays_for_cj[0].essay_id");

    let summary = ProcessingSummary::new(Vec::new(), Vec::new(), f64::NAN);
    let error = CjAssessmentCompletedV1::new(about, BatchStatus::FailedCritically, "job", &summary).unwrap_err();
    assert_eq!(error.field, "processing_time_seconds");
}

#[test]
fn a_grade_without_letters_travels_beside_the_old_field() {
    let graded = |grade, scale| {
        EssayResultV1::ungraded("e", 0.0, 1, "not yet").with_grade(grade, scale, 0.7, 0.6, ConfidenceLabel::Mid)
    };
    let numeric = graded("7", "eng5_np_national_9_step");
    assert_eq!((numeric.letter_grade.as_str(), numeric.grade.as_deref()), ("U", Some("7")));
    assert_eq!(numeric.grade_unavailable_reason, None);
    let letter = graded("C+", "swedish_8_anchor");
    assert_eq!((letter.letter_grade.as_str(), letter.grade.as_deref()), ("C+", Some("C+")));
    let none = EssayResultV1::ungraded("e", 0.0, 1, "no_anchors");
    let written = serde_json::to_value(&none).unwrap();
    assert_eq!(written["letter_grade"], "U");
    assert_eq!(written["normalized_score"], 0.0);
    assert_eq!(written["confidence_score"], 0.0);
    assert_eq!(written["confidence_label"], "LOW");
    assert_eq!(written["grade_unavailable_reason"], "no_anchors");
    assert_eq!(written.get("grade"), None);
    assert_eq!(written["display_name"], Value::Null);
}

#[test]
fn a_long_justification_is_cut_between_characters() {
    let outcome = Outcome::Decided { winner: Winner::A, justification: "å".repeat(700), confidence: 3.0 };
    let at = Timestamp::from(AT);
    let answer = LlmComparisonResultV1::new("q", Uuid::nil(), outcome, LlmProviderType::Mock, "m", at, at);
    assert_eq!(answer.justification, Some("å".repeat(500)));
    assert!(encode(&answer).is_ok());
}

#[test]
fn what_is_found_is_told_briefly() {
    let error = broken("cj_request", "/course_code", json!("x".repeat(10_000)));
    assert!(error.to_string().len() < 400, "{}", error.to_string().len());
}
