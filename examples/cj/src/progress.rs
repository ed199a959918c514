//! Progress on a terminal.
use std::borrow::Cow;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::console::Console;

/// A progress bar on the standard error: on a terminal, unless `--quiet`. Elsewhere it does nothing.
#[derive(Debug)]
pub struct Progress(ProgressBar);

impl Progress {
    /// A bar over `total` steps; a remark stands beside it.
    pub fn new(console: &Console, total: u64, remark: impl Into<Cow<'static, str>>) -> Self {
        if !console.shows_progress() {
            return Self(ProgressBar::hidden());
        }
        let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
        let style = ProgressStyle::with_template(TEMPLATE).unwrap_or_else(|_| ProgressStyle::default_bar());
        bar.set_style(style);
        bar.set_message(remark);
        Self(bar)
    }

    /// Says how far it is.
    pub fn set(&self, done: u64) {
        self.0.set_position(done);
    }

    /// Changes the remark.
    pub fn remark(&self, remark: impl Into<Cow<'static, str>>) {
        self.0.set_message(remark);
    }

    /// Writes a line above the bar.
    pub fn line(&self, line: &str) {
        self.0.suspend(|| Console::say(line));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

const TEMPLATE: &str = "{bar:30} {pos}/{len} {elapsed} left {eta} {msg}";
