//! The relay, on every store: order per key, stable bytes, pauses, parking, a receiver that is away; and what is put aside.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use chrono::TimeDelta;
use cj_core::change::{DeadLetter, MessageKind, MessageState, OutboxMessage};
use cj_core::id::EventId;
use cj_core::port::{BreakerSettings, EventPublisher, ManualClock, PublishError, PublishErrorKind};
use cj_core::service::{Relay, RelayPolicy, Resent, Retention, Service};
use cj_core::store::{BehindParked, OutboxQuery, Store};

use super::support::{begin, commit, view};
use crate::fixture::{self, at, batch_id, event};

/// A receiver with moods: what it answers to the n-th message that it is given is said by a function.
pub(super) struct Receiver {
    mood: Box<Mood>,
    seen: Mutex<Seen>,
}

type Mood = dyn Fn(u64, &OutboxMessage) -> Result<(), PublishError> + Send + Sync;

#[derive(Default)]
struct Seen {
    given: u64,
    calls: u64,
    accepted: Vec<OutboxMessage>,
}

impl Receiver {
    pub(super) fn new(
        mood: impl Fn(u64, &OutboxMessage) -> Result<(), PublishError> + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self { mood: Box::new(mood), seen: Mutex::default() })
    }

    pub(super) fn accepted(&self) -> Vec<OutboxMessage> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).accepted.clone()
    }

    fn calls(&self) -> u64 {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).calls
    }
}

#[async_trait]
impl EventPublisher for Receiver {
    async fn publish(&self, events: &[OutboxMessage]) -> Vec<Result<(), PublishError>> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.calls += 1;
        let mut broken = BTreeSet::new();
        let mut outcomes = Vec::new();
        for event in events {
            seen.given += 1;
            let outcome = if broken.contains(&event.key) {
                Err(PublishError::passing("behind one that failed"))
            } else {
                (self.mood)(seen.given, event)
            };
            match &outcome {
                Ok(()) => seen.accepted.push(event.clone()),
                Err(_) => drop(broken.insert(event.key.clone())),
            }
            outcomes.push(outcome);
        }
        outcomes
    }
}

pub(super) fn service(store: &Arc<dyn Store>, clock: &Arc<ManualClock>, name: &str) -> Service {
    Service::new(Arc::clone(store), clock.clone(), fixture::worker(name))
}

fn no_breaker() -> BreakerSettings {
    BreakerSettings { failures: u32::MAX, ..BreakerSettings::default() }
}

async fn append(store: &Arc<dyn Store>, messages: &[OutboxMessage]) {
    let mut unit = begin(store).await;
    unit.append(messages).await.expect("messages are appended");
    commit(unit).await;
}

async fn state(store: &Arc<dyn Store>, id: EventId) -> MessageState {
    let entries = view(store).await.entries(&OutboxQuery::Id(id)).await.expect("the entry is read");
    entries.first().expect("it is there").state
}

fn keyed(keys: u64, each: u64) -> Vec<OutboxMessage> {
    (0..keys)
        .flat_map(|key| (1..=each).map(move |version| event(batch_id(&format!("key {key}")), version, 0)))
        .collect()
}

