//! The port to the inbox.

use std::sync::Arc;

use cj_core::id::EventId;
use cj_core::store::Store;

use super::support::{begin, commit};
use crate::fixture::{at, event_id};

fn ids(names: &[&str]) -> Vec<EventId> {
    names.iter().map(|name| event_id(name)).collect()
}

async fn admit(store: &Arc<dyn Store>, consumer: &str, messages: &[EventId]) -> Vec<EventId> {
    let mut unit = begin(store).await;
    let admitted = unit.admit(consumer, messages, at(0)).await.expect("messages are admitted");
    commit(unit).await;
    admitted
}

/// New messages are returned in the order given, each once.
pub async fn admits_in_the_order_given_each_once(store: Arc<dyn Store>) {
    let given = ids(&["d", "a", "c", "a", "b", "d", "d"]);
    assert_eq!(admit(&store, "service", &given).await, ids(&["d", "a", "c", "b"]));
}

/// A message that was admitted by a unit that committed is not admitted again.
pub async fn a_message_is_admitted_once(store: Arc<dyn Store>) {
    assert_eq!(admit(&store, "service", &ids(&["a", "b"])).await, ids(&["a", "b"]));
    assert_eq!(admit(&store, "service", &ids(&["c", "b", "a", "d"])).await, ids(&["c", "d"]));
    assert_eq!(admit(&store, "service", &ids(&["a", "b", "c", "d"])).await, []);
}

/// A unit does not admit again what it admitted itself.
pub async fn a_unit_remembers_what_it_admitted(store: Arc<dyn Store>) {
    let mut unit = begin(&store).await;
    assert_eq!(unit.admit("service", &ids(&["a"]), at(0)).await.expect("messages are admitted"), ids(&["a"]));
    assert_eq!(unit.admit("service", &ids(&["a", "b"]), at(1)).await.expect("messages are admitted"), ids(&["b"]));
    commit(unit).await;
}

/// A message that was admitted by a unit that rolled back is admitted again.
pub async fn a_message_that_rolled_back_is_admitted_again(store: Arc<dyn Store>) {
    let mut unit = begin(&store).await;
    assert_eq!(unit.admit("service", &ids(&["a"]), at(0)).await.expect("messages are admitted"), ids(&["a"]));
    drop(unit);
    assert_eq!(admit(&store, "service", &ids(&["a"])).await, ids(&["a"]));
}

/// Every consumer has an inbox of its own; names differ by the letter.
pub async fn consumers_do_not_share_an_inbox(store: Arc<dyn Store>) {
    for consumer in ["service", "Service", "tjänst 'å'", ""] {
        assert_eq!(admit(&store, consumer, &ids(&["a", "b"])).await, ids(&["a", "b"]));
    }
    assert_eq!(admit(&store, "service", &ids(&["a"])).await, []);
}

/// Nothing is admitted of nothing, and two thousand in one call.
pub async fn admits_no_message_and_two_thousand(store: Arc<dyn Store>) {
    assert_eq!(admit(&store, "service", &[]).await, []);
    let first: Vec<_> = (0..2_000).map(|n| event_id(&format!("message {n}"))).collect();
    assert_eq!(admit(&store, "service", &first).await, first);
    let second: Vec<_> = (1_000..3_000).map(|n| event_id(&format!("message {n}"))).collect();
    assert_eq!(admit(&store, "service", &second).await, second[1_000..]);
}
