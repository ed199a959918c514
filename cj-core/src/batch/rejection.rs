//! Why an input is refused.

use crate::change::Phase;
use crate::id::{ComparisonId, EssayId};

/// An input that the batch refuses; its state is untouched.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// A budget that cannot connect the essays.
    #[error("a budget of {budget} cannot connect {essays} essays: at least {least} comparisons are needed")]
    BudgetTooSmall {
        /// The budget asked for.
        budget: u32,
        /// The number of essays.
        essays: u32,
        /// The least that connects them.
        least: u32,
    },
    /// The batch has ended.
    #[error("the batch has ended: {phase}")]
    Ended {
        /// How.
        phase: Phase,
    },
    /// A question about an essay whose text was not at hand.
    #[error("no text at hand for essay {essay_id}")]
    MissingText {
        /// The essay.
        essay_id: EssayId,
    },
    /// Another worker holds the lease.
    #[error("leased to {owner}")]
    Leased {
        /// Who.
        owner: String,
    },
    /// A pair that cannot be asked.
    #[error("pair {ordinal} of the wave is no comparison: {detail}")]
    InvalidPair {
        /// Its place in the plan, from 0.
        ordinal: u32,
        /// What is wrong with it.
        detail: String,
    },
    /// A list of comparisons that the caller gave and that cannot be asked.
    #[error("the given comparisons cannot be asked: {0}")]
    GivenList(String),
    /// What is for batches that have ended only.
    #[error("the batch has not ended: {phase}")]
    NotEnded {
        /// How far it is.
        phase: Phase,
    },
    /// A plan for more questions than the budget has left: retries took them meanwhile.
    #[error("the plan has {found} questions, {left} are left in the budget")]
    OverBudget {
        /// How many are left.
        left: u32,
        /// How many were planned.
        found: u32,
    },
    /// A message that breaks its contract.
    #[error("the event cannot be written: {0}")]
    Contract(String),
    /// Scores that rest on fewer or more verdicts than are counted by now.
    #[error("scores rest on {found} verdicts, {expected} are counted")]
    StaleScores {
        /// How many are counted.
        expected: u32,
        /// How many the scores rest on.
        found: u32,
    },
    /// A wave that was planned for another state.
    #[error("expected a plan of wave {expected}, found one of wave {found}")]
    StalePlan {
        /// The wave to plan.
        expected: u32,
        /// The wave planned.
        found: u32,
    },
    /// A comparison that was not loaded, or is not the batch's.
    #[error("comparison {0} is not known here")]
    UnknownComparison(ComparisonId),
    /// Not an input for this phase.
    #[error("{input} does not fit phase {phase}")]
    WrongPhase {
        /// The input.
        input: &'static str,
        /// The phase.
        phase: Phase,
    },
}
