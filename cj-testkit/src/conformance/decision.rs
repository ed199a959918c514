//! The port to answers and to the comparison matrix.

use std::sync::Arc;

use cj_core::change::{ComparisonRecord, DecisionRecord, DecisionRole, Evidence, MatrixCell, MatrixKey, Winner};
use cj_core::id::BatchId;
use cj_core::store::{ErrorKind, EvidenceTotals, Store};

use super::support::{begin, commit, put_batches, put_comparisons, put_essays, refused, seeded, view};
use crate::fixture::{self, ODD_TEXT, cell, decision};

/// A batch with its essays and so many comparisons.
async fn asked(store: &Arc<dyn Store>, name: &str, count: u32) -> (BatchId, Vec<ComparisonRecord>) {
    let batch = seeded(store, name).await.id();
    let rows: Vec<_> = (0..count).map(|ordinal| fixture::comparison(batch, 1, ordinal, 1)).collect();
    put_comparisons(store, &rows).await;
    (batch, rows)
}

async fn record(store: &Arc<dyn Store>, decisions: &[DecisionRecord]) {
    let mut unit = begin(store).await;
    unit.record(decisions).await.expect("answers are recorded");
    commit(unit).await;
}

async fn tally(store: &Arc<dyn Store>, cells: &[(&MatrixKey, &MatrixCell)]) {
    let mut unit = begin(store).await;
    unit.tally(cells).await.expect("cells are added to");
    commit(unit).await;
}

async fn decisions(store: &Arc<dyn Store>, batch: BatchId) -> Vec<DecisionRecord> {
    view(store).await.decisions(batch).await.expect("answers are loaded")
}

async fn matrix(store: &Arc<dyn Store>, batch: BatchId) -> Vec<(MatrixKey, MatrixCell)> {
    view(store).await.matrix(batch).await.expect("the matrix is loaded")
}

async fn totals(store: &Arc<dyn Store>, batch: BatchId) -> EvidenceTotals {
    view(store).await.totals(batch).await.expect("the totals are summed")
}

fn sorted(mut rows: Vec<DecisionRecord>) -> Vec<DecisionRecord> {
    rows.sort_by_key(|row| (row.comparison_id, row.ordinal));
    rows
}

fn counts(wins_a: u32, wins_b: u32, ties: u32, failures: u32) -> MatrixCell {
    MatrixCell { wins_a, wins_b, ties, failures }
}

/// Every field of an answer is read as it was written, in the order (comparison, ordinal).
pub async fn reads_answers_as_they_were_recorded(store: Arc<dyn Store>) {
    let (batch, asked_rows) = asked(&store, "batch", 8).await;
    let (other, other_rows) = asked(&store, "other", 1).await;
    let mut rows: Vec<_> = asked_rows.iter().map(|row| decision(row, 0)).collect();
    rows[0].verdict = Some(Winner::B);
    rows[1].verdict = Some(Winner::Tie);
    rows[2].verdict = None;
    rows[2].counted = None;
    rows[2].error_code = Some(fixture::error_code("LLM_RATE_LIMIT"));
    rows[2].error_message = Some(ODD_TEXT.repeat(50));
    rows[2].evidence = Evidence::default();
    rows[3].evidence.cost = Some(0.1 + 0.2);
    rows[3].evidence.confidence = Some(1.0 / 3.0);
    rows[3].evidence.prompt_tokens = Some(u32::MAX);
    rows[3].evidence.latency_ms = Some(u32::MAX);
    rows[4].evidence.justification = Some("ö".repeat(500));
    rows.push(DecisionRecord { role: DecisionRole::Late, counted: None, ..decision(&asked_rows[4], 1) });
    rows.push(DecisionRecord { role: DecisionRole::Conflict, counted: None, ..decision(&asked_rows[4], 10) });
    rows.push(DecisionRecord { role: DecisionRole::Conflict, counted: None, ..decision(&asked_rows[4], 2) });
    record(&store, &rows).await;
    record(&store, &[decision(&other_rows[0], 0)]).await;
    assert_eq!(decisions(&store, batch).await, sorted(rows));
    assert_eq!(decisions(&store, other).await, [decision(&other_rows[0], 0)]);
    assert_eq!(decisions(&store, fixture::batch_id("unknown")).await, []);
}

