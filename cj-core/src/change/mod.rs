//! What a batch is, as rows, and what one input does to them: a [`ChangeSet`].
//!
//! Records have public fields on purpose: a store must fail to compile when one is added.

mod batch;
mod change_set;
mod code;
mod comparison;
mod counters;
mod dead_letter;
mod decision;
mod essay;
mod matrix;
mod occurrence;
mod outbox;
mod phase;
mod request;
mod result;
mod scores;
mod totals;
mod verdict;
mod wave;

pub use batch::{BatchHeader, BatchRecord, BatchState, BatchUpdate, Lease};
pub use change_set::ChangeSet;
pub use comparison::{ComparisonRecord, ComparisonState, QuestionKey};
pub use counters::{Counters, WaveProgress};
pub use dead_letter::{DeadLetter, LetterKey};
pub use decision::{DecisionRecord, DecisionRole};
pub use essay::{EssayContent, EssayKind, EssayRecord, EssayStatus};
pub use matrix::{MatrixCell, MatrixKey};
pub use occurrence::{AttemptStep, Occurrence};
pub use outbox::{MessageKind, MessageState, OutboxEntry, OutboxMessage};
pub use phase::{CompletionReason, FailureReason, Phase, ScoringCause, UnknownCode, WaitingFor};
pub use request::{GivenPair, RequestSnapshot};
pub use result::{BatchResult, EssayResult};
pub use scores::{EssayScore, FitSummary, HonestReliability, ScoreSheet, SeparationSummary};
pub use totals::EvidenceTotals;
pub use verdict::{Evidence, Outcome, Verdict, Winner};
pub use wave::WaveRecord;