/// With three relays, and a receiver that fails every third message, each key arrives in order, and every event as it was
/// stored: bytes, headers, key and id, however often it was tried.
pub async fn keys_keep_their_order_and_bytes_with_many_relays(store: Arc<dyn Store>) {
    let messages = keyed(8, 12);
    append(&store, &messages).await;
    let clock = Arc::new(ManualClock::at(at(100)));
    let receiver =
        Receiver::new(|given, _| if given % 3 == 0 { Err(PublishError::passing("a bad moment")) } else { Ok(()) });
    let policy = RelayPolicy { limit: 7, max_attempts: 1_000, ..RelayPolicy::default() };
    let relays: Vec<_> = (0..3)
        .map(|n| Relay::with(service(&store, &clock, &format!("relay {n}")), receiver.clone(), policy, no_breaker()))
        .collect();
    let mut sent = 0;
    for turn in 0..10_000 {
        sent += relays[turn % 3].pass().await.expect("the store works").sent as usize;
        if sent == messages.len() {
            break;
        }
        if turn % 3 == 2 {
            let depth = relays[0].observe().await.expect("the store works");
            clock.advance_to(depth.next_at.expect("something waits"));
        }
    }
    let accepted = receiver.accepted();
    assert_eq!(accepted.len(), messages.len(), "each arrived once");
    let mut versions: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for message in &accepted {
        versions.entry(message.key.clone()).or_default().push(message.version);
        let stored = messages.iter().find(|it| it.id == message.id).expect("it was stored");
        let (attempts, available_at) = (message.attempts, message.available_at);
        assert_eq!(message, &OutboxMessage { attempts, available_at, ..stored.clone() });
    }
    assert!(versions.values().all(|versions| versions.iter().copied().eq(1..=12)), "{versions:?}");
    let failures: u64 = relays.iter().flat_map(|relay| relay.figures().failures.into_values()).sum();
    assert!(failures > 20, "only {failures} failures: the case shows nothing");
}

/// An event that is refused is parked at once; what is behind it waits, untried, until it is replayed; others go on.
pub async fn what_is_behind_a_parked_event_waits(store: Arc<dyn Store>) {
    let messages = keyed(2, 3);
    append(&store, &messages).await;
    let poison = messages[0].id;
    let clock = Arc::new(ManualClock::at(at(100)));
    let cured = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let looks = Arc::clone(&cured);
    let receiver = Receiver::new(move |_, it| {
        let is_cured = looks.load(std::sync::atomic::Ordering::Relaxed);
        if it.id == poison && !is_cured { Err(PublishError::refusal("no such field")) } else { Ok(()) }
    });
    let relay = Relay::new(service(&store, &clock, "relay"), receiver.clone());
    let relayed = relay.pass().await.expect("the store works");
    assert_eq!((relayed.sent, relayed.parked, relayed.held, relayed.postponed), (3, 1, 2, 0));
    clock.advance_to(at(100_000));
    assert!(relay.pass().await.expect("the store works").is_idle());
    assert_eq!(state(&store, poison).await, MessageState::Parked { at: at(100) });
    assert_eq!(relay.observe().await.expect("the store works").parked, 1);

    cured.store(true, std::sync::atomic::Ordering::Relaxed);
    let shell = service(&store, &clock, "operator");
    let replayed = shell.replay_parked(&[poison, messages[1].id]).await.expect("the store works");
    assert_eq!(replayed, [poison]);
    assert_eq!(relay.pass().await.expect("the store works").sent, 3);
    let of_key: Vec<_> = receiver.accepted().into_iter().filter(|it| it.key == messages[0].key).collect();
    assert_eq!(of_key.iter().map(|it| it.version).collect::<Vec<_>>(), [1, 2, 3]);
    assert!(of_key.iter().all(|it| it.attempts == 1), "what was held back was not tried: {of_key:?}");
}

/// Where the policy says so, what is behind a parked event is sent without it.
pub async fn what_is_behind_a_parked_event_may_pass(store: Arc<dyn Store>) {
    let messages = keyed(1, 3);
    append(&store, &messages).await;
    let poison = messages[0].id;
    let clock = Arc::new(ManualClock::at(at(100)));
    let receiver = Receiver::new(move |_, it| if it.id == poison { Err(PublishError::refusal("no")) } else { Ok(()) });
    let policy = RelayPolicy { behind_parked: BehindParked::Pass, ..RelayPolicy::default() };
    let relay = Relay::with(service(&store, &clock, "relay"), receiver.clone(), policy, no_breaker());
    assert_eq!(relay.pass().await.expect("the store works").parked, 1);
    assert_eq!(relay.pass().await.expect("the store works").sent, 2);
    assert_eq!(receiver.accepted().iter().map(|it| it.version).collect::<Vec<_>>(), [2, 3]);
}