/// Every known error code, and an unknown one, is stored as text.
pub async fn error_code_is_stored_as_text(store: Arc<dyn Store>) {
    let codes = [
        "RATE_LIMIT",
        "TIMEOUT",
        "CONNECTION_ERROR",
        "SERVICE_UNAVAILABLE",
        "EXTERNAL_SERVICE_ERROR",
        "LLM_PROVIDER_UNAVAILABLE",
        "LLM_PROVIDER_RATE_LIMIT",
        "LLM_PROVIDER_TIMEOUT",
        "LLM_PROVIDER_API_ERROR",
        "LLM_RATE_LIMIT",
        "LLM_TIMEOUT",
        "LLM_API_ERROR",
        "LLM_QUEUE_FULL",
        "LLM_INTERNAL_ERROR",
        "LLM_PARSING_ERROR",
        "LLM_INVALID_RESPONSE",
        "AUTHENTICATION_ERROR",
        "ett fel som ingen har sett förut",
    ];
    let (batch, asked_rows) = asked(&store, "batch", codes.len() as u32 + 1).await;
    let long = "å".repeat(100);
    let codes = codes.into_iter().chain([long.as_str()]);
    let rows = asked_rows.iter().zip(codes).map(|(row, code)| DecisionRecord {
        verdict: None,
        error_code: Some(fixture::error_code(code)),
        ..decision(row, 0)
    });
    let rows: Vec<_> = rows.collect();
    record(&store, &rows).await;
    assert_eq!(decisions(&store, batch).await, sorted(rows));
}

/// An answer that is there already is a conflict, and nothing of the slice is written.
pub async fn refuses_to_record_an_answer_twice(store: Arc<dyn Store>) {
    let (batch, asked_rows) = asked(&store, "batch", 2).await;
    let first = decision(&asked_rows[0], 0);
    record(&store, std::slice::from_ref(&first)).await;
    let fresh = decision(&asked_rows[1], 0);
    for slice in [[fresh.clone(), first.clone()], [fresh.clone(), fresh.clone()]] {
        let mut unit = begin(&store).await;
        refused(unit.record(&slice).await, ErrorKind::Conflict);
        drop(unit);
    }
    assert_eq!(decisions(&store, batch).await, [first]);
}

/// Cells start at zero and add up, within a unit and over units, for each ordered pair of each batch.
pub async fn cells_add_up(store: Arc<dyn Store>) {
    let (batch, rows) = asked(&store, "batch", 3).await;
    let (other, _) = asked(&store, "other", 1).await;
    let (first, second, third) = (cell(&rows[0]), cell(&rows[1]), cell(&rows[2]));
    let swapped = MatrixKey { essay_a: first.essay_b.clone(), essay_b: first.essay_a.clone(), ..first.clone() };
    let elsewhere = MatrixKey { batch_id: other, ..first.clone() };
    tally(&store, &[(&first, &counts(1, 0, 0, 0)), (&second, &counts(0, 0, 1, 0))]).await;
    let mut unit = begin(&store).await;
    unit.tally(&[(&first, &counts(0, 2, 0, 3)), (&swapped, &counts(5, 0, 0, 0))]).await.expect("cells are added to");
    unit.tally(&[(&first, &counts(7, 0, 0, 0)), (&elsewhere, &counts(0, 0, 0, 9))]).await.expect("cells are added to");
    commit(unit).await;
    tally(&store, &[(&third, &counts(0, 0, 0, 0))]).await;
    let mut expected = vec![(first, counts(8, 2, 0, 3)), (swapped, counts(5, 0, 0, 0)), (second, counts(0, 0, 1, 0))];
    expected.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(matrix(&store, batch).await, expected);
    assert_eq!(matrix(&store, other).await, [(elsewhere, counts(0, 0, 0, 9))]);
    assert_eq!(matrix(&store, fixture::batch_id("unknown")).await, []);
}

/// Costs and tokens of all answers are summed, those of failures and late ones too.
pub async fn totals_sum_every_answer(store: Arc<dyn Store>) {
    let (batch, rows) = asked(&store, "batch", 5).await;
    let (other, other_rows) = asked(&store, "other", 1).await;
    assert_eq!(totals(&store, batch).await, EvidenceTotals::default());
    let mut answers: Vec<_> = rows.iter().map(|row| decision(row, 0)).collect();
    for (answer, cost) in answers.iter_mut().zip([Some(0.5), Some(0.25), None, Some(0.125), Some(2.0)]) {
        answer.evidence.cost = cost;
        answer.evidence.prompt_tokens = Some(u32::MAX);
        answer.evidence.completion_tokens = Some(10);
    }
    answers[1].role = DecisionRole::Late;
    answers[2].evidence.prompt_tokens = None;
    answers[2].evidence.completion_tokens = None;
    answers[3].verdict = None;
    record(&store, &answers).await;
    record(&store, &[decision(&other_rows[0], 0)]).await;
    let found = totals(&store, batch).await;
    assert_eq!(found.cost, Some(2.875));
    assert_eq!(found.prompt_tokens, u64::from(u32::MAX) * 4);
    assert_eq!(found.completion_tokens, 40);
    assert_eq!((found.counted, found.failed, found.late, found.conflicts), (3, 1, 1, 0));
    assert_eq!(totals(&store, other).await.cost, Some(0.25));
}

