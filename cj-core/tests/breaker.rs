//! The circuit breaker: what holds whatever happens.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use cj_core::change::{MessageKind, OutboxMessage};
use cj_core::id::{BatchId, EventId};
use cj_core::port::{
    Breaker, BreakerSettings, EventPublisher, GuardedPublisher, ManualClock, Permit, PublishError, PublishErrorKind,
    Ticket,
};
use proptest::collection::vec;
use proptest::prelude::*;

const START: DateTime<Utc> = DateTime::UNIX_EPOCH;

/// What may happen to a breaker.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// So many milliseconds pass.
    Pass(u32),
    /// Somebody asks to send.
    Ask,
    /// The n-th ticket given out so far did well, or not.
    End { which: prop::sample::Index, is_good: bool },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => (0_u32..40_000).prop_map(Step::Pass),
        4 => Just(Step::Ask),
        6 => (any::<prop::sample::Index>(), any::<bool>()).prop_map(|(which, is_good)| Step::End { which, is_good }),
        // Without runs of failures it would hardly ever open.
        6 => any::<prop::sample::Index>().prop_map(|which| Step::End { which, is_good: false }),
    ]
}

fn settings() -> impl Strategy<Value = BreakerSettings> {
    (1_u32..6, 1_i64..60, 1_u32..4).prop_map(|(failures, rest, successes)| BreakerSettings {
        failures,
        rest: TimeDelta::seconds(rest),
        successes,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    /// It rests for exactly `rest` after it opens; there is one probe at a time; it opens after `failures` in a row and no
    /// fewer, and closes after `successes` in a row; what belongs to an earlier state changes nothing.
    #[test]
    fn it_does_what_it_promises(settings in settings(), steps in vec(step(), 0..120)) {
        let mut breaker = Breaker::new(settings);
        let mut now = START;
        let mut tickets: Vec<Ticket> = Vec::new();
        let mut probe: Option<(Ticket, DateTime<Utc>)> = None;
        let mut opened: Option<DateTime<Utc>> = None;
        let (mut failures, mut successes) = (0, 0);
        for step in steps {
            match step {
                Step::Pass(ms) => now += TimeDelta::milliseconds(i64::from(ms)),
                Step::Ask => {
                    let foretold = breaker.outlook(now);
                    let permit = breaker.ask(now);
                    prop_assert_eq!(permit, foretold);
                    match permit {
                        Permit::All(ticket) => {
                            prop_assert_eq!(breaker.code(), "closed");
                            tickets.push(ticket);
                        }
                        Permit::One(ticket) => {
                            prop_assert_eq!(breaker.code(), "half_open");
                            prop_assert!(opened.is_none_or(|at| now >= at + settings.rest), "it did not rest");
                            prop_assert!(probe.is_none_or(|(_, until)| now >= until), "two probes at once");
                            if opened.take().is_some() {
                                successes = 0;
                            }
                            probe = Some((ticket, now + settings.rest));
                            tickets.push(ticket);
                        }
                        Permit::Wait { until } => {
                            prop_assert!(until > now && until <= now + settings.rest);
                            prop_assert_ne!(breaker.code(), "closed");
                        }
                    }
                }
                Step::End { .. } if tickets.is_empty() => {}
                Step::End { which, is_good } => {
                    let ticket = *which.get(&tickets);
                    let (before, was) = (breaker.clone(), breaker.code());
                    if is_good { breaker.succeeded(ticket) } else { breaker.failed(ticket, now) }
                    match (was, is_good) {
                        ("open", _) => prop_assert_eq!(&breaker, &before, "nothing counts while it rests"),
                        ("half_open", _) if probe.is_none_or(|(of, _)| of != ticket) => {
                            prop_assert_eq!(&breaker, &before, "that was not the probe");
                        }
                        ("half_open", true) => {
                            probe = None;
                            successes += 1;
                            prop_assert_eq!(breaker.code() == "closed", successes >= settings.successes);
                            failures = 0;
                        }
                        ("half_open", false) => {
                            prop_assert_eq!(breaker.code(), "open");
                            (probe, opened) = (None, Some(now));
                        }
                        // A closed breaker: tickets of an earlier time say nothing.
                        (_, is_good) if breaker != before || tickets_are_current(&before, ticket, now) => {
                            failures = if is_good { 0 } else { failures + 1 };
                            prop_assert_eq!(breaker.code() == "open", failures >= settings.failures);
                            if breaker.code() == "open" {
                                (opened, failures, probe) = (Some(now), 0, None);
                            }
                        }
                        _ => {}
                    }
                }
            }
        }
    }
}

fn tickets_are_current(breaker: &Breaker, ticket: Ticket, now: DateTime<Utc>) -> bool {
    breaker.outlook(now) == Permit::All(ticket)
}

/// Fails as long as it is told to, and keeps what it was given.
#[derive(Default)]
struct Flaky {
    is_good: std::sync::atomic::AtomicBool,
    calls: AtomicU32,
    given: Mutex<Vec<EventId>>,
}

#[async_trait]
impl EventPublisher for Flaky {
    async fn publish(&self, events: &[OutboxMessage]) -> Vec<Result<(), PublishError>> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.given.lock().unwrap().extend(events.iter().map(|event| event.id));
        let outcome =
            if self.is_good.load(Ordering::Relaxed) { Ok(()) } else { Err(PublishError::unreachable("no broker")) };
        vec![outcome; events.len()]
    }
}

fn events(count: u32) -> Vec<OutboxMessage> {
    let batch_id = BatchId::of_request(EventId::of_bytes(b"a request"));
    let event = |ordinal| OutboxMessage {
        id: batch_id.event_id(1, ordinal),
        kind: MessageKind::Event,
        batch_id,
        version: 1,
        ordinal,
        aggregate_type: String::new(),
        aggregate_id: String::new(),
        event_type: String::new(),
        topic: String::new(),
        key: ordinal.to_string(),
        payload: Vec::new(),
        headers: std::collections::BTreeMap::new(),
        created_at: START,
        available_at: START,
        attempts: 1,
    };
    (0..count).map(event).collect()
}

#[tokio::test]
async fn an_open_breaker_means_later_never_sent() {
    let (clock, flaky) = (Arc::new(ManualClock::at(START)), Arc::new(Flaky::default()));
    let guarded = GuardedPublisher::new(flaky.clone(), clock.clone(), BreakerSettings::default());
    let events = events(8);
    assert!(guarded.publish(&[]).await.is_empty());
    let outcomes = guarded.publish(&events).await;
    assert!(outcomes.iter().all(Result::is_err));
    assert_eq!(guarded.state(), "open");
    for _ in 0..100 {
        let outcomes = guarded.publish(&events).await;
        assert_eq!(outcomes.len(), 8);
        let kinds = outcomes.into_iter().map(|outcome| outcome.unwrap_err().kind);
        assert!(kinds.into_iter().all(|kind| kind == PublishErrorKind::Unreachable));
    }
    assert_eq!(flaky.calls.load(Ordering::Relaxed), 1, "nothing was sent while it was open");

    flaky.is_good.store(true, Ordering::Relaxed);
    for (probe, state) in [(0, "half_open"), (1, "closed")] {
        clock.advance_to(START + TimeDelta::seconds(30 + probe));
        let outcomes = guarded.publish(&events).await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "one probe");
        assert_eq!((outcomes[0].is_ok(), outcomes.len(), guarded.state()), (true, 8, state));
    }
    assert!(guarded.publish(&events).await.iter().all(Result::is_ok));
    assert_eq!(flaky.given.lock().unwrap().len(), 8 + 1 + 1 + 8);
}

