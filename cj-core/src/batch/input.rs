//! What can happen to a batch.

use crate::change::{EssayRecord, EvidenceTotals, ScoreSheet, Verdict, WaveRecord};
use crate::config::Strategy;
use crate::event::ErrorCode;
use crate::id::{ComparisonId, EssayId, JudgeId};

/// What can happen to a stored batch. (That it is requested is [`super::Batch::request`].)
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "an input that nobody can make is none")]
pub enum Input {
    /// A judge has the question.
    Asked {
        /// Which.
        comparison_id: ComparisonId,
    },
    /// The question could not be put to a judge.
    AskFailed {
        /// Which.
        comparison_id: ComparisonId,
        /// Why.
        code: ErrorCode,
        /// How long the provider wants to be left alone, in seconds.
        retry_after_s: Option<u32>,
    },
    /// Its owner wants it to end.
    CancelRequested,
    /// The texts were fetched: the essays of the request, each `Ready` or `Missing`.
    ContentReady {
        /// All of them.
        essays: Vec<EssayRecord>,
    },
    /// Something is due.
    DeadlinePassed,
    /// A scale was fitted.
    Scored(Box<Scored>),
    /// A judge answered.
    VerdictReceived(Verdict),
    /// Pairs were chosen; none when no admissible pair is left.
    WavePlanned(WavePlan),
    /// A worker begins on what a work phase needs.
    WorkClaimed,
}

impl Input {
    /// Its name, for messages.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Asked { .. } => "Asked",
            Self::AskFailed { .. } => "AskFailed",
            Self::CancelRequested => "CancelRequested",
            Self::ContentReady { .. } => "ContentReady",
            Self::DeadlinePassed => "DeadlinePassed",
            Self::Scored(_) => "Scored",
            Self::VerdictReceived(_) => "VerdictReceived",
            Self::WavePlanned(_) => "WavePlanned",
            Self::WorkClaimed => "WorkClaimed",
        }
    }
}

/// Pairs chosen for the next wave.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "callers construct it")]
pub struct WavePlan {
    /// Its number: that of the last wave plus one.
    pub wave: u32,
    /// What chose them.
    pub strategy: Strategy,
    /// The seed they were chosen with.
    pub seed: u64,
    /// The pairs, in the order they are asked.
    pub pairs: Vec<PlannedPair>,
}

/// One pair to ask.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "callers construct it")]
pub struct PlannedPair {
    /// The essay shown first.
    pub essay_a: EssayId,
    /// The essay shown second.
    pub essay_b: EssayId,
    /// Who is asked, where pairs are dealt to judges.
    pub judge_id: Option<JudgeId>,
}

/// A fitted scale, with what an ending needs to know.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "callers construct it")]
pub struct Scored {
    /// The scale.
    pub sheet: ScoreSheet,
    /// The wave that was planned last, as stored.
    pub wave: WaveRecord,
    /// Every essay of the batch, in the order of the request, without texts.
    pub essays: Vec<EssayRecord>,
    /// What the answers cost so far.
    pub totals: EvidenceTotals,
}
