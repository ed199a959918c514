//! The port to the outbox.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use cj_core::change::{ComparisonRecord, MessageKind, OutboxMessage};
use cj_core::id::{BatchId, EventId};
use cj_core::store::{BehindParked, Claim, ErrorKind, OutboxDepth, Settlement, SettlementOutcome, Store};

use super::support::{begin, commit, refused, seeded, view};
use crate::fixture::{self, ODD_TEXT, at, batch_id, event};

/// How long the claims of this file hold, in seconds.
const LEASE: i64 = 30;

async fn append(store: &Arc<dyn Store>, messages: &[OutboxMessage]) {
    let mut unit = begin(store).await;
    unit.append(messages).await.expect("messages are appended");
    commit(unit).await;
}

fn by(relay: &str, kind: MessageKind, seconds: i64, limit: u32) -> Claim {
    Claim {
        kind,
        limit,
        owner: fixture::worker(relay),
        now: at(seconds),
        lease: TimeDelta::seconds(LEASE),
        behind_parked: BehindParked::Wait,
    }
}

async fn claim(store: &Arc<dyn Store>, claim: Claim) -> Vec<OutboxMessage> {
    let mut unit = begin(store).await;
    let claimed = unit.claim(&claim).await.expect("messages are claimed");
    commit(unit).await;
    claimed
}

/// The ids of the events that a relay claims.
async fn events(store: &Arc<dyn Store>, relay: &str, seconds: i64) -> Vec<EventId> {
    claim(store, by(relay, MessageKind::Event, seconds, 100)).await.iter().map(|message| message.id).collect()
}

async fn settle(store: &Arc<dyn Store>, settlements: &[(EventId, SettlementOutcome)]) {
    let settlements = settlements.iter().cloned().map(|(id, outcome)| Settlement { id, outcome });
    let settlements: Vec<_> = settlements.collect();
    let mut unit = begin(store).await;
    unit.settle(&settlements).await.expect("messages are settled");
    commit(unit).await;
}

fn sent(seconds: i64) -> SettlementOutcome {
    SettlementOutcome::Sent { at: at(seconds) }
}

fn retry(seconds: i64) -> SettlementOutcome {
    SettlementOutcome::Retry { at: at(seconds), error: ODD_TEXT.to_owned() }
}

fn parked(seconds: i64) -> SettlementOutcome {
    SettlementOutcome::Parked { at: at(seconds), error: ODD_TEXT.to_owned() }
}

async fn depth(store: &Arc<dyn Store>, kind: MessageKind) -> OutboxDepth {
    view(store).await.depth(kind).await.expect("the depth is read")
}

fn waiting(pending: u64, parked: u64, next_at: Option<i64>, oldest: Option<i64>) -> OutboxDepth {
    OutboxDepth { pending, parked, next_at: next_at.map(at), oldest: oldest.map(at) }
}

/// An event of a batch, at a second of its own.
fn timed(batch: &str, version: u64, ordinal: u32, seconds: i64) -> OutboxMessage {
    let (created_at, available_at) = (at(seconds), at(seconds));
    OutboxMessage { created_at, available_at, ..event(batch_id(batch), version, ordinal) }
}

fn claimed(mut message: OutboxMessage, attempts: u32) -> OutboxMessage {
    message.attempts = attempts;
    message
}

/// Every field of a message is claimed as it was appended, its bytes unchanged and the attempt counted.
pub async fn claims_messages_as_they_were_appended(store: Arc<dyn Store>) {
    let mut odd = timed("odd", 1 << 40, u32::MAX, 1);
    ODD_TEXT.clone_into(&mut odd.aggregate_type);
    "ämne".clone_into(&mut odd.topic);
    odd.payload = (0..=255).cycle().take(70_000).collect();
    odd.headers.insert(ODD_TEXT.to_owned(), ODD_TEXT.to_owned());
    let mut bare = timed("bare", 0, 0, 2);
    bare.payload.clear();
    bare.headers.clear();
    bare.aggregate_id.clear();
    append(&store, &[bare.clone(), odd.clone()]).await;
    let found = claim(&store, by("relay", MessageKind::Event, 10, 10)).await;
    assert_eq!(found, [claimed(odd, 1), claimed(bare, 1)]);
}