/// Of a key none may succeed after one that failed: a single bad event must not look like many.
#[tokio::test]
async fn one_bad_event_with_a_long_key_behind_it_opens_nothing() {
    struct Picky;
    #[async_trait]
    impl EventPublisher for Picky {
        async fn publish(&self, events: &[OutboxMessage]) -> Vec<Result<(), PublishError>> {
            let outcome = |it: &OutboxMessage| if it.key == "bad" { Err(PublishError::passing("no")) } else { Ok(()) };
            events.iter().map(outcome).collect()
        }
    }
    let clock = Arc::new(ManualClock::at(START));
    let guarded = GuardedPublisher::new(Arc::new(Picky), clock, BreakerSettings::default());
    let mut events = events(20);
    for event in &mut events[5..] {
        "bad".clone_into(&mut event.key);
    }
    for _ in 0..20 {
        let outcomes = guarded.publish(&events).await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 5);
        assert_eq!(guarded.state(), "closed");
    }
}

/// Stops listening in the middle of a probe.
#[tokio::test]
async fn a_probe_that_is_dropped_blocks_nobody_for_ever() {
    struct Hanging;
    #[async_trait]
    impl EventPublisher for Hanging {
        async fn publish(&self, _: &[OutboxMessage]) -> Vec<Result<(), PublishError>> {
            std::future::pending().await
        }
    }
    let clock = Arc::new(ManualClock::at(START));
    let guarded = GuardedPublisher::new(Arc::new(Hanging), clock.clone(), BreakerSettings::default());
    let mut breaker = Breaker::new(BreakerSettings { failures: 1, ..BreakerSettings::default() });
    let Permit::All(ticket) = breaker.ask(START) else { panic!("it is closed") };
    breaker.failed(ticket, START);
    let later = START + TimeDelta::seconds(30);
    let Permit::One(lost) = breaker.ask(later) else { panic!("it is half-open") };
    assert!(matches!(breaker.ask(later), Permit::Wait { .. }));
    let much_later = later + TimeDelta::seconds(30);
    let Permit::One(next) = breaker.ask(much_later) else { panic!("the first probe is given up") };
    breaker.failed(lost, much_later);
    assert_eq!(breaker.code(), "half_open", "nothing is believed of a probe that was given up");
    breaker.succeeded(next);
    let Permit::One(last) = breaker.ask(much_later) else { panic!("one success is not enough") };
    breaker.succeeded(last);
    assert_eq!(breaker.code(), "closed");
    let events = events(1);
    let dropped = guarded.publish(&events);
    drop(dropped);
    assert!(matches!(guarded.outlook(), Permit::All(_)));
}
