//! Waves, verdicts and retries.

use super::*;

#[test]
fn a_wave_is_settled_when_all_of_it_is_decided() {
    let mut world = World::waiting(Settings::default(), 3);
    assert_eq!(world.phase(), Phase::Waiting(WaitingFor::Wave));
    world.decides(0, Winner::A);
    world.decides(1, Winner::B);
    assert_eq!(world.phase(), Phase::Waiting(WaitingFor::Wave));
    world.decides(2, Winner::Tie);
    assert_eq!(world.phase(), Phase::Scoring(ScoringCause::WaveSettled));
    assert!(!world.batch.state().partial_scoring_triggered);
}

#[test]
fn eighty_of_a_hundred_settle_at_a_threshold_of_eighty() {
    let settings = settings().completion_threshold_pct(80).straggler_grace_s(0).build().unwrap();
    let mut world = World::waiting(settings, 100);
    for ordinal in 0..79 {
        world.decides(ordinal, Winner::A);
    }
    assert_eq!(world.phase(), Phase::Waiting(WaitingFor::Wave));
    world.decides(79, Winner::A);
    assert_eq!(world.phase(), Phase::Scoring(ScoringCause::WaveSettled));
    assert!(world.batch.state().partial_scoring_triggered);
    world.decides(80, Winner::A);
    assert_eq!(world.batch.state().counters.decided, 81, "stragglers still count");
}

#[test]
fn stragglers_are_waited_for_within_their_grace() {
    let settings = settings().completion_threshold_pct(50).straggler_grace_s(60).build().unwrap();
    let mut world = World::waiting(settings, 4);
    world.decides(0, Winner::A);
    world.decides(1, Winner::A);
    assert_eq!(world.phase(), Phase::Waiting(WaitingFor::Wave));
    assert_eq!(world.batch.next_deadline(), Some(world.now + TimeDelta::seconds(60)));
    world.passes(TimeDelta::seconds(60));
    world.does(Input::DeadlinePassed);
    assert_eq!(world.phase(), Phase::Scoring(ScoringCause::WaveSettled));
}

#[test]
fn a_batch_is_woken_for_the_open_question_that_is_due_first() {
    let mut world = World::waiting(Settings::default(), 3);
    let start = world.now;
    let after = |minutes| Some(start + TimeDelta::minutes(minutes));
    world.decides(2, Winner::A);
    assert_eq!(world.batch.next_deadline(), after(15));
    world.passes(TimeDelta::minutes(5));
    world.does(Input::Asked { comparison_id: world.comparison(0, 1) });
    assert_eq!(world.batch.next_deadline(), after(15));
    world.passes(TimeDelta::minutes(1));
    world.does(Input::Asked { comparison_id: world.comparison(1, 1) });
    assert_eq!(world.batch.next_deadline(), after(20));
    world.decides(0, Winner::A);
    assert_eq!(world.batch.next_deadline(), after(21));
}

#[test]
fn a_verdict_counts_once_and_a_contradiction_is_kept() {
    let mut world = World::waiting(Settings::default(), 3);
    world.decides(0, Winner::A);
    let version = world.batch.state().version;
    assert!(world.decides(0, Winner::A).is_empty());
    let other = world.decides(0, Winner::B);
    assert_eq!(other.decisions()[0].role, DecisionRole::Conflict);
    assert_eq!(other.decisions()[0].ordinal, 1);
    assert_eq!((world.batch.state().counters.decided, world.batch.state().version), (1, version));
}

