//! A batch ends once, and says so once.

use std::collections::BTreeMap;

use cj_core::batch::BatchRequest;
use cj_core::change::Phase;
use cj_core::id::{BatchId, EventId};

use super::{Ended, Invariant};

/// Every batch ends in a terminal phase and sends the events of that ending, each under one id with the same bytes, those
/// of one key in order.
pub(super) struct OneEnding;

impl Invariant for OneEnding {
    fn name(&self) -> &'static str {
        "a batch ends once and says so once"
    }

    fn at_the_end(&self, ended: &Ended<'_>) -> Result<(), String> {
        let mut first: BTreeMap<EventId, usize> = BTreeMap::new();
        for (place, event) in ended.events.iter().enumerate() {
            let earlier = *first.entry(event.id).or_insert(place);
            if ended.events[earlier].payload != event.payload {
                return Err(format!("event {} was sent with other bytes", event.id));
            }
        }
        for BatchRequest { event_id, .. } in ended.requested {
            let id = BatchId::of_request(*event_id);
            let phase = ended.snapshots.get(&id).map(|batch| batch.record.state.phase);
            let mut names: Vec<(usize, &str, u32, &str)> = first
                .values()
                .map(|place| (*place, &ended.events[*place]))
                .filter(|(_, event)| event.batch_id == id)
                .map(|(place, event)| (place, event.event_type.as_str(), event.ordinal, event.key.as_str()))
                .collect();
            names.sort_unstable();
            let in_order = |key: &str| names.iter().filter(|row| row.3 == key).map(|row| row.2).is_sorted();
            if !names.iter().all(|row| in_order(row.3)) {
                return Err(format!("the events of a key came in another order: {names:?}"));
            }
            names.sort_by_key(|row| row.1);
            let names: Vec<&str> = names.iter().map(|row| row.1).collect();
            let expected: &[&str] = match phase {
                Some(Phase::Completed(_)) => {
                    &["AssessmentResultV1", "CJAssessmentCompletedV1", "ResourceConsumptionV1"]
                }
                Some(Phase::Failed(_) | Phase::Cancelled) => &["CJAssessmentFailedV1"],
                other => return Err(format!("the batch has not ended: {other:?}")),
            };
            if names != expected {
                return Err(format!("phase {phase:?} sent {names:?}"));
            }
            let cancelled = phase == Some(Phase::Cancelled);
            if cancelled && ended.scenario.cancels <= 0.0 {
                return Err("cancelled, and nobody asked for it".to_owned());
            }
        }
        Ok(())
    }
}
