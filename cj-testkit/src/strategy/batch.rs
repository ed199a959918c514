//! Batches.

use std::sync::Arc;

use cj_core::change::{
    BatchHeader, BatchRecord, BatchResult, BatchState, CompletionReason, Counters, FailureReason, GivenPair, Lease,
    Phase, RequestSnapshot, ScoringCause, WaitingFor, WaveProgress,
};
use cj_core::config::Settings;
use cj_core::id::{BatchId, EssayId, EventId, WorkerId};
use proptest::collection::btree_map;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;
use uuid::Uuid;

use super::{essay_ids, odd_text, real, sheet, time};

/// A batch in any phase, with any figures: they need not go together.
pub fn batch() -> impl Strategy<Value = BatchRecord> {
    (header(), state()).prop_map(|(header, state)| BatchRecord { header: Arc::new(header), state })
}

fn header() -> BoxedStrategy<BatchHeader> {
    let names = (odd_text(36), odd_text(40), odd_text(10), of(odd_text(100)), odd_text(60), of(odd_text(60)));
    let ids = (any::<[u8; 16]>(), any::<[u8; 16]>(), any::<u64>(), time());
    (names, ids, settings(), request())
        .prop_map(|(names, ids, settings, request)| {
            let (bos_batch_id, course_code, language, assignment_id, user_id, org_id) = names;
            let (event, correlation, seed, created_at) = ids;
            let event_id = EventId::new(Uuid::from_bytes(event));
            BatchHeader {
                id: BatchId::of_request(event_id),
                event_id,
                bos_batch_id,
                correlation_id: Uuid::from_bytes(correlation),
                settings,
                request,
                seed,
                course_code,
                language,
                assignment_id,
                user_id,
                org_id,
                created_at,
            }
        })
        .boxed()
}

fn settings() -> BoxedStrategy<Settings> {
    let counts = (of(1..u32::MAX), of(1..u32::MAX), 1..u32::MAX, 1..=100_u8, any::<u32>(), 1..u32::MAX);
    let shares = (0.0..=1.0_f64, of(0.0..=1.0_f64), of(1e-300..1e300_f64));
    (counts, shares)
        .prop_map(|(counts, (success, reliability, stability))| {
            let (budget, batch_timeout, timeout, threshold, grace, attempts) = counts;
            let settings = Settings::builder()
                .budget(budget)
                .batch_timeout_s(batch_timeout)
                .comparison_timeout_s(timeout)
                .completion_threshold_pct(threshold)
                .straggler_grace_s(grace)
                .max_attempts(attempts)
                .min_success_rate(success)
                .target_reliability(reliability)
                .score_stability_threshold(stability);
            settings.build().expect("every setting is drawn from its range")
        })
        .boxed()
}

fn request() -> BoxedStrategy<RequestSnapshot> {
    let long = (of(odd_text(300)), of(odd_text(300)), of(odd_text(300)), of(odd_text(300)));
    let short =
        (of(odd_text(30)), of(odd_text(30)), of(odd_text(30)), of(odd_text(9)), of(odd_text(9)), of(odd_text(9)));
    let labels = btree_map(odd_text(20), odd_text(60), 0..4);
    let given = |ids: Vec<EssayId>| -> Vec<GivenPair> {
        ids.windows(2).map(|two| GivenPair { essay_a: two[0].clone(), essay_b: two[1].clone() }).collect()
    };
    (long, short, of(0.0..=2.0_f64), of(any::<u32>()), (labels, essay_ids(4).prop_map(given)))
        .prop_map(|(long, short, temperature, max_tokens, (labels, given))| {
            let (student_prompt, instructions, judge_rubric, system_prompt) = long;
            let (callback_topic, provider, model, reasoning_effort, output_verbosity, grade_scale) = short;
            RequestSnapshot {
                student_prompt,
                instructions,
                judge_rubric,
                callback_topic,
                provider,
                model,
                temperature,
                system_prompt,
                max_tokens,
                reasoning_effort,
                output_verbosity,
                grade_scale,
                given,
                labels,
            }
        })
        .boxed()
}

fn state() -> BoxedStrategy<BatchState> {
    let lease = (odd_text(100), time())
        .prop_map(|(owner, until)| WorkerId::new(owner).ok().map(|owner| Lease { owner, until }));
    let times = (time(), time(), of(time()), of(time()));
    let result = of(batch_result().prop_map(Arc::new));
    (0..=i64::MAX as u64, phase(), counters(), wave(), any::<bool>(), any::<u32>(), lease, times, result)
        .prop_map(
            |(
                version,
                phase,
                counters,
                wave,
                partial_scoring_triggered,
                reliability_judged_at,
                lease,
                times,
                result,
            )| {
                let (phase_since, last_activity_at, next_deadline, completed_at) = times;
                BatchState {
                    version,
                    phase,
                    phase_since,
                    counters,
                    wave,
                    partial_scoring_triggered,
                    reliability_judged_at,
                    lease,
                    last_activity_at,
                    next_deadline,
                    completed_at,
                    result,
                }
            },
        )
        .boxed()
}

fn phase() -> impl Strategy<Value = Phase> {
    prop_oneof![
        Just(Phase::Preparing),
        Just(Phase::Pairing),
        select(WaitingFor::ALL).prop_map(Phase::Waiting),
        select(ScoringCause::ALL).prop_map(Phase::Scoring),
        select(CompletionReason::ALL).prop_map(Phase::Completed),
        select(FailureReason::ALL).prop_map(Phase::Failed),
        Just(Phase::Cancelled),
    ]
}

fn counters() -> BoxedStrategy<Counters> {
    any::<[u32; 12]>()
        .prop_map(|counts| {
            let [budget, questions, planned, withdrawn, asked, questions_asked, rest @ ..] = counts;
            let [decided, repeats, failed, retryable, retried, rescued] = rest;
            Counters {
                budget,
                questions,
                planned,
                withdrawn,
                asked,
                questions_asked,
                decided,
                repeats,
                failed,
                retryable,
                retried,
                rescued,
            }
        })
        .boxed()
}

fn wave() -> impl Strategy<Value = WaveProgress> {
    (any::<[u32; 4]>(), of(time())).prop_map(|([number, questions, decided, failed], threshold_reached_at)| {
        WaveProgress { number, questions, decided, failed, threshold_reached_at }
    })
}

fn batch_result() -> BoxedStrategy<BatchResult> {
    let tokens = (0..=i64::MAX as u64, 0..=i64::MAX as u64);
    let judge = of((odd_text(30), odd_text(30)));
    (of(sheet()), essay_ids(4), of(real()), tokens, judge, of(odd_text(90)), odd_text(200))
        .prop_map(|(sheet, missing, cost, (prompt_tokens, completion_tokens), judge, grades_unavailable, warning)| {
            BatchResult {
                sheet,
                missing: missing.into_iter().collect::<Vec<EssayId>>(),
                cost,
                prompt_tokens,
                completion_tokens,
                judge,
                grades_unavailable,
                warnings: vec![warning],
            }
        })
        .boxed()
}
