//! What belongs to a batch.

use cj_core::change::{
    ComparisonRecord, ComparisonState, DecisionRecord, DecisionRole, EssayContent, EssayKind, EssayRecord, EssayResult,
    EssayScore, EssayStatus, Evidence, FitSummary, HonestReliability, MessageKind, OutboxMessage, ScoreSheet,
    SeparationSummary, Winner,
};
use cj_core::config::Strategy as Strategies;
use cj_core::event::ErrorCode;
use cj_core::id::{BatchId, EssayId, EventId, JudgeId};
use proptest::collection::{btree_map, vec};
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;
use uuid::Uuid;

use super::{essay_ids, odd_text, real, time};

/// Between 2 and `max` essays of a batch, in order of their places.
///
/// # Panics
/// When `max` is under 2.
pub fn essays(batch: BatchId, max: usize) -> impl Strategy<Value = Vec<EssayRecord>> {
    essay_ids(max).prop_flat_map(move |ids| {
        let essays: Vec<_> = (0..).zip(ids).map(|(ordinal, id)| essay(batch, ordinal, id)).collect();
        essays
    })
}

fn essay(batch_id: BatchId, ordinal: u32, essay_id: EssayId) -> BoxedStrategy<EssayRecord> {
    let grade = of(odd_text(9));
    let anchor = (odd_text(30), grade).prop_map(|(label, grade)| EssayKind::Anchor { label, grade });
    let kind = prop_oneof![Just(EssayKind::Student), anchor];
    let content = (of(odd_text(2_000)), of("[0-9a-f]{32}"), of("[0-9a-f]{64}"), any::<bool>())
        .prop_map(|(text, storage_id, sha256, with_judge)| EssayContent { text, storage_id, sha256, with_judge });
    let status = select(&[EssayStatus::Pending, EssayStatus::Ready, EssayStatus::Missing]);
    let scores = (of(real()), of(real()), of(any::<u32>()), any::<u32>());
    (kind, of(odd_text(80)), content, status, scores)
        .prop_map(move |(kind, title, content, status, scores)| {
            let (score, se, rank, comparison_count) = scores;
            let essay_id = essay_id.clone();
            EssayRecord { batch_id, essay_id, ordinal, kind, title, content, status, score, se, rank, comparison_count }
        })
        .boxed()
}

/// So many comparisons of essays of a batch, each a question of wave 1, in any state: their fields need not go together.
///
/// # Panics
/// When there are fewer than two essays.
pub fn comparisons(batch: BatchId, essays: &[EssayId], count: u32) -> impl Strategy<Value = Vec<ComparisonRecord>> {
    assert!(essays.len() > 1, "a comparison takes two essays");
    let pair = prop::sample::subsequence(essays.to_vec(), 2).prop_shuffle();
    let judge = odd_text(100).prop_map(|name| JudgeId::new(name).ok());
    let outcome = (select(ComparisonState::ALL), verdict(), of(error_code()), any::<u32>());
    let row = (pair, judge, select(Strategies::ALL), outcome, (time(), of(time()), time()));
    vec(row, count as usize).prop_map(move |rows| {
        let rows = (0..).zip(rows).map(|(ordinal, (pair, judge_id, mode, outcome, times))| {
            let (state, verdict, error_code, decisions) = outcome;
            let (planned_at, asked_at, deadline) = times;
            ComparisonRecord {
                essay_a: pair[0].clone(),
                essay_b: pair[1].clone(),
                judge_id,
                mode,
                state,
                verdict,
                error_code,
                decisions,
                planned_at,
                asked_at,
                deadline,
                ..crate::fixture::comparison(batch, 1, ordinal, 1)
            }
        });
        rows.collect()
    })
}

/// An answer to a comparison: its fields need not go together.
pub fn decision(comparison: &ComparisonRecord, ordinal: u32) -> impl Strategy<Value = DecisionRecord> + use<> {
    let (comparison_id, batch_id) = (comparison.id, comparison.batch_id);
    let role = select(&[DecisionRole::Counted, DecisionRole::Late, DecisionRole::Conflict]);
    let failure = (of(error_code()), of(odd_text(400)));
    (role, of(any::<u32>()), verdict(), failure, evidence(), time()).prop_map(
        move |(role, counted, verdict, (error_code, error_message), evidence, received_at)| DecisionRecord {
            comparison_id,
            ordinal,
            batch_id,
            role,
            counted,
            verdict,
            error_code,
            error_message,
            evidence,
            received_at,
        },
    )
}

fn verdict() -> impl Strategy<Value = Option<Winner>> {
    of(select(&[Winner::A, Winner::B, Winner::Tie]))
}

fn error_code() -> impl Strategy<Value = ErrorCode> {
    odd_text(100).prop_filter_map("empty", |code| ErrorCode::try_from(code).ok())
}