/// A message that is there already is a conflict, and nothing of the slice is written.
pub async fn refuses_to_append_a_message_twice(store: Arc<dyn Store>) {
    let first = timed("batch", 1, 0, 1);
    append(&store, std::slice::from_ref(&first)).await;
    let fresh = timed("fresh", 1, 0, 1);
    for slice in [[fresh.clone(), first.clone()], [fresh.clone(), fresh.clone()]] {
        let mut unit = begin(&store).await;
        refused(unit.append(&slice).await, ErrorKind::Conflict);
        drop(unit);
    }
    assert_eq!(events(&store, "relay", 10).await, [first.id]);
    settle(&store, &[(first.id, sent(11))]).await;
    let mut unit = begin(&store).await;
    refused(unit.append(&[first]).await, ErrorKind::Conflict);
}

/// Events and questions are claimed apart.
pub async fn kinds_are_claimed_apart(store: Arc<dyn Store>) {
    let batch = seeded(&store, "batch").await.id();
    let event = timed("batch", 1, 0, 1);
    let question = fixture::question(&fixture::comparison(batch, 1, 0, 1));
    append(&store, &[question.clone(), event.clone()]).await;
    assert_eq!(claim(&store, by("relay", MessageKind::Event, 100, 10)).await, [claimed(event, 1)]);
    assert_eq!(claim(&store, by("relay", MessageKind::Question, 100, 10)).await, [claimed(question, 1)]);
    assert_eq!(depth(&store, MessageKind::Event).await.pending, 1);
}

/// A question that a judge has is deleted, and what is said of it later is passed over; an event that was sent stays.
pub async fn a_question_that_was_sent_is_deleted(store: Arc<dyn Store>) {
    let batch = seeded(&store, "batch").await.id();
    let event = timed("batch", 1, 0, 1);
    let question = fixture::question(&fixture::comparison(batch, 1, 0, 1));
    let unsent = fixture::question(&fixture::comparison(batch, 1, 1, 1));
    append(&store, &[question.clone(), unsent.clone(), event.clone()]).await;
    settle(&store, &[(question.id, sent(11)), (event.id, sent(11))]).await;
    assert_eq!(depth(&store, MessageKind::Question).await.pending, 1);
    append(&store, std::slice::from_ref(&question)).await;
    settle(&store, &[(question.id, sent(12))]).await;
    settle(&store, &[(question.id, SettlementOutcome::Retry { at: at(13), error: "slow".to_owned() })]).await;
    assert_eq!(claim(&store, by("relay", MessageKind::Question, 100, 10)).await, [claimed(unsent, 1)]);
    let mut unit = begin(&store).await;
    refused(unit.append(&[event]).await, ErrorKind::Conflict);
}

/// The oldest are claimed first, at most so many.
pub async fn claims_the_oldest_first(store: Arc<dyn Store>) {
    let messages = ["e", "c", "a", "d", "b"].map(|name| timed(name, 1, 0, i64::from(name.as_bytes()[0])));
    append(&store, &messages).await;
    let mut found = Vec::new();
    for limit in [0, 2, 1, 9] {
        let slice = claim(&store, by("relay", MessageKind::Event, 200, limit)).await;
        assert!(slice.len() <= limit as usize);
        found.extend(slice.into_iter().map(|message| message.batch_id));
    }
    assert_eq!(found, ["a", "b", "c", "d", "e"].map(batch_id));
}

/// Messages of one age are claimed as they were put out, whatever their keys.
pub async fn equal_ages_are_claimed_in_order(store: Arc<dyn Store>) {
    let keys = ["m", "z", "a", "q", "b"];
    let keyed = |(ordinal, key): (usize, &str)| OutboxMessage {
        key: key.to_owned(),
        ..timed("batch", 1 + ordinal as u64 / 3, ordinal as u32 % 3, 1)
    };
    let messages: Vec<_> = keys.into_iter().enumerate().map(keyed).collect();
    append(&store, &messages.iter().rev().cloned().collect::<Vec<_>>()).await;
    let mut found = Vec::new();
    for limit in [2, 1, 9] {
        found.extend(claim(&store, by("relay", MessageKind::Event, 100, limit)).await);
    }
    let planned: Vec<_> = messages.into_iter().map(|message| claimed(message, 1)).collect();
    assert_eq!(found, planned);
}

