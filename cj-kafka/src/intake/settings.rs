//! What requests leave open.

use cj_core::change::RequestSnapshot;
use cj_core::config::Settings;
use cj_core::event::Topic;

/// What requests leave open: how batches are run and judged unless they say otherwise.
#[derive(Clone, Debug)]
#[must_use]
pub struct IntakeSettings {
    pub(super) batch: Settings,
    pub(super) judge: RequestSnapshot,
}

impl Default for IntakeSettings {
    fn default() -> Self {
        let judge = RequestSnapshot {
            callback_topic: Some(Topic::LlmComparisonResult.to_string()),
            ..RequestSnapshot::default()
        };
        Self { batch: Settings::default(), judge }
    }
}

impl IntakeSettings {
    /// Runs batches otherwise than by default. A request may name its own budget and settings.
    pub fn with_batch(mut self, settings: Settings) -> Self {
        self.batch = settings;
        self
    }

    /// Tells judges otherwise than by default. A request may name its own model, prompt and rubric.
    pub fn with_judge(mut self, judge: RequestSnapshot) -> Self {
        self.judge = judge;
        self
    }
}
