//! Every port method: what is written is read again, whatever is in it, and what cannot be written is refused.

use crate::support::{
    self, Fixture, at, bare_state, batch, batch_id, comparison, decided, decision, essay, essay_id, update,
};
use cj_core::change::{
    BatchRecord, ChangeSet, ComparisonState, CompletionReason, DeadLetter, DecisionRecord, DecisionRole, EssayContent,
    EssayKind, EssayRecord, EssayStatus, Evidence, FailureReason, MatrixCell, MatrixKey, Phase, ScoringCause,
    WaitingFor, Winner,
};
use cj_core::event::ErrorCode;
use cj_core::id::{EventId, JudgeId};
use cj_core::store::{
    BatchQuery, BatchRepository, ComparisonQuery, ComparisonRepository, ErrorKind, EssayRepository, EvidenceTotals,
    Repositories, ResultRepository, Store as _, Texts, UnitOfWork, WaveRepository, apply,
};

async fn unit_with_batches(fixture: &Fixture, count: u32) -> Box<dyn UnitOfWork> {
    let mut unit = fixture.store.begin().await.unwrap();
    let batches: Vec<_> = (1..=count).map(batch).collect();
    BatchRepository::insert(&mut *unit, &batches.iter().collect::<Vec<_>>()).await.unwrap();
    unit
}

#[tokio::test]
async fn a_batch_is_read_as_it_was_written() {
    let fixture = Fixture::new().await;
    let mut unit = unit_with_batches(&fixture, 3).await;
    let mut all: Vec<_> = (1..=3).map(batch).collect();
    all.sort_by_key(BatchRecord::id);
    let ids = [batch_id(3), batch_id(1), batch_id(99), batch_id(2)];
    assert_eq!(unit.lock(&ids).await.unwrap(), all);
    assert_eq!(unit.find(&BatchQuery::Id(batch_id(2))).await.unwrap(), [batch(2)]);
    assert_eq!(unit.find(&BatchQuery::BosBatchId("bos-3".to_owned())).await.unwrap(), [batch(3)]);
    assert_eq!(unit.find(&BatchQuery::Newest { limit: 2 }).await.unwrap(), [batch(3), batch(2)]);

    BatchRepository::update(&mut *unit, &[&update(2, 1, bare_state(2))]).await.unwrap();
    assert_eq!(unit.find(&BatchQuery::Id(batch_id(2))).await.unwrap()[0].state, bare_state(2));
    let again = BatchRepository::update(&mut *unit, &[&update(2, 1, bare_state(3))]).await;
    assert_eq!(again.unwrap_err().kind(), ErrorKind::Conflict);
}

#[tokio::test]
async fn every_phase_is_stored() {
    let fixture = Fixture::new().await;
    let mut unit = unit_with_batches(&fixture, 1).await;
    let mut phases = vec![Phase::Preparing, Phase::Pairing, Phase::Cancelled];
    phases.extend(WaitingFor::ALL.iter().copied().map(Phase::Waiting));
    phases.extend(ScoringCause::ALL.iter().copied().map(Phase::Scoring));
    phases.extend(CompletionReason::ALL.iter().copied().map(Phase::Completed));
    phases.extend(FailureReason::ALL.iter().copied().map(Phase::Failed));
    for (version, phase) in (1..).zip(phases) {
        let mut state = bare_state(version + 1);
        state.phase = phase;
        BatchRepository::update(&mut *unit, &[&update(1, version, state)]).await.unwrap();
        assert_eq!(unit.find(&BatchQuery::Id(batch_id(1))).await.unwrap()[0].state.phase, phase);
    }
}

#[tokio::test]
async fn an_update_writes_all_of_its_batches_or_none() {
    let fixture = Fixture::new().await;
    let mut unit = unit_with_batches(&fixture, 2).await;
    for stale in [update(2, 7, bare_state(8)), update(99, 1, bare_state(2))] {
        let error = BatchRepository::update(&mut *unit, &[&update(1, 1, bare_state(2)), &stale]).await.unwrap_err();
        assert_eq!((error.kind(), error.operation()), (ErrorKind::Conflict, "batch.update"));
        assert_eq!(unit.find(&BatchQuery::Id(batch_id(1))).await.unwrap(), [batch(1)]);
    }
    BatchRepository::update(&mut *unit, &[&update(1, 1, bare_state(2)), &update(2, 1, bare_state(2))]).await.unwrap();
}

