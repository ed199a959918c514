//! What happens to a batch, drawn at random.

use chrono::TimeDelta;
use cj_core::change::{ComparisonRecord, Outcome, Verdict};
use cj_core::config::{Settings, SettingsBuilder};
use cj_core::service::Answer;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::driver::{contradicted, in_message, judged};
use crate::fixture::error_code;

/// A batch and the answers to its first wave.
#[derive(Clone, Debug)]
pub(super) struct Story {
    pub(super) name: String,
    pub(super) essays: u32,
    pub(super) max_attempts: u32,
    pub(super) threshold: u8,
    pub(super) least_success: f64,
    pub(super) answers: Vec<(Index, Saying)>,
    /// How many answers come together.
    pub(super) slices: Vec<usize>,
}

/// What an answer says.
#[derive(Clone, Copy, Debug)]
pub(super) enum Saying {
    Right,
    Wrong,
    FailedForNow,
    FailedForGood,
}

/// One thing that a worker, a judge, an owner or time does.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Advance,
    AdvanceByColleague,
    Answer(Vec<(Index, Saying)>),
    Ask(u32),
    Cancel,
    Pass(TimeDelta),
    Refuse(Index, Saying),
    Wake,
    WakeByColleague,
}

pub(super) fn story() -> impl Strategy<Value = Story> {
    let answers = vec((any::<Index>(), saying()), 0..40);
    let slices = vec(1..9_usize, 40);
    let rate = prop_oneof![Just(0.0), Just(0.5), Just(0.8)];
    (any::<u64>(), 3..7_u32, 1..4_u32, 50..=100_u8, rate, answers, slices).prop_map(
        |(name, essays, max_attempts, threshold, least_success, answers, slices)| Story {
            name: format!("story {name}"),
            essays,
            max_attempts,
            threshold,
            least_success,
            answers,
            slices,
        },
    )
}

fn saying() -> impl Strategy<Value = Saying> {
    prop_oneof![
        6 => Just(Saying::Right),
        3 => Just(Saying::Wrong),
        2 => Just(Saying::FailedForNow),
        1 => Just(Saying::FailedForGood),
    ]
}

pub(super) fn steps() -> impl Strategy<Value = Vec<Step>> {
    let answers = vec((any::<Index>(), saying()), 1..6).prop_map(Step::Answer);
    let refusal = prop_oneof![Just(Saying::FailedForNow), Just(Saying::FailedForGood)];
    let pause = prop_oneof![
        3 => 1..90_i64,
        2 => 300..1_000_i64,
        1 => 14_000..15_000_i64,
    ];
    let step = prop_oneof![
        4 => Just(Step::Advance),
        2 => Just(Step::AdvanceByColleague),
        8 => answers,
        4 => (1..9_u32).prop_map(Step::Ask),
        3 => pause.prop_map(|seconds| Step::Pass(TimeDelta::seconds(seconds))),
        2 => (any::<Index>(), refusal).prop_map(|(index, saying)| Step::Refuse(index, saying)),
        3 => Just(Step::Wake),
        2 => Just(Step::WakeByColleague),
    ];
    let cancel = prop_oneof![9 => Just(None), 1 => Just(Some(Step::Cancel))];
    (vec(step, 5..60), cancel).prop_map(|(mut steps, cancel)| {
        steps.extend(cancel);
        steps
    })
}

impl Story {
    pub(super) fn settings(&self) -> SettingsBuilder {
        Settings::builder()
            .max_attempts(self.max_attempts)
            .completion_threshold_pct(self.threshold)
            .straggler_grace_s(0)
            .min_success_rate(self.least_success)
    }

    /// The answers, each in a message of its own.
    pub(super) fn answers(&self, rows: &[ComparisonRecord]) -> Vec<Answer> {
        let message = |(place, (row, saying)): (usize, &(Index, Saying))| {
            in_message(&format!("{} {place}", self.name), saying.of(row.get(rows)))
        };
        self.answers.iter().enumerate().map(message).collect()
    }
}

impl Saying {
    /// What it says of a comparison.
    pub(super) fn of(self, row: &ComparisonRecord) -> Verdict {
        match self {
            Self::Right => judged(row),
            Self::Wrong => contradicted(row),
            Self::FailedForNow => Verdict::failed(row.id, error_code("LLM_TIMEOUT")),
            Self::FailedForGood => {
                let message = Some("vägrar \"detta\"".to_owned());
                let outcome = Outcome::Failed { code: error_code("CONTENT_REFUSED"), message, retry_after_s: None };
                Verdict { outcome, ..judged(row) }
            }
        }
    }
}
