//! The whole path: requests in, questions out, answers in, events out.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use cj_core::event::{AssessmentResultV1, CjAssessmentCompletedV1, Contract as _, Envelope, Topic};
use cj_core::id::{BatchId, EventId};
use cj_core::port::SystemClock;
use cj_core::service::Service;
use cj_core::store::memory::MemoryStore;
use cj_core::store::{BatchQuery, ComparisonQuery, ComparisonRepository, Store};
use cj_kafka::{
    Engine, EngineSettings, Handler, Intake, IntakeSettings, Judging, KafkaSettings, Record, Topics, Trouble,
};
use cj_testkit::kafka::KafkaBroker;
use tokio::sync::{oneshot, watch};

use crate::support::platform::{Provider, Texts, request};
use crate::support::{Running, publish, read_until, service, settings, told, topics, until};

const BATCHES: usize = 3;

pub(crate) struct Worker {
    stop: oneshot::Sender<()>,
    task: tokio::task::JoinHandle<Result<(), cj_kafka::KafkaError>>,
}

impl Worker {
    pub(crate) fn start(settings: &KafkaSettings, service: Service) -> Self {
        let engine = Engine::new(settings.clone(), service, Judging::Topic).unwrap();
        let quick = EngineSettings::default().with_poll(Duration::from_millis(100));
        let engine = engine.with_settings(quick).with_content(Arc::new(Texts));
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(engine.run(async { stopped.await.unwrap_or_default() }));
        Self { stop, task }
    }

    pub(crate) async fn stop(self) {
        self.stop.send(()).unwrap();
        self.task.await.unwrap().unwrap();
    }
}

/// Everything that is kept of batches.
async fn kept(store: &MemoryStore, ids: &[BatchId]) -> Vec<String> {
    let mut view = store.read().await.unwrap();
    let mut kept = Vec::new();
    for id in ids {
        kept.push(format!("{:?}", view.find(&BatchQuery::Id(*id)).await.unwrap()));
        kept.push(format!("{:?}", ComparisonRepository::load(&mut *view, &ComparisonQuery::All(*id)).await.unwrap()));
    }
    kept.push(format!("{:?}", view.newest(100).await.unwrap()));
    kept.push(format!("{:?}", view.depth(cj_core::change::MessageKind::Event).await.unwrap()));
    kept
}

/// Counts what it hands on.
struct Counted(Intake, watch::Sender<usize>);

#[async_trait::async_trait]
impl Handler for Counted {
    async fn handle(&self, records: &[Record]) -> Result<(), Trouble> {
        self.0.handle(records).await?;
        self.1.send_modify(|came| *came += records.len());
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn batches_complete_over_the_broker_and_redelivery_of_everything_changes_nothing() {
    let settings = settings(&KafkaBroker::shared(), "path");
    let names = Topics::of_engine();
    topics(&settings, &names.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let store = Arc::new(MemoryStore::new());
    let workers: Vec<Worker> = ["one", "two"]
        .map(|name| Worker::start(&settings, service(store.clone(), Arc::new(SystemClock::new()), name)))
        .into();
    let judge = crate::support::settings(settings.brokers(), "judge").with_topic_prefix(settings.topic_prefix());
    let judge = Running::start(&judge, &[Topic::LlmComparisonRequest.as_str()], Provider::new(&settings));

    let requests: Vec<_> = (0..BATCHES).map(|n| request(&format!("batch-{n}"), 5)).collect();
    publish(&settings, &requests).await;
    let outs = [CjAssessmentCompletedV1::TOPIC.as_str(), AssessmentResultV1::TOPIC.as_str()];
    let read = read_until(&settings, &outs, |read| read.len() == 2 * BATCHES).await;
    // The same requests once more, by their sender.
    publish(&settings, &requests).await;
    let ids: Vec<BatchId> = (0..BATCHES)
        .map(|n| Envelope::decode(&requests[n].payload).unwrap().event_id)
        .map(|id| BatchId::of_request(EventId::new(id)))
        .collect();
    until("an empty outbox", || async {
        let mut view = store.read().await.unwrap();
        view.depth(cj_core::change::MessageKind::Event).await.unwrap().pending == 0
    })
    .await;
    for worker in workers {
        worker.stop().await;
    }
    judge.stop().await;

    let mut per_topic: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for record in &read {
        let envelope = Envelope::decode(&record.payload).unwrap();
        assert_eq!(record.headers["event_id"], envelope.event_id.to_string());
        let name = if record.topic == outs[0] {
            envelope.typed::<CjAssessmentCompletedV1>().unwrap().data.entity_id.unwrap()
        } else {
            let rich = envelope.typed::<AssessmentResultV1>().unwrap().data;
            assert_eq!(rich.essay_results.len(), 5);
            rich.batch_id
        };
        per_topic.entry(if record.topic == outs[0] { "thin" } else { "rich" }).or_default().push(name);
    }
    for events in per_topic.values_mut() {
        events.sort();
        assert_eq!(*events, ["batch-0", "batch-1", "batch-2"]);
    }
    assert_eq!(per_topic.len(), 2);

    // Another group reads everything that ever came in, from the beginning, into the same store.
    let before = kept(&store, &ids).await;
    let came = watch::Sender::new(0);
    let again = crate::support::settings(settings.brokers(), "again").with_topic_prefix(settings.topic_prefix());
    let service = service(store.clone(), Arc::new(SystemClock::new()), "three");
    let (intake, mut work) = Intake::alone(service.with_content(Arc::new(Texts)), None, IntakeSettings::default());
    let running = Running::start(&again, &Intake::TOPICS, Counted(intake, came.clone()));
    let answers: usize = {
        let mut view = store.read().await.unwrap();
        let mut count = 0;
        for id in &ids {
            count += ComparisonRepository::load(&mut *view, &ComparisonQuery::All(*id)).await.unwrap().len();
        }
        count
    };
    assert!(answers >= BATCHES * 10);
    // Each question was answered once; each request came twice.
    told("the whole of both topics", &came, |came| *came >= answers + 2 * BATCHES).await;
    running.stop().await;
    assert_eq!(kept(&store, &ids).await, before);
    while let Ok(id) = work.try_recv() {
        // A request that is known leads to its batch, which has ended: there is nothing to do.
        assert!(ids.contains(&id));
    }
}
