//! What a batch tells the world: questions to judges, and events when it ends.

use std::collections::{BTreeMap, BTreeSet};

use super::sender::{Sender, headers};
use super::{Context, Rejection};
use crate::change::{
    BatchHeader, BatchResult, BatchState, ComparisonRecord, CompletionReason, EssayKind, EssayRecord, MessageKind,
    OutboxMessage,
};
use crate::event::prompt::Question;
use crate::event::{
    AssessmentMetadata, AssessmentResultV1, BatchStatus, CjAssessmentCompletedV1, CjAssessmentFailedV1,
    ComparisonMetadata, Contract, ContractError, ErrorCode, EssayResultV1, FailureInfo, LlmComparisonRequestV1,
    LlmConfigOverrides, LlmConfigOverridesHttp, ProcessingStage, ProcessingSummary, ReliabilityV1,
    ResourceConsumptionV1, SOURCE_SERVICE, SystemProcessingMetadata, Timestamp, Topic, encode,
};
use crate::id::{EssayId, EventId};

/// What stands in for a text that only the judge has.
const WITH_JUDGE: &str = "(The judge has this item.)";

impl From<ContractError> for Rejection {
    fn from(error: ContractError) -> Self {
        Self::Contract(error.to_string())
    }
}

/// Puts a comparison to a judge. Its id on the wire is the comparison's.
pub(super) fn question(
    header: &BatchHeader,
    version: u64,
    comparison: &ComparisonRecord,
    cx: &Context<'_>,
) -> Result<OutboxMessage, Rejection> {
    let mut metadata = ComparisonMetadata::new(comparison.essay_a.as_str(), comparison.essay_b.as_str());
    metadata.bos_batch_id = Some(header.bos_batch_id.clone());
    metadata.cj_batch_id = Some(header.id.to_string());
    metadata.cj_source = Some("els".to_owned());
    metadata.cj_request_type = Some(if comparison.attempt > 1 { "cj_retry" } else { "cj_comparison" }.to_owned());
    metadata.comparison_iteration = Some(comparison.wave);
    let mut question = Question::new(text(&comparison.essay_a, cx)?, text(&comparison.essay_b, cx)?, metadata);
    question.student_prompt = header.request.student_prompt.as_deref();
    question.instructions = header.request.instructions.as_deref();
    question.rubric = header.request.judge_rubric.as_deref();
    question.overrides = Some(overrides(header)?);
    question.user_id = Some(&header.user_id);
    if let Some(topic) = header.request.callback_topic.as_deref() {
        question.callback_topic = topic;
    }
    let body = question.request(comparison.id.as_uuid())?;
    let id = comparison.id.to_string();
    let event_id = EventId::new(comparison.id.as_uuid());
    let headers = headers::<LlmComparisonRequestV1>(event_id, header.correlation_id, Timestamp::from(cx.now));
    Ok(OutboxMessage {
        id: event_id,
        kind: MessageKind::Question,
        batch_id: header.id,
        version,
        ordinal: comparison.ordinal,
        aggregate_type: "comparison".to_owned(),
        aggregate_id: id.clone(),
        event_type: LlmComparisonRequestV1::NAME.to_owned(),
        topic: Topic::LlmComparisonRequest.to_string(),
        key: id,
        payload: encode(&body)?,
        headers,
        created_at: cx.now,
        available_at: comparison.planned_at,
        attempts: 0,
    })
}

fn text<'a>(essay: &EssayId, cx: &Context<'a>) -> Result<&'a str, Rejection> {
    let content = cx.texts.get(essay).filter(|content| content.is_usable());
    let content = content.ok_or_else(|| Rejection::MissingText { essay_id: essay.clone() })?;
    Ok(content.text.as_deref().unwrap_or(WITH_JUDGE))
}

