use chrono::DateTime;
use cj_core::change::{MessageKind, OutboxMessage};
use cj_core::id::{BatchId, EventId};
use cj_core::port::{PublishError, PublishErrorKind};

use super::{in_order, rounds};
use crate::diagnosis::Diagnosis;

fn event(key: &str, topic: &str) -> OutboxMessage {
    OutboxMessage {
        id: EventId::of_bytes(b"event"),
        kind: MessageKind::Event,
        batch_id: BatchId::of_request(EventId::of_bytes(b"request")),
        version: 1,
        ordinal: 0,
        aggregate_type: "batch".to_owned(),
        aggregate_id: key.to_owned(),
        event_type: "Test".to_owned(),
        topic: topic.to_owned(),
        key: key.to_owned(),
        payload: Vec::new(),
        headers: std::collections::BTreeMap::new(),
        created_at: DateTime::UNIX_EPOCH,
        available_at: DateTime::UNIX_EPOCH,
        attempts: 1,
    }
}

#[test]
fn a_key_waits_before_it_goes_on_to_another_topic() {
    let events = [event("a", "x"), event("a", "x"), event("b", "y"), event("a", "y"), event("b", "y"), event("a", "x")];
    assert_eq!(rounds(&events), [vec![0, 1, 2, 4], vec![3], vec![5]]);
}

#[test]
fn of_one_key_none_is_sent_after_one_that_is_not() {
    let events = [event("a", "x"), event("a", "x"), event("b", "x"), event("a", "x"), event("c", "x")];
    let refusal = PublishError::refusal("too large");
    let outcomes = vec![Some(Ok(())), Some(Err(refusal.clone())), Some(Ok(())), Some(Ok(())), None];
    let ordered = in_order(&events, outcomes, &Diagnosis::default());
    assert_eq!((ordered[0].clone(), ordered[1].clone(), ordered[2].clone()), (Ok(()), Err(refusal), Ok(())));
    assert_eq!(ordered[3].clone().unwrap_err().kind, PublishErrorKind::Passing);
    assert_eq!(ordered[4].clone().unwrap_err().kind, PublishErrorKind::Unreachable);
}
