//! Work whose worker was too slow, or is no more.

use std::sync::Arc;

use chrono::TimeDelta;
use cj_core::config::Settings;
use cj_core::store::{Store, WaveRepository};

use super::super::support::view;
use super::driver::{COMPLETION, Driver, judged, request};
use super::gate::Gate;
use crate::audit::audit;

/// Which piece of work the slow worker is held at, and how many units it begins before.
const HELD_AT: [(&str, usize); 3] = [("INITIALIZING", 0), ("GENERATING_PAIRS", 1), ("SCORING", 0)];

/// A worker that found out something and did not write it before its lease ended is overtaken, in every phase of work: nobody
/// else has the batch until then, one other has it afterwards, and what the slow one comes with in the end changes nothing.
pub async fn stale_lease_is_taken_over(store: Arc<dyn Store>) {
    let driver = Driver::new(Arc::clone(&store));
    let gate = Gate::new(store);
    let slow = driver.by_way_of(gate.clone(), "slow");
    let quick = driver.colleague("quick");
    let third_gate = Gate::new(Arc::clone(&driver.store));
    let third = driver.by_way_of(third_gate.clone(), "third").service;
    for (phase, units) in HELD_AT {
        let settings = Settings::builder().max_resampling_passes(0);
        let id = slow.service.submit(request(&format!("held in {phase}"), 5, settings)).await.expect("it is good");
        if phase == "SCORING" {
            slow.service.advance(id).await.expect("the batch is planned");
            driver.ask().await;
            let answers = driver.comparisons(id).await;
            slow.take(answers.iter().map(judged)).await;
        }
        gate.hold_after(units);
        let overtakes = async {
            gate.is_reached().await;
            let held = driver.record(id).await;
            assert_eq!(held.state.phase.name(), phase);
            driver.later(TimeDelta::seconds(59));
            assert!(quick.wake(10).await.expect("the monitor runs").is_empty(), "{phase}: the lease holds");
            assert_eq!(quick.advance(id).await.expect("the batch is looked at"), held.state.phase);
            assert_eq!(driver.record(id).await, held);
            driver.later(TimeDelta::seconds(1));
            // Two monitors find the batch due; the first that writes has it.
            third_gate.hold_after(0);
            let wakes = async {
                third_gate.is_reached().await;
                let woken = quick.wake(10).await.expect("the monitor runs");
                third_gate.open();
                woken
            };
            let (late, woken) = tokio::join!(third.wake(10), wakes);
            assert!(woken.contains(&id), "{phase}: the lease has ended");
            assert!(late.expect("the monitor runs").is_empty(), "{phase}: one has it, not two");
            let moved = quick.advance(id).await.expect("the batch goes on");
            assert_ne!(moved.name(), phase);
            let overtaken = driver.record(id).await;
            gate.open();
            overtaken
        };
        let (came, overtaken) = tokio::join!(slow.service.advance(id), overtakes);
        assert_eq!(came.expect("what was overtaken is thrown away"), overtaken.state.phase);
        assert_eq!(driver.record(id).await, overtaken, "{phase}: the slow worker changed something");
        let waves = WaveRepository::load(&mut *view(&driver.store).await, id).await.expect("waves are loaded");
        assert_eq!(waves.len(), 1, "{phase}");
        driver.finish(id).await;
        assert_eq!(driver.event_names(id).await, COMPLETION);
        audit(&*driver.store, id).await;
    }
}