#[tokio::test]
async fn due_batches_come_longest_due_first() {
    let fixture = Fixture::new().await;
    let mut unit = unit_with_batches(&fixture, 4).await;
    for (number, deadline) in [(1, Some(at(30))), (2, Some(at(10))), (3, None), (4, Some(at(31)))] {
        let mut state = bare_state(2);
        state.next_deadline = deadline;
        BatchRepository::update(&mut *unit, &[&update(number, 1, state)]).await.unwrap();
    }
    assert_eq!(unit.due(at(30), 10).await.unwrap(), [batch_id(2), batch_id(1)]);
    assert_eq!(unit.due(at(30), 1).await.unwrap(), [batch_id(2)]);
    assert_eq!(unit.due(chrono::DateTime::<chrono::Utc>::MAX_UTC, 10).await.unwrap().len(), 3);
}

#[tokio::test]
async fn what_is_there_already_is_a_conflict() {
    let fixture = Fixture::new().await;
    let mut unit = unit_with_batches(&fixture, 1).await;
    let one = comparison(1, 1, 0, 1);
    let it: &mut dyn Repositories = &mut *unit;
    EssayRepository::insert(it, &[&essay(1, 0)]).await.unwrap();
    ComparisonRepository::insert(it, &[&one]).await.unwrap();
    it.record(&[decision(one.id, 0)]).await.unwrap();
    let mut twin = comparison(1, 1, 0, 1);
    twin.id = batch_id(1).comparison_id(9, 9, 9);
    let errors = [
        BatchRepository::insert(it, &[&batch(2), &batch(1)]).await.unwrap_err(),
        EssayRepository::insert(it, &[&essay(2, 1), &essay(1, 0)]).await.unwrap_err(),
        ComparisonRepository::insert(it, &[&one]).await.unwrap_err(),
        ComparisonRepository::insert(it, &[&twin]).await.unwrap_err(),
        it.record(&[decision(one.id, 1), decision(one.id, 0)]).await.unwrap_err(),
        EssayRepository::update(it, &[&essay(9, 0)]).await.unwrap_err(),
        ComparisonRepository::update(it, &[&comparison(1, 2, 0, 1)]).await.unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.kind(), ErrorKind::Conflict, "{error}: {:?}", std::error::Error::source(&error));
    }
    // A refused slice leaves nothing behind.
    assert_eq!(it.find(&BatchQuery::Id(batch_id(2))).await.unwrap(), []);
    assert_eq!(it.decisions(batch_id(1)).await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_essay_keeps_its_text_until_there_is_another() {
    let fixture = Fixture::new().await;
    let mut unit = unit_with_batches(&fixture, 1).await;
    let it: &mut dyn Repositories = &mut *unit;
    let anchor = |number, grade: Option<&str>| EssayRecord {
        kind: EssayKind::Anchor { label: "a".to_owned(), grade: grade.map(str::to_owned) },
        title: None,
        content: EssayContent::with_judge(),
        ..essay(number, number)
    };
    let written = [essay(9, 0), anchor(1, Some("C+")), anchor(2, None)];
    EssayRepository::insert(it, &written.iter().rev().collect::<Vec<_>>()).await.unwrap();
    assert_eq!(EssayRepository::load(it, batch_id(1), Texts::Include).await.unwrap(), written);
    let without = EssayRepository::load(it, batch_id(1), Texts::Omit).await.unwrap();
    assert!(without.iter().all(|essay| essay.content.text.is_none()));
    assert_eq!(without[0].content.sha256, written[0].content.sha256);

    for status in [EssayStatus::Pending, EssayStatus::Ready, EssayStatus::Missing] {
        let (score, se) = (Some(-1.0 / 3.0), Some(f64::MIN_POSITIVE));
        let mut scored = EssayRecord { status, score, se, rank: Some(1), comparison_count: 9, ..without[0].clone() };
        EssayRepository::update(it, &[&scored]).await.unwrap();
        scored.content = written[0].content.clone();
        let read = EssayRepository::load(it, batch_id(1), Texts::Include).await.unwrap();
        assert_eq!(read, [scored, written[1].clone(), written[2].clone()]);
    }
    let fetched = EssayRecord { content: EssayContent::of_text("new"), ..essay(9, 0) };
    EssayRepository::update(it, &[&fetched]).await.unwrap();
    let read = EssayRepository::load(it, batch_id(1), Texts::Include).await.unwrap();
    assert_eq!(read[0], fetched);
}

#[tokio::test]
async fn comparisons_come_with_their_siblings() {
    let fixture = Fixture::new().await;
    let mut unit = unit_with_batches(&fixture, 2).await;
    let it: &mut dyn Repositories = &mut *unit;
    let first = decided(&comparison(1, 1, 0, 1));
    let mut retry = comparison(1, 1, 0, 2);
    retry.retry_of = Some(first.id);
    retry.judge_id = Some(JudgeId::new("Ann").unwrap());
    let (other, foreign) = (decided(&comparison(1, 1, 1, 1)), comparison(2, 1, 0, 1));
    let all = [&foreign, &other, &retry, &first];
    ComparisonRepository::insert(it, &all).await.unwrap();

    let load = async |it: &mut dyn Repositories, query| ComparisonRepository::load(it, &query).await.unwrap();
    let all_of_one = [first.clone(), retry.clone(), other.clone()];
    assert_eq!(load(it, ComparisonQuery::All(batch_id(1))).await, all_of_one);
    assert_eq!(load(it, ComparisonQuery::Open(batch_id(1))).await, [first.clone(), retry.clone()]);
    let unknown = batch_id(7).comparison_id(1, 1, 1);
    let some = load(it, ComparisonQuery::WithSiblings(vec![retry.id, unknown, first.id])).await;
    assert_eq!(some, [first.clone(), retry.clone()]);
    let mut both = vec![first.clone(), retry.clone(), foreign.clone()];
    both.sort_by_key(|it| (it.batch_id, it.wave, it.ordinal, it.attempt));
    assert_eq!(load(it, ComparisonQuery::WithSiblings(vec![first.id, foreign.id])).await, both);

    for &state in ComparisonState::ALL {
        retry.state = state;
        for verdict in [None, Some(Winner::A), Some(Winner::B), Some(Winner::Tie)] {
            retry.verdict = verdict;
            ComparisonRepository::update(it, &[&retry]).await.unwrap();
            assert_eq!(load(it, ComparisonQuery::All(batch_id(1))).await[1], retry);
        }
    }
    it.cancel_open(&[batch_id(2), batch_id(9)]).await.unwrap();
    assert_eq!(load(it, ComparisonQuery::All(batch_id(2))).await[0].state, ComparisonState::Cancelled);
    it.cancel_open(&[batch_id(1)]).await.unwrap();
    assert_eq!(load(it, ComparisonQuery::All(batch_id(1))).await[0].state, ComparisonState::Decided);
}

#[tokio::test]
async fn answers_and_their_totals() {
    let fixture = Fixture::new().await;
    let mut unit = unit_with_batches(&fixture, 2).await;
    let one = comparison(1, 1, 0, 1).id;
    assert_eq!(unit.totals(batch_id(1)).await.unwrap(), EvidenceTotals::default());
    let late =
        DecisionRecord { role: DecisionRole::Late, counted: None, verdict: Some(Winner::Tie), ..decision(one, 1) };
    let mut conflict = DecisionRecord { role: DecisionRole::Conflict, verdict: Some(Winner::B), ..decision(one, 2) };
    conflict.evidence.model = Some("another".to_owned());
    let failed = DecisionRecord {
        verdict: None,
        error_code: ErrorCode::try_from("SOME_CODE").ok(),
        error_message: Some("said \"no\"".to_owned()),
        evidence: Evidence { prompt_tokens: Some(7), ..Default::default() },
        ..decision(one, 3)
    };
    let written = [decision(one, 0), late, conflict, failed];
    unit.record(&written).await.unwrap();
    assert_eq!(unit.decisions(batch_id(1)).await.unwrap(), written);
    assert_eq!(unit.decisions(batch_id(2)).await.unwrap(), []);
    let totals = unit.totals(batch_id(1)).await.unwrap();
    assert!((totals.cost.unwrap() - 0.003).abs() < 1e-12);
    assert_eq!((totals.prompt_tokens, totals.completion_tokens), (3_007, 150));
    assert_eq!(totals.judge, Some(("anthropic".to_owned(), "model".to_owned())));
}

#[tokio::test]
async fn the_matrix_adds_up() {
    let fixture = Fixture::new().await;
    let mut unit = unit_with_batches(&fixture, 1).await;
    let key = |a, b| MatrixKey { batch_id: batch_id(1), essay_a: essay_id(a), essay_b: essay_id(b) };
    let cell = MatrixCell { wins_a: 1, wins_b: 2, ties: 3, failures: 4 };
    let (ab, ba, ac) = (key(1, 2), key(2, 1), key(1, 3));
    unit.tally(&[(&ba, &cell), (&ab, &cell), (&ac, &MatrixCell::default())]).await.unwrap();
    unit.tally(&[(&ab, &MatrixCell { ties: 1, ..MatrixCell::default() })]).await.unwrap();
    assert_eq!(unit.matrix(batch_id(1)).await.unwrap(), [(ab, MatrixCell { ties: 4, ..cell }), (ba, cell)]);
}

#[tokio::test]
async fn waves_and_results_are_replaced() {
    let fixture = Fixture::new().await;
    let mut unit = unit_with_batches(&fixture, 1).await;
    let it: &mut dyn Repositories = &mut *unit;
    let (first, second) = (support::wave(1, None), support::wave(2, Some(support::sheet())));
    WaveRepository::put(it, &[&second, &first]).await.unwrap();
    let scored = support::wave(1, Some(support::sheet()));
    WaveRepository::put(it, &[&scored]).await.unwrap();
    assert_eq!(WaveRepository::load(it, batch_id(1)).await.unwrap(), [scored, second]);

    let results: Vec<_> = [(3, 1), (10, 2), (2, 2)].map(|(id, rank)| support::essay_result(id, rank)).into();
    ResultRepository::put(it, &[support::essay_result(3, 9)]).await.unwrap();
    ResultRepository::put(it, &results).await.unwrap();
    assert_eq!(ResultRepository::load(it, batch_id(1)).await.unwrap(), results);
}

#[tokio::test]
async fn a_message_is_admitted_once_per_consumer() {
    let fixture = Fixture::new().await;
    let mut unit = fixture.store.begin().await.unwrap();
    let id = |number: u8| EventId::of_bytes(&[number]);
    assert_eq!(unit.admit("a", &[id(2), id(1), id(2)], at(0)).await.unwrap(), [id(2), id(1)]);
    assert_eq!(unit.admit("a", &[id(3), id(1)], at(1)).await.unwrap(), [id(3)]);
    assert_eq!(unit.admit("b", &[id(1)], at(1)).await.unwrap(), [id(1)]);
}

#[tokio::test]
async fn a_dead_letter_stays_as_it_came() {
    let fixture = Fixture::new().await;
    let mut unit = fixture.store.begin().await.unwrap();
    let letters: Vec<_> = (1..=3).map(support::dead_letter).collect();
    unit.keep(&letters).await.unwrap();
    let again = DeadLetter { detail: "again".to_owned(), ..support::dead_letter(2) };
    unit.keep(&[again]).await.unwrap();
    assert_eq!(unit.newest(2).await.unwrap(), [support::dead_letter(3), support::dead_letter(2)]);
}

#[tokio::test]
async fn an_empty_slice_does_nothing() {
    let fixture = Fixture::new().await;
    let mut unit = fixture.store.begin().await.unwrap();
    apply(&mut *unit, &ChangeSet::new()).await.unwrap();
    assert_eq!(unit.lock(&[]).await.unwrap(), []);
    assert_eq!(unit.admit("a", &[], at(0)).await.unwrap(), []);
    BatchRepository::update(&mut *unit, &[]).await.unwrap();
    unit.commit().await.unwrap();
}

#[tokio::test]
async fn a_number_that_is_none_is_refused_not_lost() {
    let fixture = Fixture::new().await;
    let mut unit = unit_with_batches(&fixture, 1).await;
    let nan = EssayRecord { se: Some(f64::NAN), ..essay(1, 0) };
    let error = EssayRepository::insert(&mut *unit, &[&nan]).await.unwrap_err();
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(source.contains("cj_essays.se"), "{source}");
}
