//! Rows that an input may touch, as they were before it.

use std::collections::BTreeMap;

use super::Input;
use super::machine::Batch;
use crate::change::{ComparisonRecord, Outcome, QuestionKey};
use crate::id::ComparisonId;

/// What is put back when an input is refused after rows were touched, because what it puts out or ends cannot be told.
///
/// An answer touches its own question alone: a slice of a thousand failures must not copy a thousand rows for each.
pub(super) enum Held {
    Nothing,
    Question(QuestionKey, Vec<ComparisonRecord>),
    All(BTreeMap<ComparisonId, ComparisonRecord>, BTreeMap<QuestionKey, Vec<ComparisonId>>),
}

impl Batch {
    /// The rows that an input may touch before it is refused.
    pub(super) fn held(&self, input: &Input) -> Held {
        match input {
            Input::DeadlinePassed | Input::WavePlanned(_) => {
                Held::All(self.comparisons.clone(), self.questions.clone())
            }
            Input::AskFailed { comparison_id, .. } => self.held_of(*comparison_id),
            Input::VerdictReceived(verdict) if matches!(verdict.outcome, Outcome::Failed { .. }) => {
                self.held_of(verdict.comparison_id)
            }
            _ => Held::Nothing,
        }
    }

    fn held_of(&self, id: ComparisonId) -> Held {
        let Some(comparison) = self.comparisons.get(&id) else { return Held::Nothing };
        let question = comparison.question();
        Held::Question(question, self.attempts(question).cloned().collect())
    }

    /// Puts rows back as they were.
    pub(super) fn put_back(&mut self, held: Held) {
        match held {
            Held::Nothing => {}
            Held::Question(question, rows) => {
                for id in self.questions.remove(&question).unwrap_or_default() {
                    self.comparisons.remove(&id);
                }
                for row in rows {
                    self.hold(row);
                }
            }
            Held::All(comparisons, questions) => {
                self.comparisons = comparisons;
                self.questions = questions;
            }
        }
    }
}
