//! What a slice of answers changes, in one statement.

use std::ops::DerefMut;
use std::sync::LazyLock;

use async_trait::async_trait;
use cj_core::store::{AnswerRepository, Answered, StoreError};
use sqlx::PgConnection;

use crate::row::Columns;
use crate::slice::Slice;
use crate::{PgUnit, batch, comparison, decision};

#[async_trait]
impl<C: DerefMut<Target = PgConnection> + Send> AnswerRepository for PgUnit<C> {
    /// One turn: at few answers a unit, going to the server and back is what costs.
    async fn answer(&mut self, answered: &Answered<'_>) -> Result<(), StoreError> {
        if answered.is_empty() {
            return Ok(());
        }
        let Answered { batches, comparisons, decisions, cells } = *answered;
        let slice = batch::put_update(Slice::of(ANSWER.as_str(), batches));
        let slice = comparison::put_update(slice.then(comparisons));
        let slice = decision::put_counts(decision::put_rows(slice.then(decisions)).then(cells));
        let met = self.fetch(OPERATION, slice.query(), |row| Columns::new(row, OPERATION, "cj_batches", 0).bits());
        let met = met.await?.into_iter().sum();
        self.require_all(OPERATION, batches.len() + comparisons.len(), met)
    }
}

const OPERATION: &str = "answer.answer";

/// The statements of the calls one by one, with their parameters numbered on. Every answer and cell is written or the statement
/// fails; how many batches and comparisons were as expected is counted.
pub(crate) static ANSWER: LazyLock<String> = LazyLock::new(|| {
    let mut taken = 0;
    let [batches, comparisons, decisions, cells] =
        [batch::UPDATE, comparison::UPDATE, decision::RECORD, decision::TALLY].map(|sql| {
            let sql = renumbered(sql, taken);
            taken += sql.1;
            sql.0
        });
    format!(
        "WITH batches AS ({batches} RETURNING 1), comparisons AS ({comparisons} RETURNING 1), decisions AS ({decisions}),
        cells AS ({cells})
        SELECT (SELECT count(*) FROM batches) + (SELECT count(*) FROM comparisons)"
    )
});

/// A statement whose first parameter has the number after `taken`, and how many parameters it has.
fn renumbered(sql: &str, taken: usize) -> (String, usize) {
    let mut parts = sql.split('$');
    let mut whole = parts.next().unwrap_or_default().to_owned();
    let mut most = 0;
    for part in parts {
        let digits = part.len() - part.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let number: usize = part[..digits].parse().unwrap_or_default();
        most = most.max(number);
        whole.extend(["$", &(number + taken).to_string(), &part[digits..]]);
    }
    (whole, most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_numbered_on() {
        assert_eq!(
            renumbered("a = $1::text AND b = $12 OR c = $1", 30),
            ("a = $31::text AND b = $42 OR c = $31".to_owned(), 12)
        );
        assert_eq!(renumbered("no parameter", 30), ("no parameter".to_owned(), 0));
    }

    #[test]
    fn every_parameter_of_the_whole_is_there_once_or_more() {
        let (_, most) = renumbered(&ANSWER, 0);
        assert_eq!(most, 31 + 7 + 18 + 7);
        assert!((1..=most).all(|number| ANSWER.contains(&format!("${number}::"))));
    }
}
