//! The outbox as operators see it, and what parked messages and broken attempts do to a key.

use std::sync::Arc;

use chrono::TimeDelta;
use cj_core::change::{MessageKind, MessageState, OutboxEntry, OutboxMessage};
use cj_core::id::EventId;
use cj_core::store::{BehindParked, Claim, OutboxQuery, Settlement, SettlementOutcome, Store};

use super::support::{begin, commit, seeded, view};
use crate::fixture::{self, ODD_TEXT, at, batch_id, event};

const KIND: MessageKind = MessageKind::Event;

async fn append(store: &Arc<dyn Store>, messages: &[OutboxMessage]) {
    let mut unit = begin(store).await;
    unit.append(messages).await.expect("messages are appended");
    commit(unit).await;
}

async fn claim(store: &Arc<dyn Store>, seconds: i64, limit: u32, behind_parked: BehindParked) -> Vec<OutboxMessage> {
    let (now, lease) = (at(seconds), TimeDelta::seconds(30));
    let claim = Claim { kind: KIND, limit, owner: fixture::worker("relay"), now, lease, behind_parked };
    let mut unit = begin(store).await;
    let claimed = unit.claim(&claim).await.expect("messages are claimed");
    commit(unit).await;
    claimed
}

async fn ids(store: &Arc<dyn Store>, seconds: i64, behind_parked: BehindParked) -> Vec<EventId> {
    claim(store, seconds, 100, behind_parked).await.into_iter().map(|message| message.id).collect()
}

async fn settle(store: &Arc<dyn Store>, settlements: &[(EventId, SettlementOutcome)]) {
    let settlements = settlements.iter().cloned().map(|(id, outcome)| Settlement { id, outcome });
    let mut unit = begin(store).await;
    unit.settle(&settlements.collect::<Vec<_>>()).await.expect("messages are settled");
    commit(unit).await;
}

async fn entries(store: &Arc<dyn Store>, query: OutboxQuery) -> Vec<OutboxEntry> {
    view(store).await.entries(&query).await.expect("entries are read")
}

async fn replay(store: &Arc<dyn Store>, ids: &[EventId], seconds: i64) -> Vec<EventId> {
    let mut unit = begin(store).await;
    let replayed = unit.replay(ids, at(seconds)).await.expect("messages are replayed");
    commit(unit).await;
    replayed
}

fn sent(seconds: i64) -> SettlementOutcome {
    SettlementOutcome::Sent { at: at(seconds) }
}

fn parked(seconds: i64) -> SettlementOutcome {
    SettlementOutcome::Parked { at: at(seconds), error: ODD_TEXT.to_owned() }
}

fn released(seconds: i64) -> SettlementOutcome {
    SettlementOutcome::Released { at: at(seconds), error: "away".to_owned() }
}

/// Messages are shown as they stand, with every field, the state and the last error.
pub async fn shows_messages_as_they_stand(store: Arc<dyn Store>) {
    let messages: Vec<_> = ["a", "b", "c", "d", "e"].map(|name| event(batch_id(name), 1, 0)).into();
    append(&store, &messages).await;
    let by_batch = |name: &str| messages.iter().find(|it| it.batch_id == batch_id(name)).expect("it is one of them");
    claim(&store, 10, 100, BehindParked::Wait).await;
    let retry = SettlementOutcome::Retry { at: at(60), error: ODD_TEXT.to_owned() };
    let (a, b, c, e) = (by_batch("a").id, by_batch("b").id, by_batch("c").id, by_batch("e").id);
    settle(&store, &[(a, sent(11)), (b, parked(12)), (c, retry), (e, released(70))]).await;
    let tried = |name: &str, attempts: u32, available: Option<i64>| {
        let message = by_batch(name).clone();
        OutboxMessage { attempts, available_at: available.map_or(message.available_at, at), ..message }
    };
    let expected = [
        ("a", tried("a", 1, None), MessageState::Sent { at: at(11) }, None),
        ("b", tried("b", 1, None), MessageState::Parked { at: at(12) }, Some(ODD_TEXT)),
        ("c", tried("c", 1, Some(60)), MessageState::Waiting, Some(ODD_TEXT)),
        ("d", tried("d", 1, None), MessageState::Leased { until: at(40) }, None),
        ("e", tried("e", 0, Some(70)), MessageState::Waiting, Some("away")),
    ];
    for (name, message, state, error) in expected {
        let entry = OutboxEntry { message, state, last_error: error.map(str::to_owned) };
        assert_eq!(entries(&store, OutboxQuery::Id(by_batch(name).id)).await, [entry], "{name}");
    }
    assert_eq!(entries(&store, OutboxQuery::Id(fixture::event_id("nobody"))).await, []);
}

