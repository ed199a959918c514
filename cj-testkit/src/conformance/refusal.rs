//! Messages that cannot be used, on every store: kept, copied and answered once, whatever was forgotten since.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::TimeDelta;
use cj_core::change::{BatchHeader, BatchRecord, DeadLetter, MessageKind};
use cj_core::event::{
    CjAssessmentFailedV1, Contract, ElsCjAssessmentRequestV1, Envelope, Payload, SystemProcessingMetadata, Timestamp,
};
use cj_core::id::{BatchId, EventId};
use cj_core::port::ManualClock;
use cj_core::service::{Refusal, RefusedMessage, Resent, Retention};
use cj_core::store::{BatchQuery, Store};
use serde_json::json;

use super::relay::{Receiver, service};
use super::support::{begin, commit, find, put_batches, view};
use crate::fixture::{self, at};

/// A request whose envelope can be read and that breaks a bound is kept with its reason and answered by exactly one event,
/// with ids that follow from its own; again, it changes nothing, not even after the inbox forgot it.
pub async fn a_request_out_of_bounds_is_answered_once(store: Arc<dyn Store>) {
    let clock = Arc::new(ManualClock::at(at(100)));
    let shell = service(&store, &clock, "worker");
    let (envelope, refused) = out_of_bounds(1);
    let answer = refused.answer_id().expect("a request is answered");
    assert_eq!(shell.refuse(&refused).await.expect("the store works"), Refusal::Answered(answer));
    assert_eq!(shell.refuse(&refused).await.expect("the store works"), Refusal::Repeated);

    let letters = view(&store).await.newest(9).await.expect("letters are read");
    assert_eq!(letters.len(), 1);
    assert_eq!((letters[0].event_id, letters[0].reason.as_str()), (refused.id(), "invalid_request"));
    assert!(letters[0].detail.contains("essays_for_cj[0].essay_id"), "{}", letters[0].detail);
    assert!(letters[0].payload.starts_with(b"{"), "the bytes as they came");

    forget(&store, &clock, 15).await;
    assert_eq!(shell.refuse(&refused).await.expect("the store works"), Refusal::Repeated);
    // Other bytes under the same event id are another message, and no other request.
    let (_, other) = out_of_bounds(2);
    assert_eq!(other.answer_id(), Some(answer));
    assert_eq!(shell.refuse(&other).await.expect("the store works"), Refusal::Kept);
    let query = BatchQuery::Id(BatchId::of_request(EventId::new(envelope.event_id)));
    assert_eq!(find(&store, query).await, [], "there is no batch");

    let receiver = Receiver::new(|_, _| Ok(()));
    shell.relay_events(&*receiver, 10).await.expect("the store works");
    let sent = receiver.accepted();
    assert_eq!(sent.len(), 1, "one answer");
    assert_eq!(
        (sent[0].id, sent[0].kind, sent[0].topic.as_str()),
        (answer, MessageKind::Event, CjAssessmentFailedV1::TOPIC.as_str())
    );
    assert_eq!((sent[0].key.as_str(), sent[0].event_type.as_str()), ("bos-7", CjAssessmentFailedV1::NAME));
    let told = Envelope::decode(&sent[0].payload).expect("it is an envelope");
    assert_eq!((EventId::new(told.event_id), told.correlation_id), (answer, envelope.correlation_id));
    let told = told.typed::<CjAssessmentFailedV1>().expect("it keeps its contract");
    assert_eq!(told.data.entity_id.as_deref(), Some("bos-7"));
    let info = &told.data.system_metadata.error_info;
    assert_eq!(info.text("reason"), Some("invalid_request"));
    assert_eq!(info.get("details").and_then(|it| it["field"].as_str()), Some("essays_for_cj[0].essay_id"));
}

