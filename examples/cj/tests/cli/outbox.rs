//! `cj outbox` and `cj dead-letters`: what waits, what was put aside, what could not be used.
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use cj_core::change::{DeadLetter, MessageKind};
use cj_core::id::EventId;
use cj_core::store::{OutboxQuery, Settlement, SettlementOutcome, Store};
use cj_storage_sqlite::SqliteStore;
use serde_json::Value;

use crate::support::{Call, Files, cj, manifest};

/// The events of a batch that ended: completed, result and consumption.
const EVENTS: usize = 3;

fn one_batch() -> Files {
    let files = Files::new(&[("m.csv", &manifest(5))]);
    let ended = cj().arg("run").arg(files.path("m.csv")).store(files.path("cj.db")).run();
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    files
}

fn on(files: &Files, args: &[&str]) -> Call {
    cj().args(args).store(files.path("cj.db"))
}

/// Does something with the store as a program would that embeds it.
fn with_store<T>(files: &Files, work: impl AsyncFnOnce(Arc<dyn Store>) -> T) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let store = SqliteStore::open(files.path("cj.db")).await.unwrap();
        let done = work(Arc::new(store.clone())).await;
        store.close().await;
        done
    })
}

fn ids(document: &Value) -> Vec<EventId> {
    let messages = document["messages"].as_array().unwrap().iter();
    messages.map(|it| it["id"].as_str().unwrap().parse().unwrap()).collect()
}

async fn settle(store: &dyn Store, id: EventId, outcome: SettlementOutcome) {
    let mut unit = store.begin().await.unwrap();
    unit.settle(&[Settlement { id, outcome }]).await.unwrap();
    unit.commit().await.unwrap();
}

fn long_ago() -> DateTime<Utc> {
    DateTime::from_timestamp(1_700_000_000, 0).unwrap()
}

#[test]
fn what_waits_is_listed_and_shown() {
    let files = one_batch();
    let listed = on(&files, &["outbox", "list"]).json("outbox.v1");
    assert_eq!((&listed["depth"][0]["kind"], &listed["depth"][0]["pending"]), (&"event".into(), &EVENTS.into()));
    assert_eq!(listed["depth"][1]["pending"], 0, "questions go with their comparisons");
    let all = ids(&listed);
    assert_eq!(all.len(), EVENTS);
    let shown = on(&files, &["outbox", "show", &all[0].to_string()]).json("outbox.v1");
    let message = &shown["messages"][0];
    assert_eq!((&message["event_type"], &message["state"]), (&"CJAssessmentCompletedV1".into(), &"waiting".into()));
    assert_eq!(message["payload"]["event_id"], message["id"]);
    assert_eq!(message["headers"]["event_id"], message["id"]);
    let table = on(&files, &["outbox", "list"]).run().stdout;
    assert!(table.contains("pending") && table.contains("AssessmentResultV1"), "{table}");
    let table = on(&files, &["outbox", "show", &all[0].to_string()]).run().stdout;
    assert!(table.contains("header trace_id") && table.contains("payload"), "{table}");
    let csv = on(&files, &["outbox", "list", "--format", "csv", "--limit", "2"]).run().stdout;
    assert!(csv.starts_with("id,kind,state,state_at,event_type,topic,key,") && csv.lines().count() == 3, "{csv}");
    let nobody = EventId::of_bytes(b"nobody");
    let line = on(&files, &["outbox", "show", &nobody.to_string()]).refused();
    assert_eq!(line, format!("there is no message {nobody} in the outbox; `cj outbox list` lists them"));
    assert_eq!(on(&files, &["outbox", "show", "no-id"]).run().code, 2);
    let none = Files::new(&[]);
    assert!(on(&none, &["outbox", "list"]).refused().ends_with("there is no such file; `cj run` makes one"));
}

#[test]
fn parked_messages_go_again_and_sent_ones_go() {
    let files = one_batch();
    let all = ids(&on(&files, &["outbox", "list"]).json("outbox.v1"));
    with_store(&files, async |store| {
        let parked = |at| SettlementOutcome::Parked { at, error: "no such topic".to_owned() };
        settle(&*store, all[0], parked(long_ago())).await;
        settle(&*store, all[1], parked(long_ago() + TimeDelta::seconds(1))).await;
        settle(&*store, all[2], SettlementOutcome::Sent { at: long_ago() }).await;
    });
    let parked = on(&files, &["outbox", "list", "--state", "parked"]).json("outbox.v1");
    assert_eq!((ids(&parked), &parked["messages"][0]["last_error"]), (all[..2].to_vec(), &"no such topic".into()));
    assert_eq!(ids(&on(&files, &["outbox", "list", "--state", "sent"]).json("outbox.v1")), all[2..]);

    let line = on(&files, &["outbox", "replay", &all[0].to_string(), &all[2].to_string()]).refused();
    assert_eq!(line, format!("message {}: expected a parked one, found it sent", all[2]));
    let replayed = on(&files, &["outbox", "replay", &all[0].to_string()]).json("replayed.v1");
    assert_eq!(replayed["replayed"][0]["id"], all[0].to_string());
    let replayed = on(&files, &["outbox", "replay", "--all"]).json("replayed.v1");
    assert_eq!(replayed["replayed"].as_array().unwrap().len(), 1);
    let listed = on(&files, &["outbox", "list"]).json("outbox.v1");
    assert_eq!((&listed["depth"][0]["pending"], &listed["depth"][0]["parked"]), (&2.into(), &0.into()));
    assert_eq!(on(&files, &["outbox", "replay"]).run().code, 2, "which ones?");

    let line = on(&files, &["outbox", "prune", "--inbox", "6"]).refused();
    assert!(line.starts_with("--inbox 6: expected a retention of the inbox of at least 7 days"), "{line}");
    let pruned = on(&files, &["outbox", "prune", "--events", "1"]).json("pruned.v1");
    assert_eq!((&pruned["events"], &pruned["inbox"], &pruned["dead_letters"]), (&1.into(), &0.into(), &Value::Null));
    assert_eq!(ids(&on(&files, &["outbox", "list", "--state", "sent"]).json("outbox.v1")), []);
}

