//! The one order of writes, for owned and for lent transactions alike.

use super::{Answered, Repositories, StoreError};
use crate::change::ChangeSet;

/// Writes a change through the repositories of one unit of work: about one statement per kind of row.
///
/// Batches come first, so that a version that was overtaken is found before anything else is written.
///
/// # Errors
/// Those of the store; the unit is then to be dropped.
pub async fn apply(repos: &mut dyn Repositories, change: &ChangeSet) -> Result<(), StoreError> {
    macro_rules! rows {
        ($rows:ident => $trait:ident :: $method:ident) => {
            let rows: Vec<_> = change.$rows().collect();
            if !rows.is_empty() {
                super::$trait::$method(repos, &rows).await?;
            }
        };
        (slice $rows:ident => $trait:ident :: $method:ident) => {
            if !change.$rows().is_empty() {
                super::$trait::$method(repos, change.$rows()).await?;
            }
        };
    }
    rows!(inserted_batches => BatchRepository::insert);
    let batches: Vec<_> = change.updated_batches().collect();
    let comparisons: Vec<_> = change.updated_comparisons().collect();
    let cells: Vec<_> = change.matrix().collect();
    let answered =
        Answered { batches: &batches, comparisons: &comparisons, decisions: change.decisions(), cells: &cells };
    if !answered.is_empty() {
        repos.answer(&answered).await?;
    }
    rows!(inserted_essays => EssayRepository::insert);
    rows!(updated_essays => EssayRepository::update);
    rows!(waves => WaveRepository::put);
    rows!(inserted_comparisons => ComparisonRepository::insert);
    let withdrawn: Vec<_> = change.withdrawn().copied().collect();
    let closed: Vec<_> = change.closed().copied().collect();
    if !closed.is_empty() {
        super::ComparisonRepository::cancel_open(repos, &closed).await?;
    }
    if !withdrawn.is_empty() || !closed.is_empty() {
        super::Outbox::withdraw(repos, &withdrawn, &closed).await?;
    }
    rows!(slice results => ResultRepository::put);
    rows!(slice outbox => Outbox::append);
    rows!(slice dead_letters => DeadLetters::keep);
    Ok(())
}
