//! The port that writes what answers change in one call.

use std::sync::Arc;

use cj_core::change::{BatchUpdate, ComparisonRecord, ComparisonState, DecisionRecord, MatrixCell, MatrixKey, Winner};
use cj_core::id::BatchId;
use cj_core::store::{Answered, BatchQuery, ComparisonQuery, ComparisonRepository, ErrorKind, Store};

use super::support::{begin, commit, put_comparisons, refused, seeded, view};
use crate::fixture::{self, cell, decision};

/// What some answers change.
struct Rows {
    batches: Vec<BatchUpdate>,
    comparisons: Vec<ComparisonRecord>,
    decisions: Vec<DecisionRecord>,
    cells: Vec<(MatrixKey, MatrixCell)>,
}

impl Rows {
    /// Two batches with four comparisons each, and an answer to three of them.
    async fn seeded(store: &Arc<dyn Store>) -> Self {
        let mut rows = Self { batches: Vec::new(), comparisons: Vec::new(), decisions: Vec::new(), cells: Vec::new() };
        for name in ["one", "other"] {
            let batch = seeded(store, name).await;
            let asked: Vec<_> = (0..4).map(|ordinal| fixture::comparison(batch.id(), 1, ordinal, 1)).collect();
            put_comparisons(store, &asked).await;
            rows.batches.push(fixture::next(&batch));
            for mut comparison in asked.into_iter().take(3) {
                comparison.state = ComparisonState::Decided;
                comparison.verdict = Some(Winner::A);
                comparison.decisions = 1;
                rows.decisions.push(decision(&comparison, 0));
                rows.cells.push((cell(&comparison), MatrixCell { wins_a: 1, ..MatrixCell::default() }));
                rows.comparisons.push(comparison);
            }
        }
        rows.cells.sort_by(|one, other| one.0.cmp(&other.0));
        rows
    }

    /// Writes them in one call, and commits where that was not refused.
    async fn write(&self, store: &Arc<dyn Store>) -> Result<(), cj_core::store::StoreError> {
        let batches: Vec<_> = self.batches.iter().collect();
        let comparisons: Vec<_> = self.comparisons.iter().collect();
        let cells: Vec<_> = self.cells.iter().map(|(key, cell)| (key, cell)).collect();
        let answered =
            Answered { batches: &batches, comparisons: &comparisons, decisions: &self.decisions, cells: &cells };
        let mut unit = begin(store).await;
        unit.answer(&answered).await?;
        commit(unit).await;
        Ok(())
    }
}

/// Everything that is stored of a batch and that answers change.
async fn stored(store: &Arc<dyn Store>, id: BatchId) -> String {
    let mut view = view(store).await;
    let batch = view.find(&BatchQuery::Id(id)).await.expect("batches are found");
    let rows = ComparisonRepository::load(&mut *view, &ComparisonQuery::All(id)).await.expect("comparisons are loaded");
    let decisions = view.decisions(id).await.expect("answers are loaded");
    let matrix = view.matrix(id).await.expect("the matrix is loaded");
    format!("{batch:?} {rows:?} {decisions:?} {matrix:?}")
}

/// Batches, comparisons, answers and cells are all there afterwards; a cell that was there is added to.
pub async fn writes_all_that_answers_change(store: Arc<dyn Store>) {
    let rows = Rows::seeded(&store).await;
    rows.write(&store).await.expect("everything is as expected");
    let mut view = view(&store).await;
    for update in &rows.batches {
        let batch = view.find(&BatchQuery::Id(update.id)).await.expect("batches are found").remove(0);
        assert_eq!(batch.state, update.state);
        let answered = view.decisions(update.id).await.expect("answers are loaded");
        assert_eq!(answered.len(), 3);
        assert!(answered.iter().all(|answer| rows.decisions.contains(answer)));
        let cells = view.matrix(update.id).await.expect("the matrix is loaded");
        assert_eq!(cells, rows.cells.iter().filter(|(key, _)| key.batch_id == update.id).cloned().collect::<Vec<_>>());
        let query = ComparisonQuery::All(update.id);
        let stored = ComparisonRepository::load(&mut *view, &query).await.expect("comparisons are loaded");
        assert_eq!(stored.iter().filter(|row| row.state == ComparisonState::Decided).count(), 3);
    }
    drop(view);
    let again = Rows { batches: Vec::new(), comparisons: Vec::new(), decisions: Vec::new(), cells: rows.cells.clone() };
    again.write(&store).await.expect("cells alone are written");
    let (key, _) = &rows.cells[0];
    let mut view = self::view(&store).await;
    let doubled = view.matrix(key.batch_id).await.expect("the matrix is loaded");
    assert!(doubled.iter().all(|(_, cell)| cell.wins_a == 2), "{doubled:?}");
}

/// A batch whose version moved, a batch or a comparison that is not there, an answer that is there already: `Conflict`, and
/// nothing of the call is there afterwards.
pub async fn writes_nothing_of_answers_that_were_overtaken(store: Arc<dyn Store>) {
    let good = Rows::seeded(&store).await;
    let ids: Vec<_> = good.batches.iter().map(|update| update.id).collect();
    let before = (stored(&store, ids[0]).await, stored(&store, ids[1]).await);
    let spoil: [fn(&mut Rows); 4] = [
        |rows| rows.batches[1].expected_version += 1,
        |rows| rows.batches[0].id = fixture::batch_id("unknown"),
        |rows| rows.comparisons[2].id = rows.batches[0].id.comparison_id(77, 0, 1),
        |rows| rows.decisions.push(rows.decisions[0].clone()),
    ];
    for spoil in spoil {
        let mut rows = Rows {
            batches: good.batches.clone(),
            comparisons: good.comparisons.clone(),
            decisions: good.decisions.clone(),
            cells: good.cells.clone(),
        };
        spoil(&mut rows);
        refused(rows.write(&store).await, ErrorKind::Conflict);
        assert_eq!((stored(&store, ids[0]).await, stored(&store, ids[1]).await), before);
    }
    good.write(&store).await.expect("everything is as expected");
}