/// Each state is listed in its own order, kinds apart, at most so many.
pub async fn lists_each_state_in_its_order(store: Arc<dyn Store>) {
    let batch = seeded(&store, "batch").await.id();
    let question = fixture::question(&fixture::comparison(batch, 1, 0, 1));
    let messages: Vec<_> = (0..9).map(|n| event(batch_id(&format!("batch {n}")), 9 - n, 0)).collect();
    append(&store, &messages).await;
    append(&store, std::slice::from_ref(&question)).await;
    let settled: Vec<_> =
        (0..6_i64).map(|n| (messages[n as usize].id, if n < 3 { sent(50 - n) } else { parked(50 - n) })).collect();
    settle(&store, &settled).await;
    let listed = async |query: OutboxQuery| -> Vec<EventId> {
        entries(&store, query).await.into_iter().map(|entry| entry.message.id).collect()
    };
    let of = |numbers: &[usize]| numbers.iter().map(|n| messages[*n].id).collect::<Vec<_>>();
    let kind = KIND;
    assert_eq!(listed(OutboxQuery::Waiting { kind, limit: 9 }).await, of(&[8, 7, 6]), "the oldest first");
    assert_eq!(listed(OutboxQuery::Waiting { kind, limit: 2 }).await, of(&[8, 7]));
    assert_eq!(listed(OutboxQuery::Parked { kind, limit: 9 }).await, of(&[5, 4, 3]), "the longest first");
    assert_eq!(listed(OutboxQuery::Sent { kind, limit: 9 }).await, of(&[0, 1, 2]), "the latest first");
    assert_eq!(listed(OutboxQuery::Sent { kind, limit: 0 }).await, []);
    let kind = MessageKind::Question;
    assert_eq!(listed(OutboxQuery::Waiting { kind, limit: 9 }).await, [question.id]);
    assert_eq!(listed(OutboxQuery::Parked { kind, limit: 9 }).await, []);
}

/// Only parked messages are replayed; they begin anew, and free their key.
pub async fn only_what_is_parked_is_replayed(store: Arc<dyn Store>) {
    let batch = batch_id("batch");
    let messages: Vec<_> = (1..=3).map(|version| event(batch, version, 0)).collect();
    let done = event(batch_id("done"), 1, 0);
    append(&store, &messages).await;
    append(&store, std::slice::from_ref(&done)).await;
    claim(&store, 10, 100, BehindParked::Wait).await;
    settle(&store, &[(messages[0].id, parked(11)), (done.id, sent(11)), (messages[1].id, released(11))]).await;
    let asked = [messages[0].id, messages[0].id, messages[1].id, done.id, fixture::event_id("nobody")];
    assert_eq!(replay(&store, &[], 20).await, []);
    assert_eq!(replay(&store, &asked, 100).await, [messages[0].id]);
    assert_eq!(replay(&store, &asked, 100).await, [], "it is parked no more");
    let entry = entries(&store, OutboxQuery::Id(messages[0].id)).await.remove(0);
    assert_eq!((entry.state, entry.message.attempts), (MessageState::Waiting, 0));
    assert_eq!(entry.last_error.as_deref(), Some(ODD_TEXT), "the record stays");
    assert_eq!(ids(&store, 99, BehindParked::Wait).await, []);
    assert_eq!(ids(&store, 100, BehindParked::Wait).await, messages.iter().map(|it| it.id).collect::<Vec<_>>());
}