fn evidence() -> BoxedStrategy<Evidence> {
    let judge = odd_text(100).prop_map(|name| JudgeId::new(name).ok());
    let texts = (judge, of(odd_text(500)), of(odd_text(40)), of(odd_text(40)));
    let numbers = (of(real()), of(any::<u32>()), of(any::<u32>()), of(real()), of(any::<u32>()));
    (texts, numbers)
        .prop_map(|((judge_id, justification, provider, model), numbers)| {
            let (confidence, prompt_tokens, completion_tokens, cost, latency_ms) = numbers;
            Evidence {
                judge_id,
                confidence,
                justification,
                provider,
                model,
                prompt_tokens,
                completion_tokens,
                cost,
                latency_ms,
            }
        })
        .boxed()
}

/// A message with a key of its own.
pub fn message() -> impl Strategy<Value = OutboxMessage> {
    let ids = (any::<[u8; 16]>(), any::<[u8; 16]>(), 0..=i64::MAX as u64, any::<u32>());
    let names = (odd_text(30), odd_text(60), odd_text(60), odd_text(60));
    let bytes = vec(any::<u8>(), 0..500);
    let headers = btree_map(odd_text(30), odd_text(80), 0..8);
    let kind = select(&[MessageKind::Event, MessageKind::Question]);
    (ids, kind, names, bytes, headers, time()).prop_map(|(ids, kind, names, payload, headers, created_at)| {
        let (id, batch, version, ordinal) = ids;
        let (aggregate_type, aggregate_id, event_type, topic) = names;
        let id = EventId::new(Uuid::from_bytes(id));
        OutboxMessage {
            id,
            kind,
            batch_id: BatchId::new(Uuid::from_bytes(batch)),
            version,
            ordinal,
            aggregate_type,
            aggregate_id,
            event_type,
            topic,
            key: format!("nyckel '{id}'"),
            payload,
            headers,
            created_at,
            available_at: created_at,
            attempts: 0,
        }
    })
}

/// The result of an essay: its numbers need not go together.
pub fn result(essay: &EssayRecord) -> impl Strategy<Value = EssayResult> + use<> {
    let (batch_id, essay_id) = (essay.batch_id, essay.essay_id.clone());
    (any::<bool>(), real(), real(), any::<[u32; 4]>(), of(real()), of(real())).prop_map(
        move |(is_anchor, score, se, [rank, rank_low, rank_high, comparisons], infit, outfit)| {
            let essay_id = essay_id.clone();
            let (batch_id, rank) = (batch_id, rank / 2);
            EssayResult {
                batch_id,
                essay_id,
                is_anchor,
                score,
                se,
                rank,
                rank_low,
                rank_high,
                comparisons,
                infit,
                outfit,
            }
        },
    )
}

/// A scale of a few essays: its numbers need not go together.
pub fn sheet() -> BoxedStrategy<ScoreSheet> {
    let fit = (odd_text(9), real(), any::<u32>(), of(real()));
    let separation = of((real(), real(), odd_text(9), real(), real()));
    let reliability = of([real(), real(), real(), real(), real()]);
    let scores = essay_ids(6).prop_flat_map(|ids| ids.into_iter().map(score).collect::<Vec<_>>());
    (any::<u32>(), scores, fit, separation, reliability, of(real()), odd_text(60))
        .prop_map(|(watermark, essays, fit, separation, reliability, max_change, warning)| {
            let (prior, log_likelihood, iterations, max_gradient) = fit;
            let components = vec![essays.iter().map(|essay| essay.essay_id.clone()).collect()];
            ScoreSheet {
                watermark,
                essays,
                fit: FitSummary { prior, log_likelihood, iterations, max_gradient, components },
                separation: separation.map(|(ssr, ssr_alternative, ssr_basis, separation, strata)| SeparationSummary {
                    ssr,
                    ssr_alternative,
                    ssr_basis,
                    separation,
                    strata,
                }),
                reliability: reliability.map(|[median, low, high, p_no_signal, latent_sd]| HonestReliability {
                    median,
                    low,
                    high,
                    p_no_signal,
                    latent_sd,
                }),
                max_change,
                warnings: vec![warning],
            }
        })
        .boxed()
}

fn score(essay_id: EssayId) -> BoxedStrategy<EssayScore> {
    (real(), real(), any::<[u32; 7]>(), of(real()), of(real()))
        .prop_map(move |(score, se, counts, infit, outfit)| {
            let [rank, rank_low, rank_high, comparisons, wins, losses, ties] = counts;
            let essay_id = essay_id.clone();
            EssayScore {
                essay_id,
                score,
                se,
                rank,
                rank_low,
                rank_high,
                comparisons,
                wins,
                losses,
                ties,
                infit,
                outfit,
            }
        })
        .boxed()
}
