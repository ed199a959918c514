//! What was done.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use cj_core::service::RelayFigures;

/// What was done since the start; metrics tell the same.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    counts: Arc<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    event_polls: AtomicU64,
    events_sent: AtomicU64,
    question_polls: AtomicU64,
    questions_out: AtomicU64,
}

impl Tally {
    /// How often the outbox was looked into for events.
    pub fn event_polls(&self) -> u64 {
        self.counts.event_polls.load(Ordering::Relaxed)
    }

    /// Events that the broker has.
    pub fn events_sent(&self) -> u64 {
        self.counts.events_sent.load(Ordering::Relaxed)
    }

    /// How often the outbox was looked into for questions.
    pub fn question_polls(&self) -> u64 {
        self.counts.question_polls.load(Ordering::Relaxed)
    }

    /// Questions that judges have or have answered.
    pub fn questions_out(&self) -> u64 {
        self.counts.questions_out.load(Ordering::Relaxed)
    }

    pub(super) fn relayed(&self, figures: &RelayFigures) {
        self.counts.event_polls.store(figures.passes, Ordering::Relaxed);
        self.counts.events_sent.store(figures.sent, Ordering::Relaxed);
    }

    pub(super) fn polled_questions(&self, out: u64) {
        self.counts.question_polls.fetch_add(1, Ordering::Relaxed);
        self.counts.questions_out.fetch_add(out, Ordering::Relaxed);
    }
}
