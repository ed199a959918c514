//! One record of each kind: every field filled, every id derived, every time from [`at`].
//!
//! Change what a test is about; the rest is as good as any:
//!
//! ```
//! use cj_core::change::Phase;
//! use cj_testkit::fixture;
//!
//! let mut batch = fixture::batch("first");
//! batch.state.phase = Phase::Cancelled;
//! assert_eq!(batch.id(), fixture::batch_id("first"));
//! ```

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use cj_core::change::{
    BatchHeader, BatchRecord, BatchResult, BatchState, BatchUpdate, ComparisonRecord, ComparisonState, Counters,
    DeadLetter, DecisionRecord, DecisionRole, EssayContent, EssayKind, EssayRecord, EssayResult, EssayScore,
    EssayStatus, Evidence, FitSummary, GivenPair, HonestReliability, MatrixKey, MessageKind, OutboxMessage, Phase,
    RequestSnapshot, ScoreSheet, SeparationSummary, WaitingFor, WaveProgress, WaveRecord, Winner,
};
use cj_core::config::{Settings, Strategy};
use cj_core::event::ErrorCode;
use cj_core::id::{BatchId, EssayId, EventId, JudgeId, WorkerId};
use uuid::Uuid;

/// How many essays the comparisons of [`comparison`] are about.
pub const ESSAYS: u32 = 10;

/// Text that a careless store spoils: quotes, escapes, wildcards, letters of two to four bytes, combining marks, newlines.
pub const ODD_TEXT: &str = "Åsa's \"öl\"; --\\ %_ $1 ?1 {} [] \t\r\n<&> é e\u{301} 日本 \u{1f600} \u{202e} ";

/// A time so many seconds after a fixed one, which is not on a whole second.
///
/// # Panics
/// When it is out of the range of times.
pub fn at(seconds: i64) -> DateTime<Utc> {
    let start = DateTime::from_timestamp(1_767_225_600, 123_457_000).expect("the year 2026 is in range");
    start + TimeDelta::seconds(seconds)
}

/// The id of the message of a name.
pub fn event_id(name: &str) -> EventId {
    EventId::of_bytes(name.as_bytes())
}

/// The id of the batch of a name.
pub fn batch_id(name: &str) -> BatchId {
    BatchId::of_request(event_id(name))
}

/// The id of the essay at a place.
///
/// # Panics
/// Never: the ids are short.
pub fn essay_id(ordinal: u32) -> EssayId {
    EssayId::new(format!("essay-{ordinal:04}")).expect("the id is short and plain")
}

/// An error code.
///
/// # Panics
/// When it is empty or too long.
pub fn error_code(code: &str) -> ErrorCode {
    ErrorCode::try_from(code).expect("a code of 1 to 100 characters")
}

/// A worker.
///
/// # Panics
/// When no worker can have that name.
pub fn worker(name: &str) -> WorkerId {
    WorkerId::new(name).expect("a name for a worker")
}

/// A batch that waits for its first wave.
pub fn batch(name: &str) -> BatchRecord {
    let header = BatchHeader {
        id: batch_id(name),
        event_id: event_id(name),
        bos_batch_id: format!("bos-{name}"),
        correlation_id: Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes()),
        settings: Settings::default(),
        request: RequestSnapshot {
            student_prompt: Some("Skriv om en resa.".to_owned()),
            instructions: Some("Bedöm helheten.".to_owned()),
            judge_rubric: Some("Which is the better text?".to_owned()),
            callback_topic: Some("answers.v1".to_owned()),
            provider: Some("anthropic".to_owned()),
            model: Some("judge-1".to_owned()),
            temperature: Some(0.1),
            system_prompt: Some("You compare texts.".to_owned()),
            max_tokens: Some(512),
            reasoning_effort: Some("low".to_owned()),
            output_verbosity: Some("low".to_owned()),
            grade_scale: Some("swedish_8_anchor".to_owned()),
            given: vec![GivenPair { essay_a: essay_id(2), essay_b: essay_id(1) }],
            labels: BTreeMap::from([("klass".to_owned(), "9B".to_owned())]),
        },
        seed: u64::MAX - 1,
        course_code: "ENG5".to_owned(),
        language: "sv".to_owned(),
        assignment_id: Some("assignment-1".to_owned()),
        user_id: "user-1".to_owned(),
        org_id: Some("org-1".to_owned()),
        created_at: at(0),
    };
    let state = BatchState {
        version: 3,
        phase: Phase::Waiting(WaitingFor::Wave),
        phase_since: at(5),
        counters: Counters {
            budget: 120,
            questions: 45,
            planned: 47,
            withdrawn: 1,
            asked: 46,
            questions_asked: 44,
            decided: 30,
            repeats: 1,
            failed: 2,
            retryable: 3,
            retried: 2,
            rescued: 1,
        },
        wave: WaveProgress { number: 1, questions: 45, decided: 29, failed: 2, threshold_reached_at: Some(at(30)) },
        partial_scoring_triggered: false,
        reliability_judged_at: 20,
        lease: None,
        last_activity_at: at(40),
        next_deadline: Some(at(900)),
        completed_at: None,
        result: None,
    };
    BatchRecord { header: Arc::new(header), state }
}