/// Messages of one key come in the order (version, ordinal), whatever their times say, all in one claim.
pub async fn one_key_is_claimed_in_order(store: Arc<dyn Store>) {
    let late_clock = timed("batch", 1, 0, 50);
    let messages = [timed("batch", 10, 0, 4), timed("batch", 2, 1, 3), late_clock.clone(), timed("batch", 2, 0, 3)];
    append(&store, &messages).await;
    let first = claim(&store, by("relay", MessageKind::Event, 60, 1)).await;
    assert_eq!(first, [claimed(late_clock, 1)]);
    assert_eq!(events(&store, "other relay", 60).await, [], "an earlier message of the key is leased");
    settle(&store, &[(first[0].id, retry(61))]).await;
    let found = claim(&store, by("relay", MessageKind::Event, 61, 10)).await;
    let order: Vec<_> = found.iter().map(|message| (message.version, message.ordinal)).collect();
    assert_eq!(order, [(1, 0), (2, 0), (2, 1), (10, 0)]);
    assert_eq!(found.iter().map(|message| message.attempts).collect::<Vec<_>>(), [2, 1, 1, 1]);
}

/// The key orders, not the batch: two keys of one batch do not wait for each other, two batches of one key do.
pub async fn the_key_orders_not_the_batch(store: Arc<dyn Store>) {
    let on = |key: &str, message: OutboxMessage| OutboxMessage { key: key.to_owned(), ..message };
    let (low, high) = (batch_id("x").min(batch_id("y")), batch_id("x").max(batch_id("y")));
    let shared = [on("shared", event(high, 1, 0)), on("shared", event(low, 2, 0))];
    let own = [on("Own", event(low, 3, 0)), on("own", event(low, 4, 0)), on("own", event(low, 5, 0))];
    append(&store, &shared).await;
    append(&store, &own).await;
    settle(&store, &[(own[0].id, parked(1)), (own[1].id, retry(20))]).await;
    assert_eq!(events(&store, "relay", 10).await, [shared[1].id, shared[0].id]);
    assert_eq!(events(&store, "relay", 20).await, [own[1].id, own[2].id]);
}

/// Two relays that claim in turn never hold messages of one key at once, and each message is claimed once.
pub async fn two_relays_do_not_interleave_a_key(store: Arc<dyn Store>) {
    let messages: Vec<_> = (0..4).flat_map(|version| ["a", "b", "c"].map(|name| timed(name, version, 0, 1))).collect();
    append(&store, &messages).await;
    let mut sequence = Vec::new();
    for turn in 0..60 {
        let seconds = 10 + turn;
        let relays = [("first", 2), ("second", 3)].map(|(relay, limit)| by(relay, MessageKind::Event, seconds, limit));
        let mut held = Vec::new();
        for relay in relays {
            held.push(claim(&store, relay).await);
        }
        let keys = |slice: &[OutboxMessage]| slice.iter().map(|message| message.key.clone()).collect::<Vec<_>>();
        assert!(keys(&held[0]).iter().all(|key| !keys(&held[1]).contains(key)), "both relays hold one key");
        let all: Vec<_> = held.concat();
        settle(&store, &all.iter().map(|message| (message.id, sent(seconds))).collect::<Vec<_>>()).await;
        sequence.extend(all);
    }
    assert_eq!(sequence.len(), 12);
    for name in ["a", "b", "c"] {
        let versions: Vec<_> = sequence
            .iter()
            .filter(|message| message.batch_id == batch_id(name))
            .map(|message| message.version)
            .collect();
        assert_eq!(versions, [0, 1, 2, 3]);
    }
}

