//! How far a batch is, on a terminal.

use cj_core::change::BatchRecord;
use indicatif::{ProgressBar, ProgressStyle};

use crate::console::Console;

/// A bar on the standard error; nothing where that is no terminal.
#[derive(Debug)]
pub(crate) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A bar, where the console shows progress.
    pub(crate) fn new(console: &Console) -> Self {
        let bar = if console.shows_progress() { ProgressBar::new(0) } else { ProgressBar::hidden() };
        let style = ProgressStyle::with_template("{msg:32} {bar:30} {pos}/{len} verdicts {elapsed}");
        if let Ok(style) = style {
            bar.set_style(style);
        }
        Self { bar }
    }

    /// Shows how far a batch is.
    pub(crate) fn show(&mut self, record: &BatchRecord) {
        let state = &record.state;
        self.bar.set_length(u64::from(state.counters.budget));
        self.bar.set_position(u64::from(state.counters.decided));
        self.bar.set_message(format!("wave {} · {}", state.wave.number, state.phase));
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