/// The next state of a batch, which differs in its version only.
pub fn next(batch: &BatchRecord) -> BatchUpdate {
    let expected_version = batch.state.version;
    let state = BatchState { version: expected_version + 1, ..batch.state.clone() };
    BatchUpdate { id: batch.id(), expected_version, state }
}

/// A student's essay with a text.
pub fn essay(batch: BatchId, ordinal: u32) -> EssayRecord {
    EssayRecord {
        batch_id: batch,
        essay_id: essay_id(ordinal),
        ordinal,
        kind: EssayKind::Student,
        title: Some(format!("Uppsats {ordinal}")),
        content: EssayContent {
            storage_id: Some(format!("{ordinal:032x}")),
            ..EssayContent::of_text(format!("Text {ordinal}: {ODD_TEXT}"))
        },
        status: EssayStatus::Ready,
        score: None,
        se: None,
        rank: None,
        comparison_count: 0,
    }
}

/// The first [`ESSAYS`] essays of a batch.
pub fn essays(batch: BatchId) -> Vec<EssayRecord> {
    (0..ESSAYS).map(|ordinal| essay(batch, ordinal)).collect()
}

/// A planned comparison of two of the first [`ESSAYS`] essays.
pub fn comparison(batch: BatchId, wave: u32, ordinal: u32, attempt: u32) -> ComparisonRecord {
    ComparisonRecord {
        id: batch.comparison_id(wave, ordinal, attempt),
        batch_id: batch,
        wave,
        ordinal,
        attempt,
        retry_of: (attempt > 1).then(|| batch.comparison_id(wave, ordinal, attempt - 1)),
        essay_a: essay_id(ordinal % ESSAYS),
        essay_b: essay_id((ordinal + 1) % ESSAYS),
        judge_id: None,
        mode: Strategy::default(),
        state: ComparisonState::Planned,
        verdict: None,
        error_code: None,
        decisions: 0,
        planned_at: at(10),
        asked_at: None,
        deadline: at(910),
    }
}

/// A counted verdict for the essay shown first, with everything a judge can say.
///
/// # Panics
/// Never: the judge's name is plain.
pub fn decision(comparison: &ComparisonRecord, ordinal: u32) -> DecisionRecord {
    DecisionRecord {
        comparison_id: comparison.id,
        ordinal,
        batch_id: comparison.batch_id,
        role: DecisionRole::Counted,
        counted: Some(comparison.ordinal + 1),
        verdict: Some(Winner::A),
        error_code: None,
        error_message: None,
        evidence: Evidence {
            judge_id: Some(JudgeId::new("domare-ö").expect("the name is plain")),
            confidence: Some(3.7),
            justification: Some(ODD_TEXT.to_owned()),
            provider: Some("anthropic".to_owned()),
            model: Some("judge-1".to_owned()),
            prompt_tokens: Some(1200),
            completion_tokens: Some(80),
            cost: Some(0.25),
            latency_ms: Some(900),
        },
        received_at: at(60),
    }
}

/// The cell of a comparison's pair.
pub fn cell(comparison: &ComparisonRecord) -> MatrixKey {
    MatrixKey {
        batch_id: comparison.batch_id,
        essay_a: comparison.essay_a.clone(),
        essay_b: comparison.essay_b.clone(),
    }
}

/// A scored wave of the first essays.
pub fn wave(batch: BatchId, wave: u32) -> WaveRecord {
    WaveRecord {
        batch_id: batch,
        wave,
        planned_at: at(10),
        strategy: Strategy::default(),
        seed: u64::MAX - u64::from(wave),
        pairs_planned: 45,
        scored_at: Some(at(100)),
        sheet: Some(sheet(ESSAYS)),
    }
}