/// A cost that no answer said is none, and one of nothing is nothing.
pub async fn an_unsaid_cost_is_none(store: Arc<dyn Store>) {
    let (batch, rows) = asked(&store, "batch", 3).await;
    let answer = |place: usize, cost| {
        let mut answer = decision(&rows[place], 0);
        answer.evidence = Evidence { cost, ..Evidence::default() };
        answer
    };
    record(&store, &[answer(0, None), answer(1, None)]).await;
    assert_eq!(totals(&store, batch).await, EvidenceTotals { counted: 2, ..EvidenceTotals::default() });
    record(&store, &[answer(2, Some(0.0))]).await;
    assert_eq!(
        totals(&store, batch).await,
        EvidenceTotals { cost: Some(0.0), counted: 3, ..EvidenceTotals::default() }
    );
}

/// The judge of most verdicts is named; among equals the first by name; failures do not count.
pub async fn names_the_judge_of_most_verdicts(store: Arc<dyn Store>) {
    let (batch, rows) = asked(&store, "batch", 12).await;
    let answer = |place: usize, provider: Option<&str>, model: Option<&str>, verdict| {
        let mut answer = DecisionRecord { verdict, ..decision(&rows[place], 0) };
        answer.evidence.provider = provider.map(str::to_owned);
        answer.evidence.model = model.map(str::to_owned);
        answer
    };
    let verdict = Some(Winner::A);
    record(
        &store,
        &[
            answer(0, Some("b"), Some("x"), verdict),
            answer(1, Some("b"), Some("x"), verdict),
            answer(2, Some("a"), Some("y"), verdict),
            answer(3, Some("a"), Some("x"), verdict),
            answer(4, None, Some("z"), verdict),
            answer(5, None, Some("z"), verdict),
            answer(6, None, Some("z"), verdict),
            answer(7, Some("a"), Some("y"), None),
            answer(8, Some("a"), Some("y"), None),
        ],
    )
    .await;
    let judge = |provider: &str, model: &str| Some((provider.to_owned(), model.to_owned()));
    assert_eq!(totals(&store, batch).await.judge, judge("b", "x"));
    record(&store, &[answer(9, Some("a"), Some("y"), verdict)]).await;
    assert_eq!(totals(&store, batch).await.judge, judge("a", "y"));
    record(&store, &[answer(10, Some("a"), Some("x"), verdict)]).await;
    assert_eq!(totals(&store, batch).await.judge, judge("a", "x"));
    record(&store, &[answer(11, Some("b"), Some("x"), verdict)]).await;
    assert_eq!(totals(&store, batch).await.judge, judge("b", "x"));
}

/// Empty slices are accepted and change nothing.
pub async fn empty_slices_of_answers_do_nothing(store: Arc<dyn Store>) {
    let (batch, _) = asked(&store, "batch", 1).await;
    record(&store, &[]).await;
    tally(&store, &[]).await;
    assert_eq!(decisions(&store, batch).await, []);
    assert_eq!(matrix(&store, batch).await, []);
}

/// Two thousand answers are recorded in one call.
pub async fn records_two_thousand_answers_at_once(store: Arc<dyn Store>) {
    let (batch, rows) = asked(&store, "batch", 2_000).await;
    let answers = rows.iter().map(|row| {
        let mut answer = decision(row, 0);
        answer.evidence.cost = Some(f64::from(row.ordinal) / 1024.0);
        answer.evidence.confidence = Some(fixture::score(row.ordinal));
        answer
    });
    let answers: Vec<_> = answers.collect();
    let mut unit = begin(&store).await;
    unit.record(&answers).await.expect("answers are recorded");
    commit(unit).await;
    assert_eq!(decisions(&store, batch).await, sorted(answers));
    assert_eq!(totals(&store, batch).await.cost, Some(f64::from(1_999 * 1_000) / 1024.0));
}

/// Cells of two thousand ordered pairs are added to in one call.
pub async fn adds_to_two_thousand_cells_at_once(store: Arc<dyn Store>) {
    let batch = fixture::batch("batch");
    put_batches(&store, std::slice::from_ref(&batch)).await;
    put_essays(&store, &(0..46).map(|ordinal| fixture::essay(batch.id(), ordinal)).collect::<Vec<_>>()).await;
    let pairs = (0..46).flat_map(|a| (0..46).filter(move |b| a != *b).map(move |b| (a, b))).take(2_000);
    let expected: Vec<_> = pairs
        .map(|(a, b)| {
            let key = MatrixKey { batch_id: batch.id(), essay_a: fixture::essay_id(a), essay_b: fixture::essay_id(b) };
            (key, counts(a, b, 1, 0))
        })
        .collect();
    let cells: Vec<_> = expected.iter().map(|(key, cell)| (key, cell)).collect();
    tally(&store, &cells).await;
    assert_eq!(matrix(&store, batch.id()).await, expected);
    tally(&store, &cells).await;
    let doubled = expected.iter().map(|(key, cell)| (key.clone(), counts(cell.wins_a * 2, cell.wins_b * 2, 2, 0)));
    assert_eq!(matrix(&store, batch.id()).await, doubled.collect::<Vec<_>>());
}