/// A claim that passes parked messages takes what is behind them, in order and without a gap otherwise.
pub async fn a_claim_may_pass_what_is_parked(store: Arc<dyn Store>) {
    let batch = batch_id("batch");
    let messages: Vec<_> = (1..=6).map(|version| event(batch, version, 0)).collect();
    let other = event(batch_id("other"), 4, 0);
    append(&store, &messages).await;
    append(&store, std::slice::from_ref(&other)).await;
    let later = SettlementOutcome::Retry { at: at(60), error: String::new() };
    settle(&store, &[(messages[0].id, parked(9)), (messages[2].id, parked(9)), (messages[4].id, later)]).await;
    assert_eq!(ids(&store, 10, BehindParked::Wait).await, [other.id]);
    assert_eq!(ids(&store, 10, BehindParked::Pass).await, [messages[1].id, messages[3].id], "the fifth is not due");
    assert_eq!(ids(&store, 10, BehindParked::Pass).await, [], "an earlier one is leased");
    settle(&store, &[(messages[1].id, sent(11)), (messages[3].id, sent(11))]).await;
    assert_eq!(ids(&store, 59, BehindParked::Pass).await, [other.id], "its lease ended");
    let last = claim(&store, 60, 1, BehindParked::Pass).await;
    assert_eq!(last.iter().map(|it| it.id).collect::<Vec<_>>(), [messages[4].id]);
    assert_eq!(ids(&store, 61, BehindParked::Wait).await, []);
}

/// An attempt that was none is not counted, however often.
pub async fn a_released_message_was_not_tried(store: Arc<dyn Store>) {
    let message = event(batch_id("batch"), 1, 0);
    append(&store, std::slice::from_ref(&message)).await;
    for turn in 1..6 {
        let claimed = claim(&store, 10 * turn, 10, BehindParked::Wait).await;
        assert_eq!(claimed.iter().map(|it| it.attempts).collect::<Vec<_>>(), [1]);
        settle(&store, &[(message.id, released(10 * turn + 5))]).await;
        assert_eq!(ids(&store, 10 * turn + 4, BehindParked::Wait).await, []);
    }
    // Nor does it fall below none where it was never claimed.
    let fresh = event(batch_id("fresh"), 1, 0);
    append(&store, std::slice::from_ref(&fresh)).await;
    settle(&store, &[(fresh.id, released(1))]).await;
    assert_eq!(entries(&store, OutboxQuery::Id(fresh.id)).await[0].message.attempts, 0);
}

/// Events that were sent long ago go, oldest first and so many; what is unsent, parked or young stays, questions too.
pub async fn discards_what_was_sent_long_ago(store: Arc<dyn Store>) {
    let batch = seeded(&store, "batch").await.id();
    let question = fixture::question(&fixture::comparison(batch, 1, 0, 1));
    let messages: Vec<_> = (0..6).map(|n| event(batch_id(&format!("batch {n}")), n, 0)).collect();
    append(&store, &messages).await;
    append(&store, std::slice::from_ref(&question)).await;
    settle(&store, &[(messages[0].id, sent(30)), (messages[1].id, sent(10)), (messages[2].id, sent(20))]).await;
    settle(&store, &[(messages[3].id, parked(10)), (messages[4].id, sent(40))]).await;
    let discard = async |seconds: i64, limit: u32| {
        let mut unit = begin(&store).await;
        let gone = unit.discard_sent(at(seconds), limit).await.expect("old events are discarded");
        commit(unit).await;
        gone
    };
    assert_eq!(discard(40, 2).await, 2, "the two oldest");
    let left = async |message: &OutboxMessage| !entries(&store, OutboxQuery::Id(message.id)).await.is_empty();
    assert!(left(&messages[0]).await && !left(&messages[1]).await && !left(&messages[2]).await);
    assert_eq!(discard(40, 9).await, 1, "not the one sent just then");
    assert_eq!(discard(40, 9).await, 0);
    for message in [&messages[3], &messages[4], &messages[5], &question] {
        assert!(left(message).await);
    }
    append(&store, &messages[..1]).await;
}
