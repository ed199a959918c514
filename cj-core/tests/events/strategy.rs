//! Messages of the assessment, as far as their contracts go.
use chrono::DateTime;
use cj_core::event::{
    AssessmentMetadata, AssessmentResultV1, BatchStatus, CalibrationMethod, CjAssessmentCompletedV1,
    CjAssessmentFailedV1, ComparisonMetadata, ConfidenceLabel, ContentType, CourseCode, ElsCjAssessmentRequestV1,
    ErrorCode, ErrorDetail, EssayProcessingInputRefV1, EssayResultV1, FailureInfo, LlmComparisonRequestV1,
    LlmComparisonResultV1, LlmConfigOverrides, LlmConfigOverridesHttp, LlmProviderType, OpenMap, Outcome,
    OutputVerbosity, ProcessingStage, ProcessingSummary, ReasoningEffort, ReliabilityV1, ResourceConsumptionV1,
    SpellcheckMetricsV1, StorageReferenceMetadata, SystemProcessingMetadata, Timestamp, TokenUsage, Winner,
    prompt::Question,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;
use std::collections::BTreeMap;
use uuid::Uuid;

pub(crate) fn id() -> impl Strategy<Value = String> {
    "\\PC{1,36}"
}

pub(crate) fn text() -> impl Strategy<Value = String> {
    any::<String>()
}

pub(crate) fn time() -> impl Strategy<Value = Timestamp> {
    let micros = -60_000_000_000_000_000_i64..200_000_000_000_000_000;
    micros.prop_map(|micros| Timestamp::from(DateTime::from_timestamp_micros(micros).unwrap()))
}

pub(crate) fn uuid() -> impl Strategy<Value = Uuid> {
    any::<u128>().prop_map(Uuid::from_u128)
}

pub(crate) fn share() -> impl Strategy<Value = f64> {
    0.0..=1.0
}

pub(crate) fn finite() -> impl Strategy<Value = f64> {
    prop::num::f64::NORMAL | prop::num::f64::ZERO | prop::num::f64::SUBNORMAL
}

pub(crate) fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        finite().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec(("\\PC{0,8}", inner), 0..4).prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

pub(crate) fn open_map() -> impl Strategy<Value = OpenMap> {
    vec(("\\PC{0,8}", json()), 0..4).prop_map(|entries| entries.into_iter().collect())
}

pub(crate) fn about() -> impl Strategy<Value = SystemProcessingMetadata> {
    let stage = option::of(select(ProcessingStage::ALL));
    (id(), time(), stage, option::of(time()), option::of(text()), open_map()).prop_map(
        |(batch, at, stage, started, event, info)| {
            let mut about = SystemProcessingMetadata::batch(&batch, at);
            about.processing_stage = stage;
            about.started_at = started;
            about.event = event;
            about.error_info = info;
            about
        },
    )
}

pub(crate) fn essay_ref() -> impl Strategy<Value = EssayProcessingInputRefV1> {
    let metrics = (any::<u32>(), any::<u32>(), any::<u32>());
    (id(), "[0-9a-f]{32}", option::of(metrics)).prop_map(|(essay, storage, metrics)| {
        let mut essay = EssayProcessingInputRefV1::new(&essay, &storage);
        essay.spellcheck_metrics = metrics.map(|(l2, other, words)| SpellcheckMetricsV1::new(l2, other, words));
        essay
    })
}

pub(crate) fn overrides() -> impl Strategy<Value = LlmConfigOverrides> {
    let numbers = (option::of(0.0..=2.0), option::of(1_u32..));
    (numbers, option::of(text()), option::of(text())).prop_map(|((temperature, tokens), model, effort)| {
        let mut overrides = LlmConfigOverrides::default();
        overrides.temperature_override = temperature;
        overrides.max_tokens_override = tokens;
        overrides.model_override = model;
        overrides.reasoning_effort = effort;
        overrides
    })
}

pub(crate) fn request() -> impl Strategy<Value = ElsCjAssessmentRequestV1> {
    let prompt = (select(ContentType::ALL), "[0-9a-f]{32}");
    (
        (about(), vec(essay_ref(), 0..4), "[a-z]{2}", select(CourseCode::ALL), id()),
        (option::of(prompt), option::of(overrides()), option::of("\\PC{0,100}"), option::of(id())),
    )
        .prop_map(|((about, essays, language, course, user), (prompt, overrides, assignment, org))| {
            let mut request = ElsCjAssessmentRequestV1::new(about, essays, &language, course, &user);
            request.student_prompt_ref = prompt.map(|(kind, id)| StorageReferenceMetadata::one(kind, &id));
            request.llm_config_overrides = overrides;
            request.assignment_id = assignment;
            request.org_id = org;
            request
        })
}

pub(crate) fn completed() -> impl Strategy<Value = CjAssessmentCompletedV1> {
    let ids = || vec(id(), 0..4);
    let extra = (option::of(any::<bool>()), option::of(text()), open_map());
    (about(), select(BatchStatus::ALL), id(), ids(), ids(), 0.0..1e9, extra).prop_map(
        |(about, status, job, successful, failed, seconds, (single, reason, more))| {
            let mut summary = ProcessingSummary::new(successful, failed, seconds);
            summary.single_essay_batch = single;
            summary.completion_reason = reason;
            let mut completed = CjAssessmentCompletedV1::new(about, status, &job, &summary).unwrap();
            assert_eq!(completed.summary().unwrap(), summary);
            completed.processing_summary.extend(more);
            completed
        },
    )
}

pub(crate) fn error_code() -> impl Strategy<Value = ErrorCode> {
    "\\PC{1,100}".prop_map(|code| ErrorCode::try_from(code).unwrap())
}

pub(crate) fn failed() -> impl Strategy<Value = CjAssessmentFailedV1> {
    (about(), id(), "[a-z_]{1,20}", error_code(), text(), open_map()).prop_map(
        |(about, job, reason, code, message, details)| {
            let mut failure = FailureInfo::new(&reason, code, &message);
            failure.details = details;
            let failed = CjAssessmentFailedV1::new(about, &job, &failure).unwrap();
            assert_eq!(failed.failure().unwrap(), failure);
            failed
        },
    )
}

pub(crate) fn outcome() -> impl Strategy<Value = Outcome> {
    let decided = (select(Winner::ALL), "\\PC{0,600}", 1.0..=5.0)
        .prop_map(|(winner, justification, confidence)| Outcome::Decided { winner, justification, confidence });
    let failed = (error_code(), text(), uuid(), time(), text(), open_map(), option::of(text())).prop_map(
        |(code, message, correlation, at, service, details, trace)| {
            let mut error = ErrorDetail::new(code, &message, correlation, at, &service, "compare");
            error.details = details;
            error.stack_trace = trace;
            Outcome::Failed(error)
        },
    );
    prop_oneof![decided, failed]
}

pub(crate) fn answer() -> impl Strategy<Value = LlmComparisonResultV1> {
    let usage = (0..=u64::from(u32::MAX), 0..=u64::from(u32::MAX));
    (
        (text(), uuid(), outcome(), select(LlmProviderType::ALL), text(), time(), time()),
        (usage, 0.0..1e6, option::of(text()), open_map()),
    )
        .prop_map(|((queue, id, outcome, provider, model, asked, done), (usage, cost, trace, echo))| {
            let mut answer = LlmComparisonResultV1::new(&queue, id, outcome, provider, &model, asked, done);
            answer.token_usage = TokenUsage::new(usage.0, usage.1);
            answer.cost_estimate = cost;
            answer.trace_id = trace;
            answer.request_metadata = echo;
            answer
        })
}

pub(crate) fn essay_result() -> impl Strategy<Value = EssayResultV1> {
    let grade = select(vec!["A", "B-", "F+", "U", "7", "0", "VG"]);
    let ranks = (1_u32..1000, 0_u32..10, 0_u32..10);
    let flags = (any::<bool>(), option::of(any::<u32>()), option::of(text()));
    (id(), finite(), ranks, option::of(grade), (share(), share()), select(ConfidenceLabel::ALL), flags).prop_map(
        |(essay, score, (rank, below, above), grade, (normalized, sure), label, (anchor, count, name))| {
            let mut result = EssayResultV1::ungraded(&essay, score, rank, "no_anchors");
            if let Some(grade) = grade {
                result = result.with_grade(grade, "some_scale", normalized, sure, label);
            }
            result.is_anchor = anchor;
            result.comparison_count = count;
            result.display_name = name;
            result.bt_se = Some(sure);
            result.rank_low = Some(rank.saturating_sub(below).max(1));
            result.rank_high = Some(rank + above);
            result.grade_probabilities = Some(BTreeMap::from([("x".to_owned(), sure), ("y".to_owned(), 1.0 - sure)]));
            result
        },
    )
}

pub(crate) fn result() -> impl Strategy<Value = AssessmentResultV1> {
    let additions = (option::of(text()), option::of(vec(id(), 0..3)), option::of((share(), share(), share())));
    let made = (any::<u32>(), option::of(select(CalibrationMethod::ALL)), option::of(0.0..1e9));
    (id(), id(), text(), vec(essay_result(), 0..4), time(), option::of("\\PC{0,100}"), made, additions).prop_map(
        |(batch, job, model, essays, at, assignment, (count, method, seconds), (reason, failed, quantiles))| {
            let mut metadata = AssessmentMetadata::default();
            metadata.assignment_id = assignment;
            metadata.comparison_count = count;
            metadata.calibration_method = method;
            metadata.processing_duration_seconds = seconds;
            let mut result = AssessmentResultV1::new(&batch, &job, "openai", &model, essays, &metadata, at).unwrap();
            assert_eq!(result.metadata().unwrap(), metadata);
            result.completion_reason = reason;
            result.failed_essay_ids = failed;
            result.reliability = quantiles.map(|(a, b, c)| {
                let mut sorted = [a, b, c];
                sorted.sort_by(f64::total_cmp);
                ReliabilityV1::new(sorted[1], sorted[0], sorted[2])
            });
            result
        },
    )
}

pub(crate) fn consumption() -> impl Strategy<Value = ResourceConsumptionV1> {
    (id(), id(), any::<u64>(), text(), text(), time(), option::of(text())).prop_map(
        |(batch, user, quantity, service, job, at, org)| {
            let mut used = ResourceConsumptionV1::comparisons(&batch, &user, quantity, &service, &job, at);
            used.org_id = org;
            used
        },
    )
}

pub(crate) fn question() -> impl Strategy<Value = LlmComparisonRequestV1> {
    let wishes = (
        option::of(select(LlmProviderType::ALL)),
        option::of(select(ReasoningEffort::ALL)),
        option::of(select(OutputVerbosity::ALL)),
        option::of(0.0..=2.0),
    );
    let essay = || "\\PC{0,80}-----\\PC{0,80}";
    (essay(), essay(), option::of(text()), option::of(wishes), option::of(any::<u32>()), uuid()).prop_map(
        |(a, b, rubric, wishes, wave, id)| {
            let mut metadata = ComparisonMetadata::new("e-1", "e-2");
            metadata.comparison_iteration = wave;
            let mut question = Question::new(&a, &b, metadata);
            question.rubric = rubric.as_deref();
            question.overrides = wishes.map(|(provider, effort, verbosity, temperature)| {
                let mut overrides = LlmConfigOverridesHttp::default();
                overrides.provider_override = provider;
                overrides.reasoning_effort = effort;
                overrides.output_verbosity = verbosity;
                overrides.temperature_override = temperature;
                overrides
            });
            question.request(id).unwrap()
        },
    )
}