/// A message that cannot be used and comes again is kept, copied and answered once, whichever of inbox, letters and outbox
/// still remembers it; after an operator sent it back it may fail again, which is a new letter and no new answer.
pub async fn poison_that_comes_again_is_put_aside_once(store: Arc<dyn Store>) {
    let clock = Arc::new(ManualClock::at(at(100)));
    let shell = service(&store, &clock, "worker");
    let copied = |message: RefusedMessage| message.copied_to("t.dlq", BTreeMap::new());
    let poison = copied(RefusedMessage::new("t", b"no JSON", "invalid_envelope", "no JSON at all"));
    let request = copied(out_of_bounds(1).1);
    let answer = request.answer_id().expect("a request is answered");
    let refuse = async |message: &RefusedMessage| shell.refuse(message).await.expect("the store works");
    assert_eq!((refuse(&poison).await, refuse(&request).await), (Refusal::Kept, Refusal::Answered(answer)));
    let waiting = |count: u64| {
        let store = Arc::clone(&store);
        async move {
            let depth = view(&store).await.depth(MessageKind::Event).await.expect("the depth is read");
            assert_eq!(depth.pending, count);
        }
    };
    waiting(3).await;

    // The outbox and the letters remember; then the letters alone; then the outbox alone.
    forget(&store, &clock, 15).await;
    assert_eq!((refuse(&poison).await, refuse(&request).await), (Refusal::Repeated, Refusal::Repeated));
    let mut unit = begin(&store).await;
    let letters = unit.newest(9).await.expect("letters are read");
    assert_eq!(letters.len(), 2);
    let keys: Vec<_> = letters.iter().map(DeadLetter::key).collect();
    unit.discard(&keys).await.expect("letters are deleted");
    commit(unit).await;
    forget(&store, &clock, 30).await;
    assert_eq!((refuse(&poison).await, refuse(&request).await), (Refusal::Kept, Refusal::Kept));
    waiting(3).await;
    let receiver = Receiver::new(|_, _| Ok(()));
    shell.relay_events(&*receiver, 10).await.expect("the store works");
    forget(&store, &clock, 45).await;
    clock.advance_to(at(0) + TimeDelta::days(60));
    assert_eq!(shell.prune_events(&Retention::new()).await.expect("the store works"), 3);
    assert_eq!((refuse(&poison).await, refuse(&request).await), (Refusal::Repeated, Refusal::Repeated));
    waiting(0).await;

    // Sent back by an operator: one message on its way, and a letter again when it fails again.
    let resent = shell.resend(poison.id()).await.expect("the store works");
    assert!(matches!(resent, Resent::Queued(_)), "{resent:?}");
    assert_eq!(refuse(&poison).await, Refusal::Kept);
    assert_eq!(view(&store).await.newest(9).await.expect("letters are read").len(), 2);
}

/// A request that is a batch already is not told to have failed by other bytes under its id.
pub async fn poison_under_the_id_of_a_batch_is_not_answered(store: Arc<dyn Store>) {
    let clock = Arc::new(ManualClock::at(at(100)));
    let shell = service(&store, &clock, "worker");
    let (envelope, refused) = out_of_bounds(1);
    let id = BatchId::of_request(EventId::new(envelope.event_id));
    let batch = fixture::batch("a");
    let header = BatchHeader { id, ..(*batch.header).clone() };
    put_batches(&store, &[BatchRecord { header: Arc::new(header), ..batch }]).await;
    assert_eq!(shell.refuse(&refused).await.expect("the store works"), Refusal::Kept);
    let depth = view(&store).await.depth(MessageKind::Event).await.expect("the depth is read");
    assert_eq!(depth.pending, 0);
}

/// Lets days pass, after which the inbox has forgotten everything.
async fn forget(store: &Arc<dyn Store>, clock: &Arc<ManualClock>, day: i64) {
    clock.advance_to(at(0) + TimeDelta::days(day));
    service(store, clock, "operator").prune_inbox(&Retention::new()).await.expect("the store works");
}

/// A request in every way like a good one, but for the ids of so many essays.
fn out_of_bounds(essays: usize) -> (Envelope<Payload>, RefusedMessage) {
    let essay = json!({ "essay_id": "x".repeat(37), "text_storage_id": "0".repeat(32) });
    let about = SystemProcessingMetadata::batch("bos-7", Timestamp::from(at(0)));
    let message = json!({
        "event_id": fixture::event_id("a request").to_string(), "event_type": "x", "event_timestamp": Timestamp::from(at(0)),
        "source_service": "els", "correlation_id": fixture::event_id("its correlation").to_string(),
        "data": {
            "event_name": "els.cj_assessment.requested", "entity_id": "bos-7", "entity_type": "batch",
            "timestamp": Timestamp::from(at(0)), "system_metadata": about,
            "essays_for_cj": vec![essay; essays],
            "language": "sv", "course_code": "SV1", "user_id": "lärare-å",
        },
    });
    let bytes = serde_json::to_vec(&message).expect("it is JSON");
    let envelope = Envelope::decode(&bytes).expect("the envelope is good");
    let error = envelope.typed::<ElsCjAssessmentRequestV1>().expect_err("an essay id is too long");
    let refused = RefusedMessage::of_contract(&envelope, &bytes, &error);
    (envelope, refused)
}
