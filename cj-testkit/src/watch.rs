//! Somebody who counts what happens, and what the rows say must have been counted.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use cj_core::change::{
    AttemptStep, BatchRecord, ComparisonRecord, ComparisonState, DeadLetter, DecisionRecord, Occurrence, Phase,
};
use cj_core::port::Observer;

/// Counts by what was counted.
pub(crate) type Counts = BTreeMap<String, u64>;

/// Counts what happens.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    counts: Mutex<Counts>,
}

impl Watch {
    /// What was counted so far: what rows can confirm.
    pub(crate) fn counts(&self) -> Counts {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.iter().filter(|(what, _)| !what.starts_with(UNCONFIRMED)).map(|(what, n)| (what.clone(), *n)).collect()
    }

    /// How often something happened that leaves no row.
    pub(crate) fn unconfirmed(&self, what: &str) -> u64 {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.get(&format!("{UNCONFIRMED}{what}")).copied().unwrap_or(0)
    }
}

impl Observer for Watch {
    fn observe(&self, occurrences: &[Occurrence]) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let mut add = |what: String, n: u64| *counts.entry(what).or_default() += n;
        for occurrence in occurrences {
            match occurrence {
                Occurrence::Answer { role, verdict, .. } => add(answer(role.code(), verdict.is_some()), 1),
                Occurrence::Attempt { step: AttemptStep::Withdrawn, .. } => add(format!("{UNCONFIRMED}withdrawn"), 1),
                Occurrence::Attempt { step, error_code, .. } => {
                    add(attempt(step.code(), error_code.as_ref().map_or("", |code| code.as_str())), 1);
                }
                Occurrence::DeadLetter { reason, .. } => add(format!("dead letter {reason}"), 1),
                Occurrence::Overtaken => add(format!("{UNCONFIRMED}overtaken"), 1),
                Occurrence::Repeated { answers } => add(format!("{UNCONFIRMED}repeated"), u64::from(*answers)),
                Occurrence::Transition { from, to, after, .. } => {
                    if from.is_none() {
                        add("requested".to_owned(), 1);
                    }
                    if let Some(from @ Phase::Scoring(_)) = from {
                        add(format!("{UNCONFIRMED}{} to {}", from.name(), to.name()), 1);
                    }
                    if to.is_terminal() {
                        add(ended(*to), 1);
                    }
                    add("microseconds".to_owned(), after.num_microseconds().unwrap_or(0).cast_unsigned());
                }
                other => panic!("{other:?} is not counted"),
            }
        }
    }
}

/// What must have been counted of a batch that has ended, by its rows.
pub(crate) fn stored(record: &BatchRecord, comparisons: &[ComparisonRecord], decisions: &[DecisionRecord]) -> Counts {
    let mut counts = Counts::new();
    let mut add = |what: String, n: u64| *counts.entry(what).or_default() += n;
    add("requested".to_owned(), 1);
    add(ended(record.state.phase), 1);
    let lived = record.state.completed_at.map(|ended| ended - record.header.created_at);
    add("microseconds".to_owned(), lived.and_then(|lived| lived.num_microseconds()).unwrap_or(0).cast_unsigned());
    for row in comparisons {
        add(attempt("planned", ""), 1);
        if row.asked_at.is_some() {
            add(attempt("asked", ""), 1);
        }
        if row.state == ComparisonState::Decided {
            add(attempt("decided", ""), 1);
        }
        if let Some(code) = &row.error_code {
            let step = match row.state {
                ComparisonState::Failed if row.asked_at.is_some() => "failed",
                ComparisonState::Failed => "refused",
                // It expired, even where an answer came later and counts.
                _ => "expired",
            };
            add(attempt(step, code.as_str()), 1);
        }
    }
    for row in decisions {
        add(answer(row.role.code(), row.verdict.is_some()), 1);
    }
    counts
}

/// What must have been counted of messages that could not be used.
pub(crate) fn stored_letters(letters: &[DeadLetter]) -> Counts {
    let mut counts = Counts::new();
    for letter in letters {
        *counts.entry(format!("dead letter {}", letter.reason)).or_default() += 1;
    }
    counts
}

fn answer(role: &str, is_verdict: bool) -> String {
    format!("answer {role} {}", if is_verdict { "verdict" } else { "failure" })
}

fn attempt(step: &str, code: &str) -> String {
    format!("attempt {step} {code}")
}

fn ended(phase: Phase) -> String {
    format!("ended {} {}", phase.name(), phase.reason().unwrap_or_default())
}

const UNCONFIRMED: &str = "? ";
