//! Where a batch is in its life.

use std::fmt;

/// Where a batch is in its life. Terminal phases absorb: nothing leaves them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "whoever shows or stores a phase must decide about every one")]
pub enum Phase {
    /// Texts are being fetched.
    Preparing,
    /// The next wave is being planned.
    Pairing,
    /// Answers are due.
    Waiting(WaitingFor),
    /// A scale is being fitted.
    Scoring(ScoringCause),
    /// Ended with a result.
    Completed(CompletionReason),
    /// Ended without one.
    Failed(FailureReason),
    /// Ended by its owner.
    Cancelled,
}

/// A stored code that this version does not know.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("unknown {what}: {found:?}")]
#[non_exhaustive]
pub struct UnknownCode {
    /// What was being read.
    pub what: &'static str,
    /// The code found.
    pub found: String,
}

impl UnknownCode {
    /// Names what was read and what was found.
    pub fn new(what: &'static str, found: impl fmt::Display) -> Self {
        Self { what, found: found.to_string() }
    }
}

macro_rules! codes {
    ($(#[$doc:meta])* $name:ident, $what:literal, { $($(#[$vdoc:meta])* $variant:ident = $code:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
        #[expect(clippy::exhaustive_enums, reason = "whoever shows or stores a reason must decide about every one")]
        pub enum $name {
            $($(#[$vdoc])* $variant,)*
        }

        impl $name {
            /// Every value.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The code that is stored, shown and published.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// Reads a stored code.
            ///
            /// # Errors
            /// A code that this version does not know.
            pub fn parse(code: &str) -> Result<Self, UnknownCode> {
                match code { $($code => Ok(Self::$variant),)* _ => Err(UnknownCode::new($what, code)) }
            }
        }
    };
}

codes! {
    /// What a waiting batch waits for.
    WaitingFor, "reason for waiting", {
        /// The wave that was planned last.
        Wave = "wave",
        /// Answers still due after the last scoring: nothing more will be planned.
        Stragglers = "stragglers",
    }
}

codes! {
    /// Why a batch is being scored.
    ScoringCause, "cause of scoring", {
        /// The wave is settled.
        WaveSettled = "wave_settled",
        /// No admissible pair was left to plan.
        NoPairLeft = "no_pair_left",
        /// The batch was idle for too long, with enough decided to end it.
        Forced = "forced",
    }
}

codes! {
    /// Why a batch completed: the true reason, stored, shown and published.
    CompletionReason, "reason of completion", {
        /// The budget is spent.
        BudgetExhausted = "budget_exhausted",
        /// Idle for too long, with enough decided.
        ForcedRecovery = "forced_recovery",
        /// Only one essay could be compared.
        InsufficientEssays = "insufficient_essays",
        /// The judges do not agree on anything.
        NoSignal = "no_signal",
        /// No admissible pair is left.
        PairsExhausted = "pairs_exhausted",
        /// Scores moved less than the threshold that was asked for.
        Stable = "stable",
        /// The lower bound of the honest reliability reached its target.
        TargetReliability = "target_reliability",
    }
}

codes! {
    /// Why a batch failed.
    FailureReason, "reason of failure", {
        /// Two essays of the request have one id.
        DuplicateEssayIds = "duplicate_essay_ids",
        /// Too many questions failed in the end.
        LowSuccessRate = "low_success_rate",
        /// No student among the essays.
        NoStudents = "no_students",
        /// No essay has a text.
        NoUsableText = "no_usable_text",
        /// Idle for too long, with too little decided.
        StuckTimeout = "stuck_timeout",
    }
}

impl Phase {
    /// The stored and shown name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Preparing => "INITIALIZING",
            Self::Pairing => "GENERATING_PAIRS",
            Self::Waiting(_) => "WAITING_CALLBACKS",
            Self::Scoring(_) => "SCORING",
            Self::Completed(_) => "COMPLETED",
            Self::Failed(_) => "FAILED",
            Self::Cancelled => "CANCELLED",
        }
    }

    /// The stored reason inside the phase, where it has one.
    pub const fn reason(self) -> Option<&'static str> {
        match self {
            Self::Preparing | Self::Pairing | Self::Cancelled => None,
            Self::Waiting(what) => Some(what.code()),
            Self::Scoring(cause) => Some(cause.code()),
            Self::Completed(reason) => Some(reason.code()),
            Self::Failed(reason) => Some(reason.code()),
        }
    }

    /// Reads what [`Phase::name`] and [`Phase::reason`] wrote.
    ///
    /// # Errors
    /// A name or reason that this version does not know.
    pub fn parse(name: &str, reason: Option<&str>) -> Result<Self, UnknownCode> {
        let reason = reason.unwrap_or_default();
        Ok(match name {
            "INITIALIZING" => Self::Preparing,
            "GENERATING_PAIRS" => Self::Pairing,
            "WAITING_CALLBACKS" => Self::Waiting(WaitingFor::parse(reason)?),
            "SCORING" => Self::Scoring(ScoringCause::parse(reason)?),
            "COMPLETED" => Self::Completed(CompletionReason::parse(reason)?),
            "FAILED" => Self::Failed(FailureReason::parse(reason)?),
            "CANCELLED" => Self::Cancelled,
            _ => return Err(UnknownCode::new("phase", name)),
        })
    }

    /// Whether the batch has ended.
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Completed(_) | Self::Failed(_) | Self::Cancelled)
    }

    /// Whether a worker, not a judge, has the next move.
    pub const fn is_work(self) -> bool {
        matches!(self, Self::Preparing | Self::Pairing | Self::Scoring(_))
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phase_is_read_as_it_was_written() {
        let mut phases = vec![Phase::Preparing, Phase::Pairing, Phase::Cancelled];
        phases.extend(WaitingFor::ALL.iter().copied().map(Phase::Waiting));
        phases.extend(ScoringCause::ALL.iter().copied().map(Phase::Scoring));
        phases.extend(CompletionReason::ALL.iter().copied().map(Phase::Completed));
        phases.extend(FailureReason::ALL.iter().copied().map(Phase::Failed));
        for phase in phases {
            assert_eq!(Phase::parse(phase.name(), phase.reason()), Ok(phase));
        }
        assert!(Phase::parse("COMPLETED", Some("bored")).is_err());
        assert!(Phase::parse("DONE", None).is_err());
    }
}
