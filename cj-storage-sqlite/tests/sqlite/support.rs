//! A store in a folder of its own, and records with something in every field.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use cj_core::change::{
    BatchHeader, BatchRecord, BatchResult, BatchState, BatchUpdate, ComparisonRecord, ComparisonState, Counters,
    DeadLetter, DecisionRecord, DecisionRole, EssayContent, EssayKind, EssayRecord, EssayResult, EssayScore,
    EssayStatus, Evidence, FitSummary, HonestReliability, Lease, MessageKind, OutboxMessage, Phase, RequestSnapshot,
    ScoreSheet, SeparationSummary, WaitingFor, WaveProgress, WaveRecord, Winner,
};
use cj_core::config::{Settings, Strategy};
use cj_core::event::ErrorCode;
use cj_core::id::{BatchId, ComparisonId, EssayId, EventId, JudgeId, WorkerId};
use cj_storage_sqlite::SqliteStore;
use tempfile::TempDir;
use uuid::Uuid;

pub(crate) struct Fixture {
    _folder: TempDir,
    pub(crate) store: SqliteStore,
}

impl Fixture {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(folder.path().join("cj.sqlite")).await.unwrap();
        store.migrate().await.unwrap();
        Self { _folder: folder, store }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.store.path().to_owned()
    }
}

pub(crate) fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(1_763_720_000_123_456).unwrap() + TimeDelta::seconds(seconds)
}

pub(crate) fn batch_id(number: u32) -> BatchId {
    BatchId::of_request(EventId::of_bytes(&number.to_be_bytes()))
}

pub(crate) fn essay_id(number: u32) -> EssayId {
    EssayId::new(format!("essay-{number}")).unwrap()
}

pub(crate) fn batch(number: u32) -> BatchRecord {
    let header = BatchHeader {
        id: batch_id(number),
        event_id: EventId::of_bytes(&number.to_be_bytes()),
        bos_batch_id: format!("bos-{number}"),
        correlation_id: Uuid::new_v5(&Uuid::NAMESPACE_OID, b"correlation"),
        settings: Settings::builder().budget(Some(77)).min_success_rate(0.1 + 0.2).build().unwrap(),
        request: RequestSnapshot {
            student_prompt: Some("Skriv \"om\" \\ våren\n\0🦀".to_owned()),
            temperature: Some(0.1 + 0.7),
            max_tokens: Some(u32::MAX),
            ..RequestSnapshot::default()
        },
        seed: u64::MAX - u64::from(number),
        course_code: "ENG5".to_owned(),
        language: "sv".to_owned(),
        assignment_id: Some("assignment".to_owned()),
        user_id: "user".to_owned(),
        org_id: Some("org".to_owned()),
        created_at: at(i64::from(number)),
    };
    BatchRecord { header: Arc::new(header), state: state(1) }
}

pub(crate) fn state(version: u64) -> BatchState {
    BatchState {
        version,
        phase: Phase::Waiting(WaitingFor::Wave),
        phase_since: at(2),
        counters: Counters {
            budget: 1,
            questions: 2,
            planned: 3,
            withdrawn: 4,
            asked: 5,
            questions_asked: 6,
            decided: 7,
            repeats: 8,
            failed: 9,
            retryable: 10,
            retried: 11,
            rescued: u32::MAX,
        },
        wave: WaveProgress { number: 1, questions: 2, decided: 3, failed: 4, threshold_reached_at: Some(at(5)) },
        partial_scoring_triggered: true,
        reliability_judged_at: 12,
        lease: Some(Lease { owner: WorkerId::new("worker \"1\"").unwrap(), until: at(60) }),
        last_activity_at: at(1),
        next_deadline: Some(at(60)),
        completed_at: Some(at(90)),
        result: Some(Arc::new(result())),
    }
}

pub(crate) fn bare_state(version: u64) -> BatchState {
    BatchState {
        version,
        phase: Phase::Preparing,
        phase_since: at(0),
        counters: Counters::default(),
        wave: WaveProgress::default(),
        partial_scoring_triggered: false,
        reliability_judged_at: 0,
        lease: None,
        last_activity_at: at(0),
        next_deadline: None,
        completed_at: None,
        result: None,
    }
}

pub(crate) fn update(number: u32, expected_version: u64, state: BatchState) -> BatchUpdate {
    BatchUpdate { id: batch_id(number), expected_version, state }
}

pub(crate) fn sheet() -> ScoreSheet {
    ScoreSheet {
        watermark: 45,
        essays: vec![EssayScore {
            essay_id: essay_id(1),
            score: -0.123_456_789_012_345_67,
            se: 1.0 / 3.0,
            rank: 1,
            rank_low: 1,
            rank_high: 2,
            comparisons: 9,
            wins: 5,
            losses: 3,
            ties: 1,
            infit: Some(1.1),
            outfit: None,
        }],
        fit: FitSummary {
            prior: "sd=2".to_owned(),
            log_likelihood: -31.7,
            iterations: 5,
            max_gradient: Some(1e-12),
            components: vec![vec![essay_id(1), essay_id(2)], vec![essay_id(3)]],
        },
        separation: Some(SeparationSummary {
            ssr: 0.8,
            ssr_alternative: 0.81,
            ssr_basis: "mle".to_owned(),
            separation: 2.0,
            strata: 3.0,
        }),
        reliability: Some(HonestReliability { median: 0.81, low: 0.7, high: 0.9, p_no_signal: 0.0, latent_sd: 1.2 }),
        max_change: Some(0.25),
        warnings: vec!["two groups".to_owned()],
    }
}