fn overrides(header: &BatchHeader) -> Result<LlmConfigOverridesHttp, ContractError> {
    let request = &header.request;
    LlmConfigOverridesHttp::try_from(&LlmConfigOverrides {
        provider_override: request.provider.clone(),
        model_override: request.model.clone(),
        temperature_override: request.temperature,
        system_prompt_override: request.system_prompt.clone(),
        max_tokens_override: request.max_tokens,
        reasoning_effort: request.reasoning_effort.clone(),
        output_verbosity: request.output_verbosity.clone(),
        ..LlmConfigOverrides::default()
    })
}

/// What a completed batch sends: the thin event, the rich one, and what it used.
pub(super) fn completed(
    header: &BatchHeader,
    state: &BatchState,
    reason: CompletionReason,
    result: &BatchResult,
    essays: &[EssayRecord],
    cx: &Context<'_>,
) -> Result<Vec<OutboxMessage>, Rejection> {
    let job = header.id.to_string();
    let mut sender = Sender::new(header.id, header.correlation_id, state.version, cx.now);
    let thin = thin(header, &job, reason, result, essays, cx)?;
    let mut messages = vec![sender.event("cj_batch", &header.bos_batch_id, thin)?];
    let rich = rich(header, state, &job, reason, result, essays, cx)?;
    messages.push(sender.event(OutboxMessage::RESULT, &job, rich)?);
    let quantity = u64::from(state.counters.decided);
    let mut used = ResourceConsumptionV1::comparisons(
        &header.bos_batch_id,
        &header.user_id,
        quantity,
        SOURCE_SERVICE,
        &job,
        Timestamp::from(cx.now),
    );
    used.org_id.clone_from(&header.org_id);
    messages.push(sender.event("resource_consumption", &header.bos_batch_id, used)?);
    Ok(messages)
}

/// What a failed or cancelled batch sends.
pub(super) fn failed(
    header: &BatchHeader,
    state: &BatchState,
    reason: &str,
    cx: &Context<'_>,
) -> Result<OutboxMessage, Rejection> {
    let counters = &state.counters;
    let settled = counters.questions_decided() + counters.failed;
    let mut failure = FailureInfo::new(reason, ErrorCode::PROCESSING_ERROR, &explain(reason));
    failure.details.insert("callbacks_received", settled);
    failure.details.insert("completed_comparisons", counters.decided);
    failure.details.insert("failed_comparisons", counters.failed);
    if settled > 0 {
        failure.details.insert("success_rate", f64::from(counters.questions_decided()) / f64::from(settled));
    }
    failure.details.insert("success_rate_threshold", header.settings.min_success_rate());
    let event = CjAssessmentFailedV1::new(system_metadata(header, cx), &header.id.to_string(), &failure)?;
    let mut sender = Sender::new(header.id, header.correlation_id, state.version, cx.now);
    Ok(sender.event("cj_batch", &header.bos_batch_id, event)?)
}

fn explain(reason: &str) -> String {
    match reason {
        "cancelled" => "the batch was cancelled by its owner".to_owned(),
        "duplicate_essay_ids" => "two essays of the request have the same id".to_owned(),
        "low_success_rate" => "too many comparisons got no answer from the judge".to_owned(),
        "no_students" => "there is no student essay to assess".to_owned(),
        "no_usable_text" => "no two essays that were to be compared have a text".to_owned(),
        "stuck_timeout" => "the judge answered too few comparisons before the time-out".to_owned(),
        other => other.to_owned(),
    }
}

fn thin(
    header: &BatchHeader,
    job: &str,
    reason: CompletionReason,
    result: &BatchResult,
    essays: &[EssayRecord],
    cx: &Context<'_>,
) -> Result<CjAssessmentCompletedV1, ContractError> {
    let students = || essays.iter().filter(|essay| !essay.kind.is_anchor());
    let ids = |failed: bool| {
        let chosen = students().filter(|essay| result.missing.contains(&essay.essay_id) == failed);
        chosen.map(|essay| essay.essay_id.to_string()).collect::<Vec<_>>()
    };
    let seconds = (cx.now - header.created_at).as_seconds_f64().max(0.0);
    let mut summary = ProcessingSummary::new(ids(false), ids(true), seconds);
    let single = reason == CompletionReason::InsufficientEssays;
    summary.single_essay_batch = Some(single);
    summary.completion_reason = Some(reason.code().to_owned());
    let mut metadata = system_metadata(header, cx);
    metadata.processing_stage = Some(ProcessingStage::Completed);
    metadata.started_at = Some(Timestamp::from(header.created_at));
    metadata.completed_at = Some(Timestamp::from(cx.now));
    CjAssessmentCompletedV1::new(metadata, BatchStatus::CompletedSuccessfully, job, &summary)
}

