//! Whether what is stored of a batch agrees with itself.

use std::collections::{BTreeMap, BTreeSet};

use cj_core::change::{
    BatchRecord, BatchState, ComparisonRecord, ComparisonState, Counters, DecisionRecord, DecisionRole, MatrixCell,
    MatrixKey, MessageKind, QuestionKey, Winner,
};
use cj_core::id::{BatchId, ComparisonId};
use cj_core::store::{BatchQuery, ComparisonQuery, ComparisonRepository, Store};

/// Checks everything that is stored twice about a batch against each other.
///
/// - Counters and the progress of the wave are what the comparison rows say.
/// - The matrix is what answers and failed attempts say; counted verdicts are numbered from 1 without a gap.
/// - A batch that goes on has a deadline; one that ended has none, no lease, no open comparison and no question to ask.
///
/// # Panics
/// When something disagrees, or when the batch is not there or cannot be read.
pub async fn audit(store: &dyn Store, id: BatchId) {
    let mut view = store.read().await.expect("a view begins");
    let record = view.find(&BatchQuery::Id(id)).await.expect("batches are found").pop().expect("the batch is stored");
    let query = ComparisonQuery::All(id);
    let rows = ComparisonRepository::load(&mut *view, &query).await.expect("comparisons are loaded");
    let decisions = view.decisions(id).await.expect("answers are loaded");
    let matrix = view.matrix(id).await.expect("the matrix is loaded");
    if let Err(disagreement) = examine(&record, &rows, &decisions, &matrix) {
        panic!("{disagreement}");
    }
    assert_questions(view.depth(MessageKind::Question).await.expect("the depth is read").pending, &record.state, &rows);
}

/// Says what disagrees, if anything does.
pub(crate) fn examine(
    record: &BatchRecord,
    rows: &[ComparisonRecord],
    decisions: &[DecisionRecord],
    matrix: &[(MatrixKey, MatrixCell)],
) -> Result<(), String> {
    let state = &record.state;
    let first = first_verdicts(rows, decisions);
    equal(&state.counters, &counted(state, rows, &first), "the counters disagree with the rows")?;
    check_wave(state, rows)?;
    check_decisions(rows, decisions)?;
    let expected = tallied(record.id(), rows, decisions);
    equal(matrix, &expected[..], "the matrix disagrees with answers and failures")?;
    if state.phase.is_terminal() {
        ensure(rows.iter().all(|row| !row.state.is_open()), || "an ended batch has open comparisons".to_owned())?;
        let asleep = state.next_deadline.is_none() && state.lease.is_none();
        ensure(asleep, || "an ended batch wants to be woken".to_owned())?;
        ensure(state.completed_at.is_some(), || "an ended batch does not say when it ended".to_owned())
    } else {
        ensure(state.next_deadline.is_some(), || format!("a batch in phase {} has no deadline", state.phase))
    }
}

fn ensure(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise()) }
}

fn equal<T: PartialEq + std::fmt::Debug + ?Sized>(found: &T, expected: &T, otherwise: &str) -> Result<(), String> {
    ensure(found == expected, || format!("{otherwise}: found {found:?}, expected {expected:?}"))
}

/// The attempt whose verdict was the first to be counted, by question.
fn first_verdicts(rows: &[ComparisonRecord], decisions: &[DecisionRecord]) -> BTreeMap<QuestionKey, u32> {
    let by_id: BTreeMap<ComparisonId, &ComparisonRecord> = rows.iter().map(|row| (row.id, row)).collect();
    let mut counted: Vec<_> =
        decisions.iter().filter_map(|row| Some((row.counted?, by_id[&row.comparison_id]))).collect();
    counted.sort_by_key(|(counted, _)| *counted);
    let mut first = BTreeMap::new();
    for (_, row) in counted {
        first.entry(row.question()).or_insert(row.attempt);
    }
    first
}

fn questions(rows: &[ComparisonRecord]) -> BTreeMap<QuestionKey, Vec<&ComparisonRecord>> {
    let mut questions = BTreeMap::<_, Vec<_>>::new();
    for row in rows {
        questions.entry(row.question()).or_default().push(row);
    }
    questions
}

fn is_decided(attempts: &[&ComparisonRecord]) -> bool {
    attempts.iter().any(|row| row.state == ComparisonState::Decided)
}

fn is_failed(attempts: &[&ComparisonRecord]) -> bool {
    attempts.iter().all(|row| matches!(row.state, ComparisonState::Failed | ComparisonState::Expired))
}

