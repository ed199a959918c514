//! Beginnings, scorings and endings.

use super::*;

#[test]
fn an_ended_batch_keeps_late_verdicts_and_changes_nothing_else() {
    let mut world = World::waiting(Settings::default(), 3);
    world.does(Input::CancelRequested);
    let state = world.batch.state().clone();
    let change = world.decides(0, Winner::A);
    assert_eq!(change.decisions()[0].role, DecisionRole::Late);
    assert_eq!(change.updated_batches().count(), 0);
    assert_eq!(*world.batch.state(), state);
    assert_eq!(world.events(), ["CJAssessmentFailedV1"]);
    assert_eq!(world.tries(Input::CancelRequested), Err(Rejection::Ended { phase: Phase::Cancelled }));
}

#[test]
fn scores_that_miss_a_verdict_are_refused() {
    let settings = settings().completion_threshold_pct(50).straggler_grace_s(0).build().unwrap();
    let mut world = World::waiting(settings, 4);
    world.decides(0, Winner::A);
    world.decides(1, Winner::A);
    world.decides(2, Winner::A);
    assert_eq!(world.scored(2), Err(Rejection::StaleScores { expected: 3, found: 2 }));
    assert!(!world.scored(3).unwrap().is_empty());
    assert_eq!(world.phase(), Phase::Pairing);
}

#[test]
fn a_spent_budget_ends_the_batch_once_nothing_is_open() {
    let settings = settings().budget(Some(24)).completion_threshold_pct(50).straggler_grace_s(0).build().unwrap();
    let mut world = World::waiting(settings, 24);
    for ordinal in 0..12 {
        world.decides(ordinal, Winner::A);
    }
    assert!(!world.scored(12).unwrap().is_empty());
    let due = world.now + TimeDelta::minutes(15);
    for ordinal in 12..24 {
        assert_eq!(world.phase(), Phase::Waiting(WaitingFor::Stragglers), "question {ordinal} is open");
        assert_eq!(world.batch.next_deadline(), Some(due), "the grace of the wave is over");
        world.decides(ordinal, Winner::B);
    }
    assert_eq!(world.phase(), Phase::Scoring(ScoringCause::WaveSettled));
    let change = world.scored(24).unwrap();
    world.written.push(change);
    assert_eq!(world.phase(), Phase::Completed(CompletionReason::BudgetExhausted));
    assert_eq!(world.events(), ["CJAssessmentCompletedV1", "AssessmentResultV1", "ResourceConsumptionV1"]);
    assert_eq!(world.batch.next_deadline(), None);
}

#[test]
fn an_idle_batch_recovers_with_enough_decided_and_fails_with_less() {
    for (decided, expected) in
        [(17, Phase::Scoring(ScoringCause::Forced)), (15, Phase::Failed(FailureReason::StuckTimeout))]
    {
        let mut world = World::waiting(Settings::default(), 20);
        for ordinal in 0..20 {
            world.does(Input::Asked { comparison_id: world.comparison(ordinal, 1) });
        }
        for ordinal in 0..decided {
            world.decides(ordinal, Winner::A);
        }
        world.passes(TimeDelta::hours(5));
        world.does(Input::DeadlinePassed);
        assert_eq!(world.phase(), expected);
    }
}

#[test]
fn a_batch_of_which_nothing_was_asked_is_not_recovered() {
    let mut world = World::waiting(Settings::default(), 20);
    world.passes(TimeDelta::hours(4));
    world.does(Input::DeadlinePassed);
    assert_eq!(world.phase(), Phase::Failed(FailureReason::StuckTimeout));
}

#[test]
fn a_lease_that_ended_is_taken_over_and_one_that_holds_is_not() {
    for input in [Input::DeadlinePassed, Input::WorkClaimed] {
        let mut world = World::waiting(Settings::default(), 1);
        world.decides(0, Winner::A);
        let other = WorkerId::new("w2").unwrap();
        world.worker = other.clone();
        world.passes(TimeDelta::seconds(59));
        assert_eq!(world.tries(Input::WorkClaimed), Err(Rejection::Leased { owner: "w1".to_owned() }));
        assert!(world.does(Input::DeadlinePassed).is_empty());
        world.passes(TimeDelta::seconds(1));
        world.does(input.clone());
        assert_eq!(world.batch.state().lease.as_ref().unwrap().owner, other, "{}", input.name());
    }
}