fn rich(
    header: &BatchHeader,
    state: &BatchState,
    job: &str,
    reason: CompletionReason,
    result: &BatchResult,
    essays: &[EssayRecord],
    cx: &Context<'_>,
) -> Result<AssessmentResultV1, ContractError> {
    let by_id: BTreeMap<&EssayId, &EssayRecord> = essays.iter().map(|essay| (&essay.essay_id, essay)).collect();
    let rows = result.sheet.iter().flat_map(|sheet| &sheet.essays);
    let scored: BTreeSet<&EssayId> = rows.clone().map(|row| &row.essay_id).collect();
    let no_grade = result.grades_unavailable.as_deref().unwrap_or("no grade was projected");
    let mut results: Vec<EssayResultV1> = rows
        .map(|row| {
            let mut one = EssayResultV1::ungraded(row.essay_id.as_str(), row.score, row.rank, no_grade);
            one.bt_se = Some(row.se);
            one.rank_low = Some(row.rank_low.min(row.rank));
            one.rank_high = Some(row.rank_high.max(row.rank));
            one.comparison_count = Some(row.comparisons);
            if let Some(EssayKind::Anchor { grade, .. }) = by_id.get(&row.essay_id).map(|essay| &essay.kind) {
                one.is_anchor = true;
                one.display_name = grade.as_ref().map(|grade| format!("ANCHOR GRADE {grade}"));
            }
            one
        })
        .collect();
    results.sort_by(|a, b| (a.rank, &a.essay_id).cmp(&(b.rank, &b.essay_id)));
    let metadata = AssessmentMetadata {
        anchor_essays_used: results.iter().filter(|row| row.is_anchor).count() as u32,
        comparison_count: state.counters.decided,
        processing_duration_seconds: Some((cx.now - header.created_at).as_seconds_f64().max(0.0)),
        llm_temperature: header.request.temperature,
        assignment_id: header.assignment_id.clone(),
        course_code: Some(header.course_code.clone()),
        ..AssessmentMetadata::default()
    };
    let (provider, model) = judge(header, result);
    let at = Timestamp::from(cx.now);
    let mut event = AssessmentResultV1::new(&header.bos_batch_id, job, &provider, &model, results, &metadata, at)?;
    event.completion_reason = Some(reason.code().to_owned());
    let unscored = essays.iter().filter(|essay| !scored.contains(&essay.essay_id));
    event.failed_essay_ids = Some(unscored.map(|essay| essay.essay_id.to_string()).collect());
    event.grade_scale.clone_from(&header.request.grade_scale);
    match result.sheet.as_ref().and_then(|sheet| sheet.reliability.as_ref()) {
        Some(known) => event.reliability = Some(ReliabilityV1::new(known.median, known.low, known.high)),
        None => event.reliability_unavailable_reason = Some("it was not estimated".to_owned()),
    }
    Ok(event)
}

fn judge(header: &BatchHeader, result: &BatchResult) -> (String, String) {
    let asked = || {
        let unknown = || "unknown".to_owned();
        let provider = header.request.provider.clone().unwrap_or_else(unknown);
        (provider, header.request.model.clone().unwrap_or_else(unknown))
    };
    result.judge.clone().unwrap_or_else(asked)
}

fn system_metadata(header: &BatchHeader, cx: &Context<'_>) -> SystemProcessingMetadata {
    SystemProcessingMetadata::batch(&header.bos_batch_id, Timestamp::from(cx.now))
}