/// Trouble that passes is paused for longer and longer, never in a hot loop, and parked after the last attempt.
pub async fn an_event_is_parked_after_its_last_attempt(store: Arc<dyn Store>) {
    let messages = keyed(1, 1);
    append(&store, &messages).await;
    let clock = Arc::new(ManualClock::at(at(100)));
    let receiver = Receiver::new(|_, _| Err(PublishError::passing("busy")));
    let policy = RelayPolicy { max_attempts: 6, ..RelayPolicy::default() };
    let relay = Relay::with(service(&store, &clock, "relay"), receiver.clone(), policy, no_breaker());
    let mut pauses = Vec::new();
    for attempt in 1..=6 {
        let relayed = relay.pass().await.expect("the store works");
        assert_eq!((relayed.postponed, relayed.parked), (u32::from(attempt < 6), u32::from(attempt == 6)));
        assert!(relay.pass().await.expect("the store works").is_idle(), "it is paused, or parked");
        if let Some(next_at) = relay.observe().await.expect("the store works").next_at {
            let now = at(100) + pauses.iter().sum::<TimeDelta>();
            pauses.push(next_at - now);
            clock.advance_to(next_at);
        }
    }
    assert_eq!(pauses.len(), 5);
    for (doublings, pause) in pauses.iter().enumerate() {
        let whole = TimeDelta::seconds(1 << doublings);
        assert!(*pause >= whole / 2 && *pause <= whole, "{pauses:?}");
    }
    assert_eq!(receiver.calls(), 6);
    let figures = relay.figures();
    assert_eq!((figures.failures[&PublishErrorKind::Passing], figures.parked, figures.passes), (6, 1, 12));
}

/// While a receiver is away nothing is marked sent, parked or counted as tried, however long; it is asked once per rest of
/// the breaker. When it is back everything arrives in order.
pub async fn a_receiver_that_is_away_costs_no_attempt(store: Arc<dyn Store>) {
    let messages = keyed(3, 4);
    append(&store, &messages).await;
    let clock = Arc::new(ManualClock::at(at(100)));
    let back = at(100) + TimeDelta::hours(3);
    let (watch, until) = (Arc::clone(&clock), back);
    let receiver = Receiver::new(move |_, _| {
        let now = cj_core::port::Clock::now(&*watch);
        if now < until { Err(PublishError::unreachable("no broker")) } else { Ok(()) }
    });
    let relay = Relay::new(service(&store, &clock, "relay"), receiver.clone());
    let mut passes = 0;
    while receiver.accepted().len() < messages.len() {
        passes += 1;
        assert!(passes < 5_000, "a hot loop");
        let relayed = relay.pass().await.expect("the store works");
        assert_eq!((relayed.parked, relayed.postponed), (0, 0));
        if cj_core::port::Clock::now(&*clock) < back {
            assert_eq!(relayed.sent, 0, "nothing is sent to who is away");
        }
        let next_at = relay.observe().await.expect("the store works").next_at;
        let wait = [relayed.closed_until, next_at.filter(|_| relayed.is_idle())].into_iter().flatten().max();
        clock.advance_to(wait.unwrap_or_else(|| cj_core::port::Clock::now(&*clock)));
    }
    let accepted = receiver.accepted();
    assert_eq!(accepted.len(), messages.len());
    assert!(accepted.iter().all(|it| it.attempts == 1), "an attempt was counted");
    for key in 0..3 {
        let of_key = accepted.iter().filter(|it| it.batch_id == batch_id(&format!("key {key}")));
        assert_eq!(of_key.map(|it| it.version).collect::<Vec<_>>(), [1, 2, 3, 4]);
    }
    assert!(receiver.calls() < 400, "asked {} times in three hours", receiver.calls());
    assert_eq!(relay.breaker_state(), "closed");
    let figures = relay.figures();
    assert_eq!((figures.sent, figures.parked, figures.age.count()), (12, 0, 12));
}

