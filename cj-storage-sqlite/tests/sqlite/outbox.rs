//! The outbox: order per key, leases, what becomes of messages.

use crate::support::{Fixture, at, batch_id, event, question};
use chrono::TimeDelta;
use cj_core::change::{MessageKind, OutboxMessage};
use cj_core::id::WorkerId;
use cj_core::store::{
    BehindParked, Claim, ErrorKind, OutboxDepth, Settlement, SettlementOutcome, Store as _, UnitOfWork, Wake,
    Wakes as _,
};

fn claim(kind: MessageKind, limit: u32, seconds: i64) -> Claim {
    let owner = WorkerId::new("relay").unwrap();
    Claim { kind, limit, owner, now: at(seconds), lease: TimeDelta::seconds(60), behind_parked: BehindParked::Wait }
}

async fn claimed(unit: &mut Box<dyn UnitOfWork>, limit: u32, seconds: i64) -> Vec<OutboxMessage> {
    unit.claim(&claim(MessageKind::Event, limit, seconds)).await.unwrap()
}

fn tried(message: OutboxMessage, attempts: u32) -> OutboxMessage {
    OutboxMessage { attempts, ..message }
}

async fn settle(unit: &mut Box<dyn UnitOfWork>, message: &OutboxMessage, outcome: SettlementOutcome) {
    unit.settle(&[Settlement { id: message.id, outcome }]).await.unwrap();
}

#[tokio::test]
async fn a_message_is_claimed_as_it_was_written_oldest_first() {
    let fixture = Fixture::new().await;
    let mut unit = fixture.store.begin().await.unwrap();
    let written = [event(1, 0, "a"), event(1, 1, "a"), event(2, 0, "b"), event(3, 0, "a")];
    unit.append(&[written[3].clone(), written[1].clone(), written[2].clone(), written[0].clone()]).await.unwrap();
    assert_eq!(unit.append(&written[..1]).await.unwrap_err().kind(), ErrorKind::Conflict);
    let first = claimed(&mut unit, 3, 10).await;
    assert_eq!(first, written[..3].iter().map(|it| tried(it.clone(), 1)).collect::<Vec<_>>());
    // The last of key a stands behind two that are leased.
    assert_eq!(claimed(&mut unit, 9, 69).await, []);
    // The leases have ended: everything may be sent again.
    let again = claimed(&mut unit, 9, 70).await;
    assert_eq!(again.iter().map(|it| it.attempts).collect::<Vec<_>>(), [2, 2, 2, 1]);
}

#[tokio::test]
async fn what_waits_or_is_parked_holds_up_its_key_only() {
    let fixture = Fixture::new().await;
    let mut unit = fixture.store.begin().await.unwrap();
    let (first, second, other) = (event(1, 0, "a"), event(2, 0, "a"), event(3, 0, "b"));
    unit.append(&[first.clone(), second.clone(), other.clone()]).await.unwrap();
    assert_eq!(claimed(&mut unit, 1, 10).await, [tried(first.clone(), 1)]);
    let error = "no \"route\"".to_owned();
    settle(&mut unit, &first, SettlementOutcome::Retry { at: at(100), error: error.clone() }).await;
    assert_eq!(claimed(&mut unit, 9, 99).await, [tried(other.clone(), 1)]);
    settle(&mut unit, &other, SettlementOutcome::Sent { at: at(99) }).await;
    let depth = unit.depth(MessageKind::Event).await.unwrap();
    let oldest = Some(first.created_at);
    assert_eq!(depth, OutboxDepth { pending: 2, parked: 0, next_at: Some(at(100)), oldest });

    let both = claimed(&mut unit, 9, 100).await;
    assert_eq!(both[0].available_at, at(100));
    assert_eq!(both.iter().map(|it| it.id).collect::<Vec<_>>(), [first.id, second.id]);
    settle(&mut unit, &second, SettlementOutcome::Retry { at: at(0), error: error.clone() }).await;
    settle(&mut unit, &first, SettlementOutcome::Parked { at: at(101), error }).await;
    assert_eq!(claimed(&mut unit, 9, 1_000).await, []);
    let depth = unit.depth(MessageKind::Event).await.unwrap();
    assert_eq!(depth, OutboxDepth { pending: 1, parked: 1, next_at: None, oldest: Some(second.created_at) });
    settle(&mut unit, &first, SettlementOutcome::Sent { at: at(1_000) }).await;
    assert_eq!(claimed(&mut unit, 9, 1_000).await.len(), 1);
}

#[tokio::test]
async fn a_question_is_withdrawn_sent_or_not() {
    let fixture = Fixture::new().await;
    let mut unit = fixture.store.begin().await.unwrap();
    let id = |ordinal| batch_id(1).comparison_id(1, ordinal, 1);
    unit.append(&[question(id(0), 0), question(id(1), 1), question(id(2), 2), event(1, 3, "e")]).await.unwrap();
    let sent = unit.claim(&claim(MessageKind::Question, 1, 10)).await.unwrap();
    settle(&mut unit, &sent[0], SettlementOutcome::Sent { at: at(10) }).await;
    let depth = async |unit: &mut Box<dyn UnitOfWork>, kind| unit.depth(kind).await.unwrap();
    assert_eq!(depth(&mut unit, MessageKind::Question).await.pending, 2);
    unit.withdraw(&[id(0), id(1), id(77)], &[]).await.unwrap();
    assert_eq!(depth(&mut unit, MessageKind::Question).await.pending, 1);
    unit.append(&[question(id(0), 0)]).await.expect("the sent one is gone");
    unit.withdraw(&[], &[batch_id(1), batch_id(2)]).await.unwrap();
    assert_eq!(depth(&mut unit, MessageKind::Question).await, OutboxDepth::default());
    assert_eq!(depth(&mut unit, MessageKind::Event).await.pending, 1);
    // A relay may still report on what was withdrawn meanwhile.
    settle(&mut unit, &question(id(1), 1), SettlementOutcome::Sent { at: at(11) }).await;
}

#[tokio::test]
async fn a_commit_that_puts_something_out_is_told() {
    let fixture = Fixture::new().await;
    let mut wakes = fixture.store.clone().wakes();
    let waiting = tokio::spawn(async move { wakes.next().await.unwrap() });
    let mut unit = fixture.store.begin().await.unwrap();
    unit.append(&[event(1, 0, "a")]).await.unwrap();
    tokio::task::yield_now().await;
    assert!(!waiting.is_finished(), "it is not committed");
    drop(unit);
    let mut unit = fixture.store.begin().await.unwrap();
    let id = batch_id(1).comparison_id(1, 0, 1);
    unit.append(&[question(id, 0)]).await.unwrap();
    unit.commit().await.unwrap();
    assert_eq!(waiting.await.unwrap(), Wake::Appended(MessageKind::Question));
}
