//! Messages that cannot be used.

use std::sync::Arc;

use cj_core::event::{CjAssessmentCompletedV1, CjAssessmentFailedV1, Contract as _, Envelope, Topic};
use cj_core::port::SystemClock;
use cj_core::store::Store as _;
use cj_core::store::memory::MemoryStore;
use cj_kafka::{Topics, dead_letter_topic};
use cj_testkit::kafka::KafkaBroker;

use crate::engine::Worker;
use crate::support::platform::{Provider, request};
use crate::support::{Running, event, publish, read_until, service, settings, topics};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn poison_is_put_aside_once_its_sender_is_told_and_the_rest_goes_on() {
    let settings = settings(&KafkaBroker::shared(), "poison");
    let names = Topics::of_engine();
    topics(&settings, &names.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let store = Arc::new(MemoryStore::new());
    let worker = Worker::start(&settings, service(store.clone(), Arc::new(SystemClock::new()), "one"));
    let judge = crate::support::settings(settings.brokers(), "judge").with_topic_prefix(settings.topic_prefix());
    let judge = Running::start(&judge, &[Topic::LlmComparisonRequest.as_str()], Provider::new(&settings));

    let (requests, answers) = (Topic::CjAssessmentRequested.as_str(), Topic::LlmComparisonResult.as_str());
    let mut broken = request("broken", 4);
    broken.payload =
        String::from_utf8(broken.payload).unwrap().replace("\"sv\"", "\"a language with a long name\"").into();
    let mut impossible = request("impossible", 4);
    impossible.payload = {
        let text = String::from_utf8(impossible.payload).unwrap();
        let at = text.rfind("\"metadata\":null").unwrap();
        format!("{}\"metadata\":{{\"max_comparisons\":1}}{}", &text[..at], &text[at + 15..]).into()
    };
    let poison = [
        event(requests, "k", 0, "no JSON at all"),
        event(requests, "k", 1, vec![0xff, 0x00]),
        broken.clone(),
        impossible,
        event(answers, "k", 2, "{\"event_type\": \"x\"}"),
        event(answers, "k", 3, Vec::new()),
    ];
    publish(&settings, &poison).await;
    publish(&settings, &poison).await;
    publish(&settings, &[request("sound", 4)]).await;

    // The sound one completes; so everything before it on its topic was passed over.
    let thin = CjAssessmentCompletedV1::TOPIC.as_str();
    let read = read_until(&settings, &[thin], |read| !read.is_empty()).await;
    let completed = Envelope::decode(&read[0].payload).unwrap().typed::<CjAssessmentCompletedV1>().unwrap();
    assert_eq!(completed.data.entity_id.as_deref(), Some("sound"));

    let failed = CjAssessmentFailedV1::TOPIC.as_str();
    let (dead_requests, dead_answers) = (dead_letter_topic(requests), dead_letter_topic(answers));
    let all = [failed, &dead_requests, &dead_answers];
    let read = read_until(&settings, &all, |read| read.len() == 8).await;
    worker.stop().await;
    judge.stop().await;

    let of = |topic: &str| read.iter().filter(|record| record.topic == topic).collect::<Vec<_>>();
    let mut told: Vec<_> = of(failed)
        .iter()
        .map(|record| Envelope::decode(&record.payload).unwrap().typed::<CjAssessmentFailedV1>().unwrap().data)
        .map(|event| (event.entity_id.clone().unwrap(), event.failure().unwrap().reason))
        .collect();
    told.sort();
    assert_eq!(
        told,
        [("broken".to_owned(), "invalid_request".to_owned()), ("impossible".to_owned(), "refused".to_owned())]
    );
    assert_eq!((of(&dead_requests).len(), of(&dead_answers).len()), (4, 2));
    let letter =
        of(&dead_requests).into_iter().find(|record| record.payload == broken.payload).expect("the original bytes");
    assert_eq!(letter.headers["dlq_reason"], "invalid_request");
    assert!(letter.headers["dlq_detail"].contains("language"), "{}", letter.headers["dlq_detail"]);
    assert_eq!((letter.headers["dlq_topic"].as_str(), letter.headers["dlq_key"].as_str()), (requests, "broken"));
    assert_eq!(letter.headers["event_id"], broken.headers["event_id"], "the original headers");
    let kept = store.read().await.unwrap().newest(100).await.unwrap();
    assert_eq!(kept.len(), 6, "each once, although each came twice: {kept:?}");
}
