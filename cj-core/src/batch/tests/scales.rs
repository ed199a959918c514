//! Scales: what is kept of them, what is told, and when the reliability is looked at.

use serde_json::Value;

use super::*;
use crate::change::{EssayScore, HonestReliability};

fn row(index: usize, essays: usize) -> EssayScore {
    EssayScore {
        essay_id: essay(index),
        score: 1.5 - index as f64,
        se: 0.25 + index as f64 / 8.0,
        rank: index as u32 + 1,
        rank_low: 1,
        rank_high: essays as u32,
        comparisons: 7 + index as u32,
        wins: 4,
        losses: 2,
        ties: 1,
        infit: Some(0.9),
        outfit: Some(1.25),
    }
}

/// A batch of three essays, the third an anchor, and of a fourth without a text, whose wave is settled.
fn settled() -> World {
    let mut request = request(settings().budget(Some(3)).build().unwrap(), 4);
    request.essays[2].kind = EssayKind::Anchor { label: "A1".to_owned(), grade: Some("B+".to_owned()) };
    request.assignment_id = Some("assignment-1".to_owned());
    request.org_id = Some("org-1".to_owned());
    request.request.temperature = Some(0.5);
    request.request.grade_scale = Some("swedish_8_anchor".to_owned());
    let mut world = World::requested(request);
    let rows = world.written[0].inserted_essays().cloned().enumerate();
    let status = |index| if index == 3 { EssayStatus::Missing } else { EssayStatus::Ready };
    let essays = rows.map(|(at, row)| crate::change::EssayRecord { status: status(at), ..row }).collect();
    world.does(Input::ContentReady { essays });
    let pair = |a, b| PlannedPair { essay_a: essay(a), essay_b: essay(b), judge_id: None };
    let pairs = vec![pair(0, 1), pair(1, 2), pair(2, 0)];
    world.does(Input::WavePlanned(WavePlan { wave: 1, strategy: Strategy::Balanced, seed: 7, pairs }));
    world.passes(TimeDelta::seconds(90));
    for ordinal in 0..3 {
        world.decides(ordinal, Winner::A);
    }
    world
}

fn scale(world: &World, reliability: Option<HonestReliability>) -> Scored {
    let sheet = ScoreSheet {
        watermark: 3,
        essays: (0..3).map(|index| row(index, 3)).collect(),
        fit: FitSummary {
            prior: "eb".to_owned(),
            log_likelihood: -1.0,
            iterations: 3,
            max_gradient: None,
            components: vec![(0..3).map(essay).collect()],
        },
        separation: None,
        reliability,
        max_change: None,
        warnings: vec!["a warning".to_owned()],
    };
    let wave = WaveRecord {
        batch_id: world.batch.id(),
        wave: 1,
        planned_at: world.now,
        strategy: Strategy::Balanced,
        seed: 7,
        pairs_planned: 3,
        scored_at: None,
        sheet: None,
    };
    let status = |at: usize| if at == 3 { EssayStatus::Missing } else { EssayStatus::Ready };
    let mut essays: Vec<_> = world.written[0].inserted_essays().cloned().collect();
    essays.sort_by_key(|essay| essay.ordinal);
    let essays = essays.into_iter().enumerate();
    let essays = essays.map(|(at, row)| crate::change::EssayRecord { status: status(at), ..row }).collect();
    let totals = EvidenceTotals {
        cost: Some(0.75),
        prompt_tokens: 100,
        completion_tokens: 10,
        judge: Some(("anthropic".to_owned(), "haiku".to_owned())),
        ..EvidenceTotals::default()
    };
    Scored { sheet, wave, essays, totals }
}

fn payload(change: &ChangeSet, event: &str) -> Value {
    let message = change.outbox().iter().find(|message| message.event_type == event).expect("it is sent");
    serde_json::from_slice::<Value>(&message.payload).unwrap()["data"].clone()
}

const FAIR: HonestReliability =
    HonestReliability { median: 0.7, low: 0.6, high: 0.8, p_no_signal: 0.0, latent_sd: 1.0 };
const RELIABLE: HonestReliability = HonestReliability { median: 0.93, low: 0.9, high: 0.95, ..FAIR };

#[test]
fn an_end_keeps_the_scale_with_every_essay() {
    let mut world = settled();
    let scored = scale(&world, Some(FAIR));
    let change = world.tries(Input::Scored(Box::new(scored))).unwrap();
    assert_eq!(world.phase(), Phase::Completed(CompletionReason::BudgetExhausted));
    let kept: Vec<_> = change.updated_essays().collect();
    assert_eq!((kept.len(), change.results().len()), (3, 3));
    for (index, (essay, result)) in kept.iter().zip(change.results()).enumerate() {
        let row = row(index, 3);
        assert_eq!((essay.score, essay.se, essay.rank), (Some(row.score), Some(row.se), Some(row.rank)));
        assert_eq!(essay.comparison_count, row.comparisons);
        assert_eq!((result.essay_id.clone(), result.score, result.is_anchor), (row.essay_id, row.score, index == 2));
        assert_eq!((result.infit, result.outfit, result.rank_high), (Some(0.9), Some(1.25), 3));
    }
    let wave = change.waves().next().unwrap();
    assert_eq!((wave.scored_at, wave.sheet.as_ref().map(|sheet| sheet.watermark)), (Some(world.now), Some(3)));
    let result = world.batch.state().result.clone().unwrap();
    assert_eq!((result.missing.clone(), result.cost, result.prompt_tokens), (vec![essay(3)], Some(0.75), 100));
    assert_eq!(result.grades_unavailable.as_deref(), Some("grades are not projected by this version"));
    assert_eq!(result.warnings, ["a warning"]);
}

