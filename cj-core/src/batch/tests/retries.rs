//! Attempts that fail at odd times.

use super::*;

fn quiet() -> crate::config::SettingsBuilder {
    settings().min_success_rate(0.0).completion_threshold_pct(100)
}

#[test]
fn an_answer_to_a_question_given_up_counts_after_all() {
    let mut world = World::waiting(quiet().max_attempts(1).build().unwrap(), 3);
    let first = world.comparison(0, 1);
    world.does(Input::Asked { comparison_id: first });
    world.passes(TimeDelta::minutes(15));
    world.does(Input::DeadlinePassed);
    let state = world.batch.state().clone();
    // The others were never asked, and expire as well; one of them may still be answered.
    assert_eq!((state.counters.failed, state.wave.failed, state.counters.retried), (3, 3, 0));
    assert_eq!(state.phase, Phase::Failed(FailureReason::LowSuccessRate), "nothing is decided and nothing is open");

    let mut world = World::waiting(quiet().max_attempts(1).build().unwrap(), 3);
    world.decides(1, Winner::A);
    world.does(Input::Asked { comparison_id: first });
    world.passes(TimeDelta::minutes(10));
    world.does(Input::Asked { comparison_id: world.comparison(2, 1) });
    world.passes(TimeDelta::minutes(5));
    world.does(Input::DeadlinePassed);
    let state = world.batch.state().clone();
    assert_eq!((state.counters.failed, state.wave.failed, state.counters.open()), (1, 1, 1));
    world.decides(0, Winner::B);
    let state = world.batch.state().clone();
    assert_eq!((state.counters.failed, state.wave.failed, state.wave.decided, state.counters.decided), (0, 0, 2, 2));
    assert_eq!((state.counters.rescued, state.counters.repeats), (0, 0));
}

#[test]
fn nothing_is_asked_again_while_an_idle_batch_is_scored() {
    let mut world = World::waiting(quiet().build().unwrap(), 5);
    for ordinal in 0..4 {
        world.decides(ordinal, Winner::A);
    }
    world.does(Input::Asked { comparison_id: world.comparison(4, 1) });
    world.passes(TimeDelta::hours(4));
    world.does(Input::DeadlinePassed);
    assert_eq!(world.phase(), Phase::Scoring(ScoringCause::Forced));
    world.fails(world.comparison(4, 1), "TIMEOUT");
    let counters = world.batch.state().counters;
    assert_eq!((counters.retried, counters.failed, counters.retryable), (0, 1, 1));
}

#[test]
fn a_text_is_needed_only_where_something_is_asked_again() {
    let mut world = World::waiting(quiet().build().unwrap(), 3);
    let (first, second) = (world.comparison(0, 1), world.comparison(1, 1));
    world.does(Input::Asked { comparison_id: first });
    world.passes(TimeDelta::minutes(15));
    world.does(Input::DeadlinePassed);
    let retry = world.comparison(0, 2);
    world.does(Input::Asked { comparison_id: retry });
    world.decides(0, Winner::A);
    world.texts.clear();
    world.fails(retry, "TIMEOUT");
    assert_eq!(world.batch.state().counters.retried, 3, "the question is decided: it is not asked again");
    let again = world.comparison(1, 2);
    let lost = Verdict::failed(again, ErrorCode::TIMEOUT);
    assert!(matches!(world.tries(Input::VerdictReceived(lost)), Err(Rejection::MissingText { .. })));
    world.fails(again, "SOME_NEW_CODE");
    assert_eq!(world.row(again).state, ComparisonState::Failed);
    assert_eq!(world.row(second).state, ComparisonState::Expired);
}

#[test]
fn a_plan_without_its_texts_leaves_nothing_behind() {
    let mut world = World::requested(request(quiet().build().unwrap(), 24));
    world.prepared();
    world.texts.remove(&essay(3));
    let pair = |a, b| PlannedPair { essay_a: essay(a), essay_b: essay(b), judge_id: None };
    let plan = WavePlan { wave: 1, strategy: Strategy::Balanced, seed: 7, pairs: vec![pair(0, 1), pair(2, 3)] };
    let before = world.batch.state().clone();
    let refused = world.tries(Input::WavePlanned(plan));
    assert_eq!(refused, Err(Rejection::MissingText { essay_id: essay(3) }));
    assert_eq!((world.batch.state(), world.batch.comparisons.len()), (&before, 0));
}

#[test]
fn deadlines_without_their_texts_leave_nothing_behind() {
    let mut world = World::waiting(quiet().build().unwrap(), 3);
    world.passes(TimeDelta::minutes(15));
    world.texts.remove(&essay(3));
    let before = (world.batch.state().clone(), world.batch.comparisons.clone());
    // The pairs are E00 with E01, E02 and E03: at least one of them cannot be asked again.
    assert!(matches!(world.tries(Input::DeadlinePassed), Err(Rejection::MissingText { .. })));
    assert_eq!((world.batch.state().clone(), world.batch.comparisons.clone()), before);
}

#[test]
fn failures_that_cannot_be_asked_again_leave_nothing_behind() {
    let mut world = World::waiting(quiet().build().unwrap(), 3);
    let id = world.comparison(0, 1);
    world.texts.insert(essay(1), EssayContent::of_text(" "));
    let before = (world.batch.state().clone(), world.batch.comparisons.clone(), world.batch.questions.clone());
    let code = ErrorCode::TIMEOUT;
    for input in [
        Input::VerdictReceived(Verdict::failed(id, code.clone())),
        Input::AskFailed { comparison_id: id, code, retry_after_s: None },
    ] {
        let name = input.name();
        assert_eq!(world.tries(input), Err(Rejection::MissingText { essay_id: essay(1) }), "{name}");
        let after = (world.batch.state().clone(), world.batch.comparisons.clone(), world.batch.questions.clone());
        assert_eq!(after, before, "{name}");
    }
}

#[test]
fn inputs_are_named_in_refusals() {
    let mut world = World::waiting(quiet().build().unwrap(), 1);
    let phase = world.phase();
    assert_eq!(world.tries(Input::WorkClaimed), Err(Rejection::WrongPhase { input: "WorkClaimed", phase }));
    assert_eq!(Input::CancelRequested.name(), "CancelRequested");
    assert_eq!(Input::DeadlinePassed.name(), "DeadlinePassed");
}
