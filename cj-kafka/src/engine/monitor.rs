//! Batches are woken when their deadline has passed.

use std::time::Duration;

use cj_core::service::Service;
use tokio::time::sleep;

use super::Hand;
use super::stage::{Signal, Stage};

pub(super) async fn run(service: Service, every: Duration, hand: Hand, mut signal: Signal) {
    loop {
        match service.wake(LIMIT).await {
            Ok(work) if work.is_empty() => {}
            Ok(work) => hand.over(work),
            Err(error) => tracing::warn!(?error, "batches could not be woken"),
        }
        tokio::select! {
            () = signal.wait(Stage::Draining) => return,
            () = sleep(every) => {}
        }
    }
}

/// Batches that are woken at once.
const LIMIT: u32 = 100;