pub(crate) fn result() -> BatchResult {
    BatchResult {
        sheet: Some(sheet()),
        missing: vec![essay_id(7)],
        cost: Some(0.1 + 0.2),
        prompt_tokens: u64::from(u32::MAX) + 1,
        completion_tokens: 2,
        judge: Some(("anthropic".to_owned(), "model".to_owned())),
        grades_unavailable: Some("no anchors".to_owned()),
        warnings: vec!["w".to_owned()],
    }
}

pub(crate) fn essay(number: u32, ordinal: u32) -> EssayRecord {
    EssayRecord {
        batch_id: batch_id(1),
        essay_id: essay_id(number),
        ordinal,
        kind: EssayKind::Student,
        title: Some("Title".to_owned()),
        content: EssayContent {
            storage_id: Some("0123456789abcdef0123456789abcdef".to_owned()),
            ..EssayContent::of_text("A text\nwith \"quotes\", \\ and \u{1}\0.")
        },
        status: EssayStatus::Pending,
        score: None,
        se: None,
        rank: None,
        comparison_count: 0,
    }
}

pub(crate) fn comparison(batch: u32, wave: u32, ordinal: u32, attempt: u32) -> ComparisonRecord {
    ComparisonRecord {
        id: batch_id(batch).comparison_id(wave, ordinal, attempt),
        batch_id: batch_id(batch),
        wave,
        ordinal,
        attempt,
        retry_of: None,
        essay_a: essay_id(1),
        essay_b: essay_id(2),
        judge_id: None,
        mode: Strategy::default(),
        state: ComparisonState::Planned,
        verdict: None,
        error_code: None,
        decisions: 0,
        planned_at: at(0),
        asked_at: None,
        deadline: at(900),
    }
}

pub(crate) fn decided(comparison: &ComparisonRecord) -> ComparisonRecord {
    ComparisonRecord {
        state: ComparisonState::Decided,
        verdict: Some(Winner::B),
        error_code: ErrorCode::try_from("AN_UNKNOWN_CODE").ok(),
        decisions: 2,
        asked_at: Some(at(3)),
        deadline: at(903),
        ..comparison.clone()
    }
}

pub(crate) fn decision(comparison: ComparisonId, ordinal: u32) -> DecisionRecord {
    DecisionRecord {
        comparison_id: comparison,
        ordinal,
        batch_id: batch_id(1),
        role: DecisionRole::Counted,
        counted: Some(1),
        verdict: Some(Winner::A),
        error_code: None,
        error_message: None,
        evidence: Evidence {
            judge_id: Some(JudgeId::new("judge").unwrap()),
            confidence: Some(4.5),
            justification: Some("because \"A\" is better".to_owned()),
            provider: Some("anthropic".to_owned()),
            model: Some("model".to_owned()),
            prompt_tokens: Some(1_000),
            completion_tokens: Some(50),
            cost: Some(0.001),
            latency_ms: Some(1_234),
        },
        received_at: at(10),
    }
}

pub(crate) fn essay_result(number: u32, rank: u32) -> EssayResult {
    EssayResult {
        batch_id: batch_id(1),
        essay_id: essay_id(number),
        is_anchor: number.is_multiple_of(2),
        score: 1.0 / 3.0,
        se: 0.1 + 0.2,
        rank,
        rank_low: rank,
        rank_high: rank + 1,
        comparisons: 9,
        infit: Some(1.1),
        outfit: None,
    }
}

pub(crate) fn wave(number: u32, sheet: Option<ScoreSheet>) -> WaveRecord {
    WaveRecord {
        batch_id: batch_id(1),
        wave: number,
        planned_at: at(0),
        strategy: Strategy::default(),
        seed: u64::MAX,
        pairs_planned: 45,
        scored_at: sheet.as_ref().map(|_| at(30)),
        sheet,
    }
}

pub(crate) fn event(version: u64, ordinal: u32, key: &str) -> OutboxMessage {
    OutboxMessage {
        id: EventId::of_bytes(format!("{key} {version} {ordinal}").as_bytes()),
        kind: MessageKind::Event,
        batch_id: batch_id(1),
        version,
        ordinal,
        aggregate_type: "batch".to_owned(),
        aggregate_id: batch_id(1).to_string(),
        event_type: "CJAssessmentCompletedV1".to_owned(),
        topic: "topic".to_owned(),
        key: key.to_owned(),
        payload: vec![0, 255, b'"', b'\\', 10, 0xc3],
        headers: BTreeMap::from([("trace \"id\"".to_owned(), "å\n".to_owned())]),
        created_at: at(i64::try_from(version).unwrap()),
        available_at: at(0),
        attempts: 0,
    }
}

pub(crate) fn question(comparison: ComparisonId, ordinal: u32) -> OutboxMessage {
    OutboxMessage {
        id: EventId::new(comparison.as_uuid()),
        kind: MessageKind::Question,
        key: comparison.to_string(),
        ..event(1, ordinal, "")
    }
}

pub(crate) fn dead_letter(number: u32) -> DeadLetter {
    DeadLetter {
        event_id: EventId::of_bytes(&number.to_be_bytes()),
        consumer: "engine".to_owned(),
        topic: "topic".to_owned(),
        reason: "unknown_comparison".to_owned(),
        detail: "no such comparison".to_owned(),
        payload: vec![0xff, 0, number as u8],
        received_at: at(i64::from(number)),
    }
}