fn counted(state: &BatchState, rows: &[ComparisonRecord], first: &BTreeMap<QuestionKey, u32>) -> Counters {
    let questions = questions(rows);
    let attempts = |test: &dyn Fn(&ComparisonRecord) -> bool| rows.iter().filter(|row| test(row)).count() as u32;
    let of = |test: &dyn Fn(&[&ComparisonRecord]) -> bool| questions.values().filter(|rows| test(rows)).count() as u32;
    let decided = attempts(&|row| row.state == ComparisonState::Decided);
    Counters {
        budget: state.counters.budget,
        questions: questions.len() as u32,
        planned: rows.len() as u32,
        withdrawn: attempts(&|row| {
            let unasked = row.state == ComparisonState::Cancelled && row.asked_at.is_none();
            unasked && is_decided(&questions[&row.question()])
        }),
        asked: attempts(&|row| row.asked_at.is_some()),
        questions_asked: of(&|rows| rows.iter().any(|row| row.asked_at.is_some())),
        decided,
        repeats: decided - of(&is_decided),
        failed: of(&is_failed),
        retryable: attempts(&|row| row.error_code.as_ref().is_some_and(cj_core::event::ErrorCode::is_retryable)),
        retried: attempts(&|row| row.retry_of.is_some()),
        rescued: first.values().filter(|attempt| **attempt > 1).count() as u32,
    }
}

fn check_wave(state: &BatchState, rows: &[ComparisonRecord]) -> Result<(), String> {
    let wave = &state.wave;
    equal(&wave.number, &rows.iter().map(|row| row.wave).max().unwrap_or(0), "the wave is not the last one")?;
    let questions = questions(rows);
    let of_wave = || questions.iter().filter(|(key, _)| key.wave == wave.number).map(|(_, rows)| rows);
    let found = (
        of_wave().count() as u32,
        of_wave().filter(|rows| is_decided(rows)).count() as u32,
        of_wave().filter(|rows| is_failed(rows)).count() as u32,
    );
    equal(&(wave.questions, wave.decided, wave.failed), &found, "the wave disagrees with its rows")
}

fn check_decisions(rows: &[ComparisonRecord], decisions: &[DecisionRecord]) -> Result<(), String> {
    for row in rows {
        let answers: Vec<_> = decisions.iter().filter(|answer| answer.comparison_id == row.id).collect();
        let id = row.id;
        equal(&(row.decisions as usize), &answers.len(), &format!("comparison {id} counts its answers otherwise"))?;
        let counted: Vec<_> = answers.iter().filter(|answer| answer.counted.is_some()).collect();
        ensure(counted.len() <= 1, || format!("comparison {id} has {} counted verdicts", counted.len()))?;
        let verdict = counted.first().and_then(|answer| answer.verdict);
        equal(&row.verdict, &verdict, &format!("comparison {id} has another verdict"))?;
        let decided = row.state == ComparisonState::Decided;
        equal(
            &row.verdict.is_some(),
            &decided,
            &format!("comparison {id} is decided without a verdict, or the reverse"),
        )?;
    }
    let numbers: Vec<_> = decisions.iter().filter_map(|answer| answer.counted).collect();
    let distinct: BTreeSet<_> = numbers.iter().copied().collect();
    equal(&numbers.len(), &distinct.len(), "a number of a counted verdict is used twice")?;
    let complete = distinct.iter().copied().eq(1..=numbers.len() as u32);
    ensure(complete, || "the numbers of counted verdicts have a gap".to_owned())?;
    let odd = decisions.iter().find(|answer| answer.counted.is_some() && answer.role != DecisionRole::Counted);
    equal(&odd, &None, "an answer is numbered and does not count")
}

fn tallied(id: BatchId, rows: &[ComparisonRecord], decisions: &[DecisionRecord]) -> Vec<(MatrixKey, MatrixCell)> {
    let mut cells = BTreeMap::<MatrixKey, MatrixCell>::new();
    for row in rows {
        let key = MatrixKey { batch_id: id, essay_a: row.essay_a.clone(), essay_b: row.essay_b.clone() };
        let answers = decisions.iter().filter(|answer| answer.comparison_id == row.id && answer.counted.is_some());
        let mut cell = MatrixCell { failures: u32::from(row.error_code.is_some()), ..MatrixCell::default() };
        for answer in answers {
            match answer.verdict {
                Some(Winner::A) => cell.wins_a += 1,
                Some(Winner::B) => cell.wins_b += 1,
                Some(Winner::Tie) => cell.ties += 1,
                None => {}
            }
        }
        cells.entry(key).or_default().add(cell);
    }
    cells.into_iter().filter(|(_, cell)| *cell != MatrixCell::default()).collect()
}

/// In a store that holds one live batch, as many questions wait as it has planned comparisons.
fn assert_questions(pending: u64, state: &BatchState, rows: &[ComparisonRecord]) {
    let planned = rows.iter().filter(|row| row.state == ComparisonState::Planned).count() as u64;
    assert!(
        pending >= planned,
        "{planned} comparisons are to be asked in phase {}, {pending} questions wait",
        state.phase
    );
}
