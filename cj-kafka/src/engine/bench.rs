//! Work on batches: texts, pairs, scales.

use std::collections::BTreeSet;

use cj_core::id::BatchId;
use cj_core::service::Service;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::Pulse;
use super::stage::{Signal, Stage};

/// Hands batches over to where they are worked on.
#[derive(Clone)]
pub(crate) struct Hand {
    batches: mpsc::UnboundedSender<BatchId>,
    pulse: Pulse,
}

impl Hand {
    pub(crate) fn new(pulse: Pulse) -> (Self, mpsc::UnboundedReceiver<BatchId>) {
        let (batches, receiver) = mpsc::unbounded_channel();
        (Self { batches, pulse }, receiver)
    }

    /// Hands batches over, and says that something may wait in the outbox.
    pub(crate) fn over(&self, batches: BTreeSet<BatchId>) {
        for id in batches {
            // A bench that is closed leaves the batch to its lease.
            let _ = self.batches.send(id);
        }
        self.pulse.beat();
    }
}

/// Works on batches, a few at a time and never twice on the same one, until the end; then ends what is in hand.
pub(super) async fn work(
    service: Service,
    hands: usize,
    mut batches: mpsc::UnboundedReceiver<BatchId>,
    pulse: Pulse,
    mut signal: Signal,
) {
    let mut waiting: BTreeSet<BatchId> = BTreeSet::new();
    let mut busy: BTreeSet<BatchId> = BTreeSet::new();
    let mut tasks: JoinSet<BatchId> = JoinSet::new();
    loop {
        while busy.len() < hands.max(1)
            && let Some(id) = waiting.iter().find(|id| !busy.contains(id)).copied()
        {
            waiting.remove(&id);
            busy.insert(id);
            let (service, pulse) = (service.clone(), pulse.clone());
            tasks.spawn(async move {
                if let Err(error) = service.advance(id).await {
                    tracing::warn!(batch = %id, ?error, "work on a batch stopped; it is due again when its lease ends");
                }
                pulse.beat();
                id
            });
        }
        tokio::select! {
            biased;
            Some(ended) = tasks.join_next() => match ended {
                Ok(id) => {
                    busy.remove(&id);
                }
                Err(error) => {
                    tracing::error!(%error, "work on a batch ended abnormally");
                    // Which one is not said: all may be begun again, and leases tell them apart.
                    busy.clear();
                }
            },
            Some(id) = batches.recv() => {
                waiting.insert(id);
            }
            () = signal.wait(Stage::Ending) => break,
        }
    }
    while tasks.join_next().await.is_some() {}
}
