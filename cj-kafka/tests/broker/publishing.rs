use std::time::Duration;

use cj_core::port::{EventPublisher as _, PublishErrorKind};
use cj_kafka::KafkaPublisher;
use cj_testkit::kafka::KafkaBroker;

use crate::support::{event, publish, read_until, settings, topics, until};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bytes_key_and_headers_arrive_as_they_were_stored() {
    let settings = settings(&KafkaBroker::shared(), "round-trip");
    topics(&settings, &["t"]).await;
    let sent = event("t", "lärare-å", 1, "{\"essay\": \"Åsa åt sju sköna \\u00e4pplen\"}");
    publish(&settings, std::slice::from_ref(&sent)).await;
    let read = read_until(&settings, &["t"], |read| !read.is_empty()).await;
    assert_eq!(read[0].payload, sent.payload);
    assert_eq!(read[0].key.as_deref(), Some(sent.key.as_bytes()));
    assert_eq!(read[0].headers, sent.headers);
    assert_eq!(read[0].topic, "t");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slice_of_many_keys_and_topics_keeps_the_order_of_each_key() {
    let settings = settings(&KafkaBroker::shared(), "order");
    topics(&settings, &["one", "two"]).await;
    let topic = |ordinal: u32| if (ordinal / 5).is_multiple_of(2) { "one" } else { "two" };
    let events: Vec<_> = (0..20)
        .flat_map(|ordinal| (0..50).map(move |key| (ordinal, format!("key-{key}"))))
        .map(|(ordinal, key)| event(topic(ordinal), &key, ordinal, ordinal.to_string()))
        .collect();
    publish(&settings, &events).await;
    let read = read_until(&settings, &["one", "two"], |read| read.len() == events.len()).await;
    let mut last = std::collections::BTreeMap::new();
    for record in &read {
        let ordinal: u32 = String::from_utf8(record.payload.clone()).unwrap().parse().unwrap();
        let before = last.insert((record.key.clone(), record.topic.clone()), ordinal);
        assert!(before.is_none_or(|before| before < ordinal), "{record:?} after {before:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_too_large_is_refused_for_good_and_holds_back_only_its_key() {
    let settings = settings(&KafkaBroker::shared(), "large");
    topics(&settings, &["t"]).await;
    let events = [
        event("t", "a", 0, "small"),
        event("t", "a", 1, vec![b'x'; 2_000_000]),
        event("t", "a", 2, "small"),
        event("t", "b", 0, "small"),
    ];
    let outcomes = KafkaPublisher::connect(&settings).unwrap().publish(&events).await;
    assert_eq!((&outcomes[0], &outcomes[3]), (&Ok(()), &Ok(())));
    assert_eq!(outcomes[1].as_ref().unwrap_err().kind, PublishErrorKind::Refused, "{outcomes:?}");
    assert_ne!(outcomes[2].as_ref().unwrap_err().kind, PublishErrorKind::Refused, "{outcomes:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_topic_that_is_missing_is_tried_again_and_holds_up_no_other() {
    let settings = settings(&KafkaBroker::shared(), "missing").with_publish_timeout(Duration::from_secs(10));
    topics(&settings, &["there"]).await;
    let publisher = KafkaPublisher::connect(&settings).unwrap();
    let events = [event("gone", "a", 0, "x"), event("there", "b", 0, "x")];
    let outcomes = publisher.publish(&events).await;
    assert_ne!(outcomes[0].as_ref().unwrap_err().kind, PublishErrorKind::Refused, "{outcomes:?}");
    assert_eq!(outcomes[1], Ok(()));
    topics(&settings, &["gone"]).await;
    until("the topic that is there now", || async { publisher.publish(&events[..1]).await == [Ok(())] }).await;
}