#[test]
fn the_fifth_lasting_failure_of_twenty_fails_the_batch_once() {
    let settings = settings().max_attempts(1).build().unwrap();
    let mut world = World::waiting(settings, 20);
    for ordinal in 0..5 {
        world.decides(ordinal, Winner::A);
    }
    for ordinal in 5..9 {
        let id = world.comparison(ordinal, 1);
        world.fails(id, "RATE_LIMIT");
        assert!(!world.phase().is_terminal());
    }
    world.fails(world.comparison(9, 1), "RATE_LIMIT");
    assert_eq!(world.phase(), Phase::Failed(FailureReason::LowSuccessRate));
    let counters = world.batch.state().counters;
    assert_eq!((counters.decided, counters.failed), (5, 5));
    let late = world.fails(world.comparison(10, 1), "RATE_LIMIT");
    assert_eq!(late.decisions()[0].role, DecisionRole::Late);
    assert_eq!(world.events(), ["CJAssessmentFailedV1"]);
}

#[test]
fn a_passing_failure_is_asked_again_in_the_same_order_after_a_pause() {
    let mut world = World::waiting(Settings::default(), 2);
    let first = world.comparison(0, 1);
    let change = world.fails(first, "RATE_LIMIT").clone();
    let retry = world.row(world.comparison(0, 2)).clone();
    assert_eq!((retry.attempt, retry.retry_of), (2, Some(first)));
    assert_eq!(retry.planned_at, world.now + TimeDelta::seconds(30));
    assert_eq!((&retry.essay_a, &retry.essay_b), (&world.row(first).essay_a, &world.row(first).essay_b));
    let question = &change.outbox()[0];
    assert_eq!((question.kind, question.available_at), (MessageKind::Question, retry.planned_at));
    world.fails(retry.id, "TIMEOUT");
    assert_eq!(world.row(world.comparison(0, 3)).planned_at, world.now + TimeDelta::minutes(5));
    world.decides(1, Winner::A);
    world.fails(world.comparison(0, 3), "TIMEOUT");
    let counters = world.batch.state().counters;
    assert_eq!((counters.failed, counters.retried, counters.retryable), (1, 2, 3));
    assert_eq!(world.phase(), Phase::Failed(FailureReason::LowSuccessRate), "1 of 2 is under 80 %");
}

#[test]
fn a_lasting_failure_is_not_asked_again() {
    let mut world = World::waiting(settings().min_success_rate(0.5).build().unwrap(), 2);
    world.fails(world.comparison(0, 1), "SOME_NEW_CODE");
    assert_eq!(world.batch.state().counters.retried, 0);
    world.decides(1, Winner::B);
    assert_eq!(world.phase(), Phase::Scoring(ScoringCause::WaveSettled));
}

#[test]
fn a_retry_stays_within_the_budget() {
    let mut world = World::waiting(settings().budget(Some(24)).min_success_rate(0.0).build().unwrap(), 24);
    world.fails(world.comparison(0, 1), "TIMEOUT");
    let counters = world.batch.state().counters;
    assert_eq!((counters.retried, counters.failed, counters.left()), (0, 1, 0));
}

#[test]
fn an_answer_to_an_expired_attempt_counts_and_withdraws_its_unsent_retry() {
    let mut world = World::waiting(Settings::default(), 2);
    let first = world.comparison(0, 1);
    world.does(Input::Asked { comparison_id: first });
    world.passes(TimeDelta::minutes(16));
    world.does(Input::DeadlinePassed);
    assert_eq!(world.row(first).state, ComparisonState::Expired);
    let change = world.does(Input::VerdictReceived(Verdict::decided(first, Winner::A))).clone();
    let retry = world.comparison(0, 2);
    assert_eq!(world.row(retry).state, ComparisonState::Cancelled);
    assert!(change.withdrawn().any(|id| *id == retry));
    let counters = world.batch.state().counters;
    assert_eq!((counters.decided, counters.withdrawn, counters.repeats), (1, 1, 0));
    // It was on its way after all: its answer counts as a repeat.
    world.does(Input::VerdictReceived(Verdict::decided(retry, Winner::A)));
    let counters = world.batch.state().counters;
    assert_eq!((counters.decided, counters.withdrawn, counters.repeats), (2, 0, 1));
    assert_eq!(counters.open(), 1, "of the other question, whose attempt expired and is retried");
}
