//! Read models: what people and programs ask about a batch, put together from its rows.
//!
//! | model | answers | reads |
//! |---|---|---|
//! | [`BatchProgress`] | how far is it? | the batch's row |
//! | [`BatchSummary`] | what came of it, and can it be trusted? | that, essays without texts, sums over answers, the last scale |
//! | [`BatchDetails`] | everything: each essay, question, answer, pair and wave | every row of the batch, without texts |
//!
//! Each is read through one view, so that it shows one committed state; [`crate::service::Service`] has a query for each, and
//! whoever holds a view of their own calls `read` on the model. Models are assembled from rows alone: what was erased is absent,
//! and nothing is estimated anew.
//!
//! They serialise with the names of their fields. Times are RFC 3339 in UTC; scores, errors and changes are logits; money is US
//! dollars; what is absent is `null`. A field keeps its name and meaning; new ones may be added.

mod answer;
mod comparison;
mod details;
mod essay;
mod failure_pool;
mod progress;
mod rows;
mod scale;
mod summary;
mod wave;

pub use answer::{AnswerCounts, AnswerDetails};
pub use comparison::{ComparisonDetails, PairDetails};
pub use details::{BatchDetails, CodeCount};
pub use essay::{EssayCounts, EssayDetails, EssayFigures};
pub use failure_pool::FailurePool;
pub use progress::{AttemptCounts, BatchProgress, BudgetUse, QuestionCounts, WaveCounts};
pub use rows::{BatchRows, WaveOutcome};
pub use scale::ScaleSummary;
pub use summary::{BatchSummary, Erased, JudgeName, Spending};
pub use wave::{WaveDetails, WaveScore};
