use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use chrono::TimeDelta;
use cj_core::batch::{BatchRequest, RequestedEssay};
use cj_core::change::{EssayContent, EssayKind, Evidence, Outcome, RequestSnapshot, Verdict, Winner};
use cj_core::config::Settings;
use cj_core::id::{ComparisonId, EssayId, WorkerId};
use cj_core::port::SystemClock;
use cj_core::store::memory::MemoryStore;
use cj_core::store::{BatchQuery, ErrorKind, Store};
use cj_testkit::{Fault, FaultStore};
use metrics_exporter_prometheus::PrometheusBuilder;

use super::*;
use crate::BatchMetrics;

fn record(topic: Topic, payload: &str) -> Record {
    let (topic, payload) = (topic.to_string(), payload.as_bytes().to_vec());
    Record { topic, partition: 0, offset: 0, key: None, payload, headers: BTreeMap::new() }
}

#[tokio::test]
async fn messages_that_nobody_can_read_are_told_to_the_observer_once() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let _listening = metrics::set_default_local_recorder(&recorder);
    let store = Arc::new(MemoryStore::new());
    let worker = WorkerId::new("worker").unwrap();
    let service = Service::new(store.clone(), Arc::new(SystemClock::new()), worker);
    let service = service.with_observer(Arc::new(BatchMetrics::new()));
    let (intake, _batches) = Intake::alone(service, None, IntakeSettings::default());
    let poison = [
        record(Topic::CjAssessmentRequested, "no JSON at all"),
        record(Topic::LlmComparisonResult, "{\"event_type\": \"x\"}"),
        record(Topic::LlmComparisonResult, EMPTY),
        record(Topic::CjAssessmentRequested, EMPTY),
    ];
    intake.handle(&poison).await.unwrap();
    intake.handle(&poison).await.unwrap();

    assert_eq!(store.read().await.unwrap().newest(10).await.unwrap().len(), 4);
    let text = recorder.handle().render();
    for line in [
        "cj_dead_letters_total{consumer=\"cj_refused\",reason=\"invalid_envelope\"} 2",
        "cj_dead_letters_total{consumer=\"cj_refused\",reason=\"invalid_answer\"} 1",
        "cj_dead_letters_total{consumer=\"cj_refused\",reason=\"invalid_request\"} 1",
    ] {
        assert!(text.lines().any(|found| found == line), "{line} is not in:\n{text}");
    }
}

#[tokio::test]
async fn a_batch_keeps_to_one_lane_and_to_its_order() {
    let service = service(Arc::new(MemoryStore::new()));
    let settings = IntakeSettings::default().with_lanes(NonZeroUsize::new(3).unwrap());
    let (intake, _batches) = Intake::alone(service, None, settings);
    let batches: Vec<BatchId> = (0..20_u8).map(|name| BatchId::of_request(EventId::of_bytes(&[name]))).collect();
    let verdict =
        |comparison_id| Verdict { comparison_id, outcome: Outcome::Decided(Winner::A), evidence: Evidence::default() };
    // In turn, as judges who are asked in turn answer.
    let ids: Vec<_> =
        (0..30).flat_map(|place| batches.iter().map(move |batch| batch.comparison_id(0, place, 1))).collect();
    let came = record(Topic::LlmComparisonResult, "");
    let answers: Vec<_> = ids.iter().map(|id| (Answer::of(verdict(*id)), &came)).collect();

    let lanes = intake.lanes(&answers);
    assert_eq!(lanes.len(), 3);
    for batch in batches {
        let asked: Vec<_> = (0..30).map(|place| batch.comparison_id(0, place, 1)).collect();
        let found: Vec<Vec<_>> = lanes
            .iter()
            .map(|lane| lane.iter().map(|it| it.verdict.comparison_id).filter(|id| asked.contains(id)).collect())
            .filter(|lane: &Vec<_>| !lane.is_empty())
            .collect();
        assert_eq!(found, [asked]);
    }
    assert_eq!(lanes.iter().map(Vec::len).sum::<usize>(), ids.len());
}

