//! What a slice of answers changes, in one turn.

use std::ops::DerefMut;
use std::sync::LazyLock;

use async_trait::async_trait;
use cj_core::store::{AnswerRepository, Answered, StoreError};
use sqlx::SqliteConnection;

use crate::{SqliteUnit, batch, comparison, decision};

#[async_trait]
impl<C: DerefMut<Target = SqliteConnection> + Send> AnswerRepository for SqliteUnit<C> {
    /// One turn: the driver runs statements on a thread of its own, and going there and back costs more than most of them.
    async fn answer(&mut self, answered: &Answered<'_>) -> Result<(), StoreError> {
        if answered.is_empty() {
            return Ok(());
        }
        let Answered { batches, comparisons, decisions, cells } = answered;
        let query = sqlx::query(ANSWER.as_str()).bind(batch::states(batches)).bind(comparison::states(comparisons));
        let query = query.bind(decision::rows(decisions)).bind(decision::counts(cells));
        // Every answer and cell is written or the statement fails; a batch or a comparison that is not as expected is missed.
        let expected = batches.len() + comparisons.len() + decisions.len() + cells.len();
        let met = self.execute_whole(OPERATION, query).await?;
        self.require_all(OPERATION, expected, met)
    }
}

const OPERATION: &str = "answer.answer";

/// The statements one by one, each with the parameter of its place. Such a name is numbered when it is met, unlike `?3`, which
/// would count for three.
static ANSWER: LazyLock<String> = LazyLock::new(|| {
    let statements = [batch::UPDATE, comparison::UPDATE, decision::RECORD, decision::TALLY];
    let named = statements.iter().enumerate().map(|(place, sql)| sql.replace("?1", &format!("${}", place + 1)));
    named.collect::<Vec<_>>().join(";")
});