/// A lease keeps others off until it ends; then the attempt counts again.
pub async fn a_lease_ends(store: Arc<dyn Store>) {
    let message = timed("batch", 1, 0, 1);
    append(&store, std::slice::from_ref(&message)).await;
    assert_eq!(claim(&store, by("first", MessageKind::Event, 10, 10)).await, [claimed(message.clone(), 1)]);
    assert_eq!(events(&store, "first", 10).await, []);
    assert_eq!(events(&store, "second", 10 + LEASE - 1).await, []);
    let again = claim(&store, by("second", MessageKind::Event, 10 + LEASE, 10)).await;
    assert_eq!(again, [claimed(message, 2)]);
}

/// A message is not claimed before it is available, nor is a later one of its key.
pub async fn a_message_waits_until_it_is_available(store: Arc<dyn Store>) {
    let first = timed("batch", 1, 0, 1);
    let paused = OutboxMessage { available_at: at(100), ..timed("batch", 2, 0, 2) };
    let last = timed("batch", 3, 0, 3);
    let other = timed("other", 1, 0, 4);
    append(&store, &[first.clone(), paused.clone(), last.clone(), other.clone()]).await;
    assert_eq!(events(&store, "relay", 50).await, [first.id, other.id]);
    settle(&store, &[(first.id, sent(51)), (other.id, sent(51))]).await;
    assert_eq!(events(&store, "relay", 99).await, []);
    assert_eq!(events(&store, "relay", 100).await, [paused.id, last.id]);
}

/// What was sent is not claimed again, and a slow relay does not take that back.
pub async fn what_is_sent_stays_sent(store: Arc<dyn Store>) {
    let message = timed("batch", 1, 0, 1);
    append(&store, std::slice::from_ref(&message)).await;
    assert_eq!(events(&store, "slow", 10).await, [message.id]);
    assert_eq!(events(&store, "fast", 10 + LEASE).await, [message.id]);
    settle(&store, &[(message.id, sent(50))]).await;
    assert_eq!(depth(&store, MessageKind::Event).await, OutboxDepth::default());
    for late in [retry(60), parked(60), sent(60)] {
        settle(&store, &[(message.id, late)]).await;
        assert_eq!(events(&store, "relay", 1_000).await, []);
        assert_eq!(depth(&store, MessageKind::Event).await, OutboxDepth::default());
    }
}

/// A message that could not be sent comes again when it may, and holds up its key meanwhile.
pub async fn a_failed_message_is_tried_again(store: Arc<dyn Store>) {
    let (first, second) = (timed("batch", 1, 0, 1), timed("batch", 2, 0, 2));
    append(&store, &[first.clone(), second.clone()]).await;
    assert_eq!(events(&store, "relay", 10).await, [first.id, second.id]);
    settle(&store, &[(first.id, retry(60)), (second.id, retry(11))]).await;
    assert_eq!(events(&store, "relay", 59).await, []);
    let found = claim(&store, by("relay", MessageKind::Event, 60, 10)).await;
    let expected = [(first, at(60)), (second, at(11))].map(|(message, available_at)| OutboxMessage {
        available_at,
        attempts: 2,
        ..message
    });
    assert_eq!(found, expected);
}

/// A parked message holds up its key, and no other, until it is replayed.
pub async fn a_parked_message_holds_up_its_key(store: Arc<dyn Store>) {
    let (first, second, other) = (timed("batch", 1, 0, 1), timed("batch", 2, 0, 2), timed("other", 1, 0, 9));
    append(&store, &[first.clone(), second.clone()]).await;
    assert_eq!(events(&store, "relay", 10).await, [first.id, second.id]);
    settle(&store, &[(second.id, retry(11)), (first.id, parked(11))]).await;
    append(&store, std::slice::from_ref(&other)).await;
    assert_eq!(events(&store, "relay", 1_000).await, [other.id]);
    assert_eq!(depth(&store, MessageKind::Event).await, waiting(2, 1, Some(1_000 + LEASE), Some(2)));
    settle(&store, &[(first.id, retry(2_000))]).await;
    assert_eq!(depth(&store, MessageKind::Event).await.parked, 0);
    settle(&store, &[(other.id, sent(1_001))]).await;
    assert_eq!(events(&store, "relay", 1_999).await, []);
    assert_eq!(events(&store, "relay", 2_000).await, [first.id, second.id]);
}