#[test]
fn requests_that_cannot_start_fail_once_with_the_reason() {
    let mut twice = request(Settings::default(), 3);
    twice.essays[2].essay_id = essay(0);
    let mut anchors = request(Settings::default(), 2);
    for essay in &mut anchors.essays {
        essay.kind = EssayKind::Anchor { label: "A1".to_owned(), grade: Some("A".to_owned()) };
    }
    let none = request(Settings::default(), 0);
    for (request, reason) in [
        (twice, FailureReason::DuplicateEssayIds),
        (anchors, FailureReason::NoStudents),
        (none, FailureReason::NoUsableText),
    ] {
        let world = World::requested(request);
        assert_eq!(world.phase(), Phase::Failed(reason));
        assert_eq!(world.events(), ["CJAssessmentFailedV1"]);
    }
}

#[test]
fn missing_texts_end_a_batch_or_are_listed() {
    for (missing, expected) in [
        (1, Phase::Pairing),
        (2, Phase::Completed(CompletionReason::InsufficientEssays)),
        (3, Phase::Failed(FailureReason::NoUsableText)),
    ] {
        let mut world = World::requested(request(Settings::default(), 3));
        let rows = world.written[0].inserted_essays().cloned().enumerate();
        let status = |index| if index < missing { EssayStatus::Missing } else { EssayStatus::Ready };
        let essays = rows.map(|(i, row)| crate::change::EssayRecord { status: status(i), ..row }).collect();
        world.does(Input::ContentReady { essays });
        assert_eq!(world.phase(), expected);
    }
}

#[test]
fn a_budget_that_cannot_connect_is_refused_before_anything_is_written() {
    let (now, worker) = (DateTime::from_timestamp(0, 0).unwrap(), WorkerId::new("w").unwrap());
    let texts = BTreeMap::new();
    let cx = Context { now, worker: &worker, texts: &texts };
    let refused = Batch::request(request(settings().budget(Some(8)).build().unwrap(), 10), &cx);
    assert_eq!(refused.unwrap_err(), Rejection::BudgetTooSmall { budget: 8, essays: 10, least: 9 });
}

#[test]
fn a_rejection_leaves_everything_untouched() {
    let mut world = World::waiting(Settings::default(), 3);
    let before = (world.batch.state().clone(), world.batch.comparisons.clone());
    world.texts.clear();
    let failed = Verdict::failed(world.comparison(0, 1), ErrorCode::TIMEOUT);
    assert!(matches!(world.tries(Input::VerdictReceived(failed)), Err(Rejection::MissingText { .. })));
    assert!(world.scored(0).is_err());
    assert_eq!((world.batch.state().clone(), world.batch.comparisons.clone()), before);
}

#[test]
fn a_plan_is_checked_before_it_is_asked() {
    let mut world = World::requested(request(settings().budget(Some(23)).build().unwrap(), 24));
    world.prepared();
    let pair = |a, b| PlannedPair { essay_a: essay(a), essay_b: essay(b), judge_id: None };
    let mut refuse = |wave, pairs| {
        let plan = WavePlan { wave, strategy: Strategy::Balanced, seed: 7, pairs };
        world.tries(Input::WavePlanned(plan)).unwrap_err()
    };
    assert!(matches!(refuse(1, vec![pair(1, 1)]), Rejection::InvalidPair { ordinal: 0, .. }));
    assert!(matches!(refuse(1, vec![pair(1, 2), pair(1, 2)]), Rejection::InvalidPair { ordinal: 1, .. }));
    assert!(matches!(refuse(2, vec![pair(1, 2)]), Rejection::StalePlan { expected: 1, found: 2 }));
    let many = (0..24).flat_map(|a| (a + 1..24).map(move |b| pair(a, b))).take(24).collect();
    assert!(matches!(refuse(1, many), Rejection::OverBudget { left: 23, found: 24 }));
}
