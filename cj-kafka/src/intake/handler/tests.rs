use std::collections::BTreeMap;

use cj_core::id::WorkerId;
use cj_core::port::SystemClock;
use cj_core::store::Store as _;
use cj_core::store::memory::MemoryStore;
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

/// A good envelope around nothing.
const EMPTY: &str = r#"{"event_id":"356f8bd1-1711-4b57-9304-145212ca3f70","event_type":"x","source_service":"s",
"event_timestamp":"2026-01-05T11:39:07Z","correlation_id":"5e617f8e-99ed-4ce7-83f8-670d3e361858","data":{}}"#;
