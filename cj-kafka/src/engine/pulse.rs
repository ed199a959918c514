//! Being told that something waits in the outbox.

use std::sync::Arc;

use tokio::sync::Notify;

/// Tells the relay that something may wait in the outbox: after a commit in this process it is told anyway; a host that
/// learns of commits elsewhere (`cj_storage_postgres::PgWakes`) tells it too. Nothing depends on it: the outbox is also looked
/// into from time to time.
#[derive(Clone, Debug, Default)]
pub struct Pulse {
    events: Arc<Notify>,
    questions: Arc<Notify>,
}

impl Pulse {
    /// Something may wait.
    pub fn beat(&self) {
        self.events.notify_one();
        self.questions.notify_one();
    }

    pub(super) fn events(&self) -> &Notify {
        &self.events
    }

    pub(super) fn questions(&self) -> &Notify {
        &self.questions
    }
}
