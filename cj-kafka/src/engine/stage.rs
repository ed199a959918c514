//! How far the end is.

use tokio::sync::watch;

/// How far the end is.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Stage {
    /// Everything runs.
    Running,
    /// Nothing more is taken.
    Draining,
    /// What is in hand is ended.
    Ending,
}

/// Tells when to stop.
#[derive(Clone)]
pub(super) struct Signal(watch::Receiver<Stage>);

impl Signal {
    pub(super) fn new() -> (watch::Sender<Stage>, Self) {
        let (sender, receiver) = watch::channel(Stage::Running);
        (sender, Self(receiver))
    }

    pub(super) fn has_come(&self, stage: Stage) -> bool {
        *self.0.borrow() >= stage
    }

    /// Waits for a stage; whoever told of stages having gone is the last one.
    pub(super) async fn wait(&mut self, stage: Stage) {
        let _ = self.0.wait_for(|now| *now >= stage).await;
    }
}