/// The questions of comparisons that ended go, sent or not; nothing else does.
pub async fn withdraws_questions_of_comparisons(store: Arc<dyn Store>) {
    let batch = seeded(&store, "batch").await.id();
    let rows: Vec<_> = (0..4).map(|ordinal| fixture::comparison(batch, 1, ordinal, 1)).collect();
    let questions: Vec<_> = rows.iter().map(fixture::question).collect();
    append(&store, &questions).await;
    let held = claim(&store, by("relay", MessageKind::Question, 20, 2)).await;
    settle(&store, &[(held[0].id, sent(21))]).await;
    let gone: Vec<_> = rows[..3].iter().map(|row| row.id).chain([batch.comparison_id(9, 9, 9)]).collect();
    let mut unit = begin(&store).await;
    unit.withdraw(&gone, &[]).await.expect("questions are withdrawn");
    commit(unit).await;
    let settlements: Vec<_> = questions[..3].iter().map(|question| (question.id, retry(22))).collect();
    settle(&store, &settlements).await;
    let left = claim(&store, by("relay", MessageKind::Question, 1_000, 10)).await;
    assert_eq!(left.iter().map(|message| message.id).collect::<Vec<_>>(), [questions[3].id]);
    append(&store, &questions[..3]).await;
}

/// All questions of batches that ended go; their events and other batches' questions stay.
pub async fn withdraws_questions_of_batches(store: Arc<dyn Store>) {
    let mut batches = Vec::new();
    for name in ["ended", "going on"] {
        batches.push(seeded(&store, name).await.id());
    }
    let questions =
        |batch: BatchId| (0..3).map(move |ordinal| fixture::question(&fixture::comparison(batch, 1, ordinal, 1)));
    let all: Vec<_> = batches.iter().flat_map(|batch| questions(*batch)).collect();
    append(&store, &all).await;
    let event = timed("ended", 1, 0, 1);
    append(&store, std::slice::from_ref(&event)).await;
    let mut unit = begin(&store).await;
    unit.withdraw(&[], &[batches[0], batch_id("unknown")]).await.expect("questions are withdrawn");
    commit(unit).await;
    let left = claim(&store, by("relay", MessageKind::Question, 100, 10)).await;
    assert_eq!(left.len(), 3);
    assert!(left.iter().all(|message| message.batch_id == batches[1]));
    assert_eq!(events(&store, "relay", 100).await, [event.id]);
}

/// The id of a comparison withdraws its question only, not an event of that id.
pub async fn events_are_not_withdrawn(store: Arc<dyn Store>) {
    let comparison: ComparisonRecord = fixture::comparison(batch_id("batch"), 1, 0, 1);
    let event = OutboxMessage { kind: MessageKind::Event, ..fixture::question(&comparison) };
    append(&store, std::slice::from_ref(&event)).await;
    let mut unit = begin(&store).await;
    unit.withdraw(&[comparison.id], &[batch_id("batch")]).await.expect("questions are withdrawn");
    commit(unit).await;
    assert_eq!(events(&store, "relay", 100).await, [event.id]);
}

/// A withdrawn message does not hold up its key any more.
pub async fn a_withdrawn_message_frees_its_key(store: Arc<dyn Store>) {
    let batch = seeded(&store, "batch").await.id();
    let rows = [1, 2].map(|ordinal| fixture::comparison(batch, 1, ordinal, 1));
    let questions = rows.clone().map(|row| OutboxMessage { key: "shared".to_owned(), ..fixture::question(&row) });
    append(&store, &questions).await;
    settle(&store, &[(questions[0].id, parked(1))]).await;
    assert_eq!(claim(&store, by("relay", MessageKind::Question, 100, 10)).await, []);
    let mut unit = begin(&store).await;
    unit.withdraw(&[rows[0].id], &[]).await.expect("questions are withdrawn");
    commit(unit).await;
    let found = claim(&store, by("relay", MessageKind::Question, 100, 10)).await;
    assert_eq!(found, [claimed(questions[1].clone(), 1)]);
}