#[test]
fn a_scale_in_two_parts_has_not_reached_its_target() {
    let whole = (vec![vec![0, 1, 2]], CompletionReason::TargetReliability);
    let parted = (vec![vec![0, 1], vec![2]], CompletionReason::BudgetExhausted);
    for (parts, reason) in [whole, parted] {
        let mut world = settled();
        let mut scored = scale(&world, Some(RELIABLE));
        scored.sheet.fit.components = parts.into_iter().map(|part| part.into_iter().map(essay).collect()).collect();
        world.does(Input::Scored(Box::new(scored)));
        assert_eq!(world.phase(), Phase::Completed(reason));
    }
}

#[test]
fn an_end_is_told_in_three_events_that_agree() {
    let mut world = settled();
    let scored = scale(&world, Some(FAIR));
    let change = world.tries(Input::Scored(Box::new(scored))).unwrap();
    let version = world.batch.state().version;
    let ids: Vec<_> = change.outbox().iter().map(|message| (message.id, message.version, message.ordinal)).collect();
    let id = |ordinal| (world.batch.id().event_id(version, ordinal), version, ordinal);
    assert_eq!(ids, [id(0), id(1), id(2)]);
    for message in change.outbox() {
        assert_eq!(message.headers["event_id"], message.id.to_string());
        assert_eq!(message.headers["event_type"], message.event_type);
        assert_eq!(message.headers["trace_id"], Uuid::nil().to_string());
    }

    let thin = payload(&change, "CJAssessmentCompletedV1");
    let summary = &thin["processing_summary"];
    assert_eq!(summary["successful_essay_ids"], serde_json::json!(["E00", "E01"]));
    assert_eq!(summary["failed_essay_ids"], serde_json::json!(["E03"]));
    assert_eq!(summary["processing_time_seconds"], 90.0);
    assert_eq!(
        (&summary["single_essay_batch"], &summary["completion_reason"]),
        (&false.into(), &"budget_exhausted".into())
    );

    let rich = payload(&change, "AssessmentResultV1");
    assert_eq!((&rich["model_used"], &rich["model_provider"]), (&"haiku".into(), &"anthropic".into()));
    assert_eq!(rich["failed_essay_ids"], serde_json::json!(["E03"]));
    assert_eq!(
        (&rich["grade_scale"], &rich["completion_reason"]),
        (&"swedish_8_anchor".into(), &"budget_exhausted".into())
    );
    let metadata = &rich["assessment_metadata"];
    assert_eq!((&metadata["anchor_essays_used"], &metadata["comparison_count"]), (&1.into(), &3.into()));
    assert_eq!((&metadata["processing_duration_seconds"], &metadata["llm_temperature"]), (&90.0.into(), &0.5.into()));
    assert_eq!((&metadata["assignment_id"], &metadata["course_code"]), (&"assignment-1".into(), &"ENG5".into()));
    let rows = rich["essay_results"].as_array().unwrap();
    assert_eq!(rows.len(), 3);
    assert_eq!((&rows[2]["is_anchor"], &rows[2]["display_name"]), (&true.into(), &"ANCHOR GRADE B+".into()));

    let used = payload(&change, "ResourceConsumptionV1");
    assert_eq!((&used["quantity"], &used["user_id"], &used["org_id"]), (&3.into(), &"teacher".into(), &"org-1".into()));
}

#[test]
fn the_judge_that_was_asked_for_is_named_where_no_answer_says() {
    for (asked, expected) in [(None, ("unknown", "unknown")), (Some("m-1"), ("unknown", "m-1"))] {
        let mut world = settled();
        let mut header = (*world.batch.header).clone();
        header.request.model = asked.map(str::to_owned);
        world.batch.header = std::sync::Arc::new(header);
        let mut scored = scale(&world, None);
        scored.totals.judge = None;
        let change = world.tries(Input::Scored(Box::new(scored))).unwrap();
        let rich = payload(&change, "AssessmentResultV1");
        assert_eq!((&rich["model_provider"], &rich["model_used"]), (&expected.0.into(), &expected.1.into()));
    }
}

#[test]
fn the_reliability_is_looked_at_once_per_as_many_verdicts_as_essays() {
    let mut world = settled();
    let scored = scale(&world, Some(FAIR));
    world.does(Input::Scored(Box::new(scored)));
    assert_eq!(world.batch.state().reliability_judged_at, 3);
    let mut world = settled();
    let scored = scale(&world, None);
    world.does(Input::Scored(Box::new(scored)));
    assert_eq!(world.batch.state().reliability_judged_at, 0, "there was nothing to look at");
    let mut state = world.batch.state().clone();
    (state.counters.decided, state.reliability_judged_at) = (10, 4);
    assert!(looks_at_reliability(&state, 6));
    assert!(!looks_at_reliability(&state, 7));
}
