//! How long messages take to read and to write, beside the same bytes as untyped JSON in the same run.

use std::hint::black_box;

use cj_core::event::{AssessmentResultV1, Contract, ElsCjAssessmentRequestV1, Envelope, LlmComparisonResultV1};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use serde_json::{Value, json};

const ANSWER: &str = include_str!("../../cj-core/tests/events/samples/llm_result_decided.json");
const REQUEST: &str = include_str!("../../cj-core/tests/events/samples/cj_request.json");
const RESULT: &str = include_str!("../../cj-core/tests/events/samples/assessment_result.json");

fn events(c: &mut Criterion) {
    let answer = message(ANSWER, |_| {});
    measure::<LlmComparisonResultV1>(c, "answer", &answer);
    let request = message(REQUEST, |data| grow(&mut data["essays_for_cj"]));
    measure::<ElsCjAssessmentRequestV1>(c, "request of 100", &request);
    let result = message(RESULT, |data| grow(&mut data["essay_results"]));
    measure::<AssessmentResultV1>(c, "result of 100", &result);
}

fn measure<C: Contract>(c: &mut Criterion, name: &str, bytes: &[u8]) {
    let mut group = c.benchmark_group(format!("events {name}"));
    group.throughput(Throughput::Bytes(bytes.len() as u64));
    let read = |bytes: &[u8]| Envelope::decode(bytes)?.typed::<C>();
    let typed = read(bytes).unwrap_or_else(|error| panic!("{error}"));
    group.bench_function("decode", |bench| bench.iter(|| read(black_box(bytes)).is_ok()));
    group.bench_function("decode untyped", |bench| {
        bench.iter(|| serde_json::from_slice::<Value>(black_box(bytes)).is_ok());
    });
    group.bench_function("encode", |bench| bench.iter(|| black_box(&typed).encode().map(|bytes| bytes.len())));
    let untyped: Value = serde_json::from_slice(bytes).expect("it is JSON");
    group.bench_function("encode untyped", |bench| {
        bench.iter(|| serde_json::to_vec(black_box(&untyped)).map(|bytes| bytes.len()));
    });
    group.finish();
}

/// The message of a sample, with its payload made larger.
fn message(sample: &str, enlarge: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut sample: Value = serde_json::from_str(sample).expect("samples are JSON");
    let mut value = sample["value"].take();
    enlarge(&mut value["data"]);
    serde_json::to_vec(&value).expect("values can be written")
}

/// A hundred rows like the first ones, each with an id of its own.
fn grow(rows: &mut Value) {
    let few = rows.as_array().cloned().unwrap_or_default();
    let many = few.iter().cycle().take(100).enumerate().map(|(number, row)| {
        let mut row = row.clone();
        row["essay_id"] = json!(format!("essay-{number:03}"));
        row
    });
    *rows = many.collect();
}

criterion_group!(benches, events);
criterion_main!(benches);