/// A scale of so many essays whose numbers use every bit.
pub fn sheet(essays: u32) -> ScoreSheet {
    let essays = (0..essays).map(|ordinal| EssayScore {
        essay_id: essay_id(ordinal),
        score: score(ordinal),
        se: score(ordinal).abs() / 7.0 + 0.1,
        rank: ordinal + 1,
        rank_low: ordinal.max(1),
        rank_high: ordinal + 2,
        comparisons: 9,
        wins: 4,
        losses: 4,
        ties: 1,
        infit: Some(1.0 / 3.0),
        outfit: None,
    });
    let essays: Vec<_> = essays.collect();
    let ids = essays.iter().map(|essay| essay.essay_id.clone()).collect();
    ScoreSheet {
        watermark: 45,
        essays,
        fit: FitSummary {
            prior: "sd=2".to_owned(),
            log_likelihood: -28.123_456_789_012_345,
            iterations: 6,
            max_gradient: Some(3.1e-11),
            components: vec![ids],
        },
        separation: Some(SeparationSummary {
            ssr: 0.1 + 0.2,
            ssr_alternative: 0.7,
            ssr_basis: "ml".to_owned(),
            separation: 2.0 / 3.0,
            strata: 11.0 / 9.0,
        }),
        reliability: Some(HonestReliability {
            median: 0.83,
            low: 0.77,
            high: 0.88,
            p_no_signal: 1e-300,
            latent_sd: std::f64::consts::SQRT_2,
        }),
        max_change: Some(f64::MIN_POSITIVE),
        warnings: vec![ODD_TEXT.to_owned()],
    }
}

/// A score between −5 and 5 whose bits follow no pattern.
pub fn score(ordinal: u32) -> f64 {
    let mixed = (u64::from(ordinal) + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (mixed >> 11) as f64 / (1u64 << 53) as f64 * 10.0 - 5.0
}

/// What came out of a batch.
pub fn batch_result() -> BatchResult {
    BatchResult {
        sheet: Some(sheet(ESSAYS)),
        missing: vec![essay_id(ESSAYS)],
        cost: Some(0.1 + 0.7),
        prompt_tokens: u64::from(u32::MAX) * 4,
        completion_tokens: 77,
        judge: Some(("anthropic".to_owned(), "judge-1".to_owned())),
        grades_unavailable: Some("no anchors".to_owned()),
        warnings: vec!["two components".to_owned(), ODD_TEXT.to_owned()],
    }
}

/// The result of the essay at a place, whose rank is its place from 1.
pub fn essay_result(batch: BatchId, ordinal: u32) -> EssayResult {
    EssayResult {
        batch_id: batch,
        essay_id: essay_id(ordinal),
        is_anchor: ordinal % 3 == 2,
        score: score(ordinal),
        se: 0.3 + score(ordinal).abs() / 9.0,
        rank: ordinal + 1,
        rank_low: ordinal.max(1),
        rank_high: ordinal + 3,
        comparisons: 12,
        infit: Some(0.1 + 0.2),
        outfit: None,
    }
}

/// An event whose key is its batch, written and available `version` seconds after the fixed time.
pub fn event(batch: BatchId, version: u64, ordinal: u32) -> OutboxMessage {
    let written = at(i64::try_from(version).unwrap_or(0));
    OutboxMessage {
        id: batch.event_id(version, ordinal),
        kind: MessageKind::Event,
        batch_id: batch,
        version,
        ordinal,
        aggregate_type: "cj_batch".to_owned(),
        aggregate_id: batch.to_string(),
        event_type: "CJAssessmentCompletedV1".to_owned(),
        topic: "cj.completed.v1".to_owned(),
        key: batch.to_string(),
        payload: format!("{{\"n\": {ordinal}, \"odd\": {ODD_TEXT:?}}}").into_bytes(),
        headers: BTreeMap::from([
            ("trace_id".to_owned(), "åäö \"quoted\"".to_owned()),
            ("event_id".to_owned(), batch.event_id(version, ordinal).to_string()),
        ]),
        created_at: written,
        available_at: written,
        attempts: 0,
    }
}

/// The question of a comparison, written and available when it was planned.
pub fn question(comparison: &ComparisonRecord) -> OutboxMessage {
    OutboxMessage {
        id: EventId::new(comparison.id.as_uuid()),
        kind: MessageKind::Question,
        batch_id: comparison.batch_id,
        version: 1,
        ordinal: comparison.ordinal,
        aggregate_type: "comparison".to_owned(),
        aggregate_id: comparison.id.to_string(),
        event_type: "ComparisonRequestV1".to_owned(),
        topic: "judge.requests.v1".to_owned(),
        key: comparison.id.to_string(),
        payload: vec![0, 255, 39, 34, 92, 10],
        headers: BTreeMap::new(),
        created_at: comparison.planned_at,
        available_at: comparison.planned_at,
        attempts: 0,
    }
}

/// A message that a consumer could not use.
pub fn dead_letter(consumer: &str, name: &str) -> DeadLetter {
    DeadLetter {
        event_id: event_id(name),
        consumer: consumer.to_owned(),
        topic: "judge.answers.v1".to_owned(),
        reason: "unknown_comparison".to_owned(),
        detail: ODD_TEXT.to_owned(),
        payload: vec![0, 1, 254, 255],
        received_at: at(5),
    }
}
