//! Events leave.

use std::time::Duration;

use cj_core::service::Relay;
use tokio::time::sleep;

use super::stage::{Signal, Stage};
use super::{Pulse, Tally};

/// Sends what waits in the outbox, until the end; then once more what the last work put there.
pub(super) async fn run(relay: Relay, poll: Duration, pulse: Pulse, tally: Tally, mut signal: Signal) {
    let mut trouble = poll;
    loop {
        let is_last = signal.has_come(Stage::Ending);
        let relayed = relay.drain().await;
        tally.relayed(&relay.figures());
        match relayed {
            Ok(relayed) if relayed.is_smooth() && relayed.closed_until.is_none() => {
                trouble = poll;
                if relayed.sent > 0 {
                    continue;
                }
                if is_last {
                    return;
                }
                tokio::select! {
                    () = pulse.events().notified() => {}
                    () = sleep(poll) => {}
                    () = signal.wait(Stage::Ending) => {}
                }
                continue;
            }
            Ok(relayed) if relayed.is_smooth() => tracing::debug!(?relayed, "the circuit breaker is open"),
            Ok(relayed) => tracing::warn!(?relayed, "events could not be sent"),
            Err(error) => tracing::warn!(?error, "the outbox could not be relayed"),
        }
        if is_last {
            return;
        }
        // Nobody can hurry it now: a broker or a store that is down is not asked more often than this.
        tokio::select! {
            () = sleep(trouble) => {}
            () = signal.wait(Stage::Ending) => {}
        }
        trouble = (trouble * 2).min(LONGEST_PAUSE);
    }
}

const LONGEST_PAUSE: Duration = Duration::from_secs(5);