#[tokio::test]
async fn trouble_in_one_lane_loses_nothing_of_any() {
    for fault in [Fault::Fail(ErrorKind::Unavailable), Fault::LoseAck] {
        for operation in 0.. {
            let inner: Arc<dyn Store> = Arc::new(MemoryStore::new());
            let (batches, answers) = asked(&inner).await;
            let store = FaultStore::new(Arc::clone(&inner));
            let (intake, _batches) = Intake::alone(service(Arc::new(store.clone())), None, IntakeSettings::default());
            let came = record(Topic::LlmComparisonResult, "");
            let answers: Vec<_> = answers.into_iter().map(|answer| (answer, &came)).collect();
            assert_eq!(intake.lanes(&answers).len(), 2);

            let mut work = BTreeSet::new();
            store.inject(operation, fault);
            let taken = intake.take(&answers, &mut work).await;
            if store.is_armed() {
                taken.unwrap();
                assert!(operation > 10, "{operation} operations in two lanes");
                break;
            }
            if taken.is_err() {
                intake.take(&answers, &mut work).await.unwrap();
            }
            for batch in &batches {
                let found = inner.read().await.unwrap().find(&BatchQuery::Id(*batch)).await.unwrap().remove(0);
                assert_eq!(found.state.counters.decided, 6, "operation {operation}");
            }
            // Of what was committed without a word, the batch's lease tells.
            let told = if fault == Fault::LoseAck { 1 } else { 2 };
            assert!(work.len() >= told, "operation {operation}: {work:?}");
        }
    }
}

/// Two batches of different lanes, and an answer to every question of theirs.
async fn asked(store: &Arc<dyn Store>) -> (Vec<BatchId>, Vec<Answer>) {
    let service = service(Arc::clone(store));
    let (mut batches, mut answers) = (Vec::new(), Vec::new());
    for name in ["one", "two"] {
        let id = service.submit(four_essays(name)).await.unwrap();
        service.advance(id).await.unwrap();
        let questions = service.claim_questions(99, TimeDelta::minutes(5)).await.unwrap();
        let ids: Vec<_> = questions.iter().map(|question| ComparisonId::new(question.id.as_uuid())).collect();
        assert_eq!(ids.len(), 6);
        service.questions_asked(&ids).await.unwrap();
        answers.extend(ids.into_iter().map(|id| Answer::of(verdict(id))));
        batches.push(id);
    }
    (batches, answers)
}

/// A request for all pairs of four essays.
fn four_essays(name: &str) -> BatchRequest {
    let event_id = EventId::of_bytes(name.as_bytes());
    let essay = |number: u32| RequestedEssay {
        essay_id: EssayId::new(format!("essay {number}")).unwrap(),
        kind: EssayKind::Student,
        title: None,
        content: EssayContent::of_text(format!("Text {number}")),
    };
    BatchRequest {
        event_id,
        bos_batch_id: name.to_owned(),
        correlation_id: event_id.as_uuid(),
        settings: Settings::builder().budget(Some(6)).complete_design_limit(6).build().unwrap(),
        request: RequestSnapshot::default(),
        seed: Some(1),
        course_code: "ENG5".to_owned(),
        language: "en".to_owned(),
        assignment_id: None,
        user_id: "user".to_owned(),
        org_id: None,
        essays: (0..4).map(essay).collect(),
    }
}

fn service(store: Arc<dyn Store>) -> Service {
    Service::new(store, Arc::new(SystemClock::new()), WorkerId::new("worker").unwrap())
}

fn verdict(comparison_id: ComparisonId) -> Verdict {
    Verdict { comparison_id, outcome: Outcome::Decided(Winner::A), evidence: Evidence::default() }
}

/// A good envelope around nothing.
const EMPTY: &str = r#"{"event_id":"356f8bd1-1711-4b57-9304-145212ca3f70","event_type":"x","source_service":"s",
"event_timestamp":"2026-01-05T11:39:07Z","correlation_id":"5e617f8e-99ed-4ce7-83f8-670d3e361858","data":{}}"#;