/// What has been kept long enough goes, in slices; what is young stays, and the inbox remembers for a week at least.
pub async fn what_is_old_is_pruned(store: Arc<dyn Store>) {
    let messages = keyed(2, 1_300);
    append(&store, &messages).await;
    let clock = Arc::new(ManualClock::at(at(10_000)));
    let shell = service(&store, &clock, "operator");
    let receiver = Receiver::new(|_, _| Ok(()));
    while !shell.relay_events(&*receiver, 1_000).await.expect("the store works").is_idle() {}
    let young = event(batch_id("young"), 1, 0);
    append(&store, std::slice::from_ref(&young)).await;
    let (old_mark, young_mark) = (fixture::event_id("old"), fixture::event_id("young"));
    let mut unit = begin(&store).await;
    for consumer in ["one", "two"] {
        unit.admit(consumer, &[old_mark], at(10_000)).await.expect("messages are admitted");
        unit.admit(consumer, &[young_mark], at(10_000) + TimeDelta::days(9)).await.expect("messages are admitted");
    }
    let letter = |name: &str, days: i64| DeadLetter {
        received_at: at(10_000) + TimeDelta::days(days),
        ..fixture::dead_letter("one", name)
    };
    unit.keep(&[letter("old", 0), letter("young", 9)]).await.expect("letters are kept");
    commit(unit).await;

    let retention =
        Retention::new().inbox(TimeDelta::days(7)).expect("a week is enough").dead_letters(TimeDelta::days(7));
    assert!(Retention::new().inbox(TimeDelta::days(7) - TimeDelta::seconds(1)).is_err());
    clock.advance_to(at(10_000) + TimeDelta::days(7));
    let pruned = shell.prune(&retention).await.expect("the store works");
    assert_eq!((pruned.events, pruned.inbox, pruned.dead_letters), (0, 0, 0), "nothing is older than a week");
    clock.advance_to(at(10_001) + TimeDelta::days(7));
    let pruned = shell.prune(&retention).await.expect("the store works");
    assert_eq!((pruned.events, pruned.inbox, pruned.dead_letters), (2_600, 2, 1));
    assert_eq!(state(&store, young.id).await, MessageState::Waiting);
    let mut unit = begin(&store).await;
    let now = at(0);
    for consumer in ["one", "two"] {
        let admitted = unit.admit(consumer, &[old_mark, young_mark], now).await.expect("messages are admitted");
        assert_eq!(admitted, [old_mark], "{consumer}");
    }
    assert_eq!(unit.newest(9).await.expect("letters are read"), [letter("young", 9)]);
}

/// A dead letter goes back to its topic with its own bytes, in one unit of work: letters gone, inbox open, outbox filled.
pub async fn a_dead_letter_goes_back_to_its_topic(store: Arc<dyn Store>) {
    let clock = Arc::new(ManualClock::at(at(100)));
    let shell = service(&store, &clock, "operator");
    let first = DeadLetter { topic: "a.topic".to_owned(), ..fixture::dead_letter("one", "letter") };
    let second = DeadLetter { consumer: "two".to_owned(), ..first.clone() };
    let bare = DeadLetter { payload: Vec::new(), ..fixture::dead_letter("one", "bare") };
    let mut unit = begin(&store).await;
    unit.keep(&[first.clone(), second.clone(), bare.clone()]).await.expect("letters are kept");
    for consumer in ["one", "two", "three"] {
        unit.admit(consumer, &[first.event_id], at(0)).await.expect("messages are admitted");
    }
    commit(unit).await;
    assert_eq!(view(&store).await.letters_of(first.event_id).await.expect("letters are read"), [first.clone(), second]);

    assert_eq!(shell.resend(fixture::event_id("nobody")).await.expect("the store works"), Resent::Unknown);
    assert_eq!(shell.resend(bare.event_id).await.expect("the store works"), Resent::NothingToSend);
    let Resent::Queued(id) = shell.resend(first.event_id).await.expect("the store works") else {
        panic!("it is queued");
    };
    assert_eq!(shell.resend(first.event_id).await.expect("the store works"), Resent::Unknown, "its letters are gone");
    assert_eq!(view(&store).await.newest(9).await.expect("letters are read"), [bare]);
    let receiver = Receiver::new(|_, _| Ok(()));
    shell.relay_events(&*receiver, 10).await.expect("the store works");
    let sent = receiver.accepted();
    assert_eq!(sent.len(), 1);
    assert_eq!((sent[0].id, sent[0].topic.as_str(), &sent[0].payload), (id, "a.topic", &first.payload));
    assert_eq!(sent[0].headers["event_id"], first.event_id.to_string());
    let mut unit = begin(&store).await;
    for (consumer, expected) in [("one", 1), ("two", 1), ("three", 0)] {
        let admitted = unit.admit(consumer, &[first.event_id], at(1)).await.expect("messages are admitted");
        assert_eq!(admitted.len(), expected, "{consumer}");
    }
}