/// The depth counts what waits, and says when the next message may be claimed and how old the oldest is.
pub async fn depth_says_when_to_come_back(store: Arc<dyn Store>) {
    assert_eq!(depth(&store, MessageKind::Event).await, OutboxDepth::default());
    let first = OutboxMessage { available_at: at(40), ..timed("batch", 1, 0, 5) };
    let blocked = timed("batch", 2, 0, 6);
    let other = OutboxMessage { available_at: at(50), ..timed("other", 1, 0, 3) };
    append(&store, &[first.clone(), blocked.clone(), other.clone()]).await;
    assert_eq!(depth(&store, MessageKind::Event).await, waiting(3, 0, Some(40), Some(3)));
    assert_eq!(depth(&store, MessageKind::Question).await, OutboxDepth::default());
    assert_eq!(events(&store, "relay", 45).await, [first.id, blocked.id]);
    assert_eq!(depth(&store, MessageKind::Event).await, waiting(3, 0, Some(50), Some(3)));
    assert_eq!(events(&store, "relay", 50).await, [other.id]);
    assert_eq!(depth(&store, MessageKind::Event).await, waiting(3, 0, Some(45 + LEASE), Some(3)));
    settle(&store, &[(first.id, sent(46)), (other.id, retry(60))]).await;
    assert_eq!(depth(&store, MessageKind::Event).await, waiting(2, 0, Some(60), Some(3)));
    settle(&store, &[(blocked.id, parked(47)), (other.id, sent(60))]).await;
    assert_eq!(depth(&store, MessageKind::Event).await, waiting(0, 1, None, None));
}

/// Settlements of one call are independent, and ids that are not there are passed over.
pub async fn settles_many_ways_at_once(store: Arc<dyn Store>) {
    let messages = ["a", "b", "c", "d"].map(|name| timed(name, 1, 0, i64::from(name.as_bytes()[0])));
    append(&store, &messages).await;
    assert_eq!(events(&store, "relay", 110).await.len(), 4);
    let unknown = batch_id("unknown").event_id(1, 1);
    let ids = messages.each_ref().map(|message| message.id);
    settle(&store, &[(ids[0], sent(111)), (ids[1], retry(120)), (unknown, sent(111)), (ids[2], parked(111))]).await;
    assert_eq!(events(&store, "relay", 120).await, [ids[1]]);
    assert_eq!(events(&store, "relay", 110 + LEASE).await, [ids[3]]);
    assert_eq!(depth(&store, MessageKind::Event).await, waiting(2, 1, Some(120 + LEASE), Some(98)));
}

/// Times of the outbox are exact to the microsecond.
pub async fn availability_is_exact_to_the_microsecond(store: Arc<dyn Store>) {
    let message = timed("batch", 1, 0, 10);
    append(&store, std::slice::from_ref(&message)).await;
    let just_before: DateTime<Utc> = at(10) - TimeDelta::microseconds(1);
    let early = Claim { now: just_before, ..by("relay", MessageKind::Event, 0, 10) };
    assert_eq!(claim(&store, early).await, []);
    assert_eq!(events(&store, "relay", 10).await, [message.id]);
}

/// Empty slices are accepted; two thousand messages of two thousand keys go in one call each.
pub async fn moves_no_message_and_two_thousand(store: Arc<dyn Store>) {
    let mut unit = begin(&store).await;
    unit.append(&[]).await.expect("nothing is appended");
    unit.withdraw(&[], &[]).await.expect("nothing is withdrawn");
    unit.settle(&[]).await.expect("nothing is settled");
    commit(unit).await;
    let messages: Vec<_> = (0..2_000).map(|n| timed(&format!("batch {n}"), 1, 0, n)).collect();
    append(&store, &messages).await;
    let found = claim(&store, by("relay", MessageKind::Event, 5_000, u32::MAX)).await;
    assert!(found.iter().map(|message| message.id).eq(messages.iter().map(|message| message.id)));
    settle(&store, &found.iter().map(|message| (message.id, sent(5_001))).collect::<Vec<_>>()).await;
    assert_eq!(depth(&store, MessageKind::Event).await, OutboxDepth::default());
}