#[test]
fn dead_letters_are_shown_sent_again_and_thrown_away() {
    let files = one_batch();
    let letter = |name: &str, topic: &str, payload: &str, at| DeadLetter {
        event_id: EventId::of_bytes(name.as_bytes()),
        consumer: "cj_verdicts".to_owned(),
        topic: topic.to_owned(),
        reason: "unknown_comparison".to_owned(),
        detail: "nobody asked".to_owned(),
        payload: payload.as_bytes().to_vec(),
        received_at: at,
    };
    let bytes = r#"{ "odd":  "åäö \u00e5" }"#;
    let kept = [
        letter("new", "huleedu.llm_provider.comparison_result.v1", bytes, long_ago() + TimeDelta::days(400)),
        letter("here", "in-process", "", long_ago() + TimeDelta::seconds(1)),
        letter("old", "a.topic", "no JSON", long_ago()),
    ];
    with_store(&files, async |store| {
        let mut unit = store.begin().await.unwrap();
        unit.keep(&kept).await.unwrap();
        unit.admit("cj_verdicts", &[kept[0].event_id], long_ago()).await.unwrap();
        unit.commit().await.unwrap();
    });
    let [new, here, old] = kept.each_ref().map(|letter| letter.event_id.to_string());
    let listed = on(&files, &["dead-letters", "list"]).json("dead_letters.v1");
    let found: Vec<_> =
        listed["letters"].as_array().unwrap().iter().map(|it| it["event_id"].as_str().unwrap()).collect();
    assert_eq!(found, [&new, &here, &old], "newest first");
    assert_eq!(listed["letters"][0]["payload"], Value::Null);
    let shown = on(&files, &["dead-letters", "show", &new]).json("dead_letters.v1");
    assert_eq!(shown["letters"][0]["payload"]["odd"], "åäö å");
    assert_eq!(on(&files, &["dead-letters", "show", &old]).json("dead_letters.v1")["letters"][0]["payload"], "no JSON");
    let table = on(&files, &["dead-letters", "show", &old]).run().stdout;
    assert!(table.contains(&format!("{old} from a.topic")) && table.contains("no JSON"), "{table}");
    let csv = on(&files, &["dead-letters", "list", "--format", "csv"]).run().stdout;
    assert!(csv.starts_with("event_id,consumer,topic,reason,detail,received_at,bytes\n"), "{csv}");

    let nobody = EventId::of_bytes(b"nobody").to_string();
    let line = on(&files, &["dead-letters", "replay", &new, &nobody]).refused();
    assert_eq!(line, format!("there is no dead letter {nobody} in this store; `cj dead-letters list` lists them"));
    let line = on(&files, &["dead-letters", "replay", &here]).refused();
    assert_eq!(line, format!("message {here}: it came from no topic, so there is nothing to send"));
    let replayed = on(&files, &["dead-letters", "replay", &new]).json("replayed.v1");
    let outbox_id: EventId = replayed["replayed"][0]["outbox_id"].as_str().unwrap().parse().unwrap();
    with_store(&files, async |store| {
        let waiting = store.read().await.unwrap().entries(&OutboxQuery::Id(outbox_id)).await.unwrap();
        let message = &waiting[0].message;
        assert_eq!((message.kind, message.topic.as_str()), (MessageKind::Event, kept[0].topic.as_str()));
        assert_eq!(message.payload, bytes.as_bytes(), "the bytes as they came");
        let mut unit = store.begin().await.unwrap();
        assert_eq!(unit.admit("cj_verdicts", &[kept[0].event_id], long_ago()).await.unwrap(), [kept[0].event_id]);
    });

    let pruned = on(&files, &["dead-letters", "prune", "--older-than", "1"]).json("pruned.v1");
    assert_eq!((&pruned["dead_letters"], &pruned["events"]), (&2.into(), &Value::Null));
    let listed = on(&files, &["dead-letters", "list"]).json("dead_letters.v1");
    assert_eq!(listed["letters"].as_array().unwrap().len(), 0);
}

#[test]
fn help_has_examples() {
    for args in [
        vec!["outbox", "list"],
        vec!["outbox", "replay"],
        vec!["outbox", "prune"],
        vec!["dead-letters", "replay"],
        vec!["events", "check"],
        vec!["events", "sample"],
    ] {
        let help = cj().args(&args).arg("--help").run();
        assert!(help.code == 0 && help.stdout.contains("Example"), "{args:?}: {}", help.stdout);
    }
}