/// A relay that drains sends everything that is due, also what makes way only when the slice before is settled; while
/// another does the same, keys keep their order and nothing goes twice.
pub async fn draining_relays_send_everything_in_order(store: Arc<dyn Store>) {
    let messages = keyed(9, 11);
    append(&store, &messages).await;
    let clock = Arc::new(ManualClock::at(at(100)));
    let receiver = Receiver::new(|_, _| Ok(()));
    let policy = RelayPolicy { limit: 5, ..RelayPolicy::default() };
    let relay =
        |n: u32| Relay::with(service(&store, &clock, &format!("relay {n}")), receiver.clone(), policy, no_breaker());
    let (one, other) = (relay(1), relay(2));
    let (left, right) = tokio::join!(one.drain(), other.drain());
    let sent = left.expect("the store works").sent + right.expect("the store works").sent;
    // What one has in hand when the other looks last may be left to whoever drains next.
    let rest = one.drain().await.expect("the store works").sent;
    assert_eq!(sent + rest, 99);
    let mut versions: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for message in receiver.accepted() {
        versions.entry(message.key).or_default().push(message.version);
    }
    assert_eq!(versions.len(), 9);
    assert!(versions.values().all(|versions| versions.iter().copied().eq(1..=11)), "{versions:?}");
    assert_eq!(one.observe().await.expect("the store works").pending, 0);
    assert!(one.drain().await.expect("the store works").is_idle());
}

/// After trouble a drain claims no more: what it has in hand is sent or let go, and nothing stays leased.
pub async fn a_drain_stops_at_trouble_and_keeps_nothing(store: Arc<dyn Store>) {
    let messages = keyed(6, 2);
    append(&store, &messages).await;
    let clock = Arc::new(ManualClock::at(at(100)));
    let receiver = Receiver::new(|given, _| if given > 5 { Err(PublishError::unreachable("gone")) } else { Ok(()) });
    let policy = RelayPolicy { limit: 3, ..RelayPolicy::default() };
    let relay = Relay::with(service(&store, &clock, "relay"), receiver.clone(), policy, BreakerSettings::default());
    let mut sent = 0;
    for _ in 0..20 {
        let relayed = relay.drain().await.expect("the store works");
        sent += relayed.sent;
        let mut view = view(&store).await;
        let waiting = view.entries(&OutboxQuery::Waiting { kind: MessageKind::Event, limit: 99 }).await;
        let waiting = waiting.expect("entries are read");
        assert!(
            waiting.iter().all(|entry| entry.state == MessageState::Waiting),
            "something stayed leased: {waiting:?}"
        );
        assert_eq!(waiting.len() + sent as usize, messages.len());
        if relayed.closed_until.is_some() {
            break;
        }
        clock.advance_to(cj_core::port::Clock::now(&*clock) + TimeDelta::seconds(6));
    }
    assert_eq!((sent, relay.breaker_state()), (5, "open"));
    let (looks, calls) = (relay.figures().passes, receiver.calls());
    assert!(relay.drain().await.expect("the store works").is_idle());
    assert_eq!((relay.figures().passes, receiver.calls()), (looks, calls), "an open breaker keeps it from looking");
}
