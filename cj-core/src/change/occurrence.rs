//! What happened, for whoever counts or watches.

use chrono::TimeDelta;

use super::{DecisionRole, Phase, Winner};
use crate::event::ErrorCode;
use crate::id::BatchId;

/// Something that happened to a batch, to a question, or to a message that came in.
///
/// It is no row, and nothing is decided by it: a [`super::ChangeSet`] carries what its inputs made happen, and it has happened once
/// the change is committed. Counted over all committed changes, occurrences equal what the rows say.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Occurrence {
    /// An answer was stored.
    Answer {
        /// The batch.
        batch_id: BatchId,
        /// What became of it.
        role: DecisionRole,
        /// The verdict, or none where the judge failed.
        verdict: Option<Winner>,
        /// How long after the judge had the question; nothing for one that nobody said was asked.
        waited: Option<TimeDelta>,
    },
    /// An attempt of a question went on.
    Attempt {
        /// The batch.
        batch_id: BatchId,
        /// Which try it is, from 1.
        number: u32,
        /// How far it is now.
        step: AttemptStep,
        /// What went wrong with it.
        error_code: Option<ErrorCode>,
    },
    /// A message could not be used, and is kept.
    DeadLetter {
        /// Who could not use it.
        consumer: String,
        /// Why: `unknown_comparison` for an answer to a question that nobody asked.
        reason: String,
    },
    /// Another worker was faster: a unit of work is run again from its start. Nothing of the first run was written.
    Overtaken,
    /// Answers came that had had their effect before.
    Repeated {
        /// How many.
        answers: u32,
    },
    /// A batch went from one phase to another.
    Transition {
        /// The batch.
        batch_id: BatchId,
        /// Where it was; none when it was requested.
        from: Option<Phase>,
        /// Where it is now. From [`Phase::Scoring`] to pairing, waiting or completion is what was decided after the scoring.
        to: Phase,
        /// How long it was in `from`.
        after: TimeDelta,
    },
}

/// How far an attempt of a question is.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[expect(clippy::exhaustive_enums, reason = "whoever counts attempts must decide about every step")]
pub enum AttemptStep {
    /// It is to be asked.
    Planned,
    /// A judge has it, or has answered at once.
    Asked,
    /// It is answered, and counts.
    Decided,
    /// The judge failed.
    Failed,
    /// No judge took it.
    Refused,
    /// No answer came in time.
    Expired,
    /// Another attempt was decided before it was asked.
    Withdrawn,
}

impl AttemptStep {
    /// Every step.
    pub const ALL: &[Self] =
        &[Self::Planned, Self::Asked, Self::Decided, Self::Failed, Self::Refused, Self::Expired, Self::Withdrawn];

    /// The code that is shown.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Asked => "asked",
            Self::Decided => "decided",
            Self::Failed => "failed",
            Self::Refused => "refused",
            Self::Expired => "expired",
            Self::Withdrawn => "withdrawn",
        }
    }
}
