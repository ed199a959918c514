//! `cj delete`: texts go, scores on request; the batch stays known.
use std::fs;

use serde_json::Value;

use crate::support::{Call, Files, Peek, cj, manifest, scores, warnings};

/// What stands in the text of every essay of [`manifest`].
const WORDS: &str = "Essay number";

fn ended() -> (Files, String) {
    let files = Files::new(&[("m.csv", &manifest(5))]);
    let id = run(&files).json("run.v1")["batch"]["id"].as_str().unwrap().to_owned();
    (files, id)
}

fn run(files: &Files) -> Call {
    cj().arg("run").arg(files.path("m.csv")).store(files.path("cj.db"))
}

fn on(files: &Files, command: &str, id: &str) -> Call {
    cj().arg(command).arg(id).store(files.path("cj.db"))
}

/// Whether the store's files hold the texts, once nobody has them open.
fn holds_texts(files: &Files) -> bool {
    let names = files.names().into_iter().filter(|name| name.starts_with("cj.db"));
    let bytes = names.flat_map(|name| fs::read(files.path(&name)).unwrap());
    bytes.collect::<Vec<u8>>().windows(WORDS.len()).any(|window| window == WORDS.as_bytes())
}

#[test]
fn an_erased_batch_stays_known() {
    let (files, id) = ended();
    let before = on(&files, "results", &id).json("run.v1");
    assert!(holds_texts(&files));
    let deleted = on(&files, "delete", &id).arg("--yes").json("delete.v1");
    assert_eq!((&deleted["batch"]["erased"], &deleted["essays"]), (&"texts_and_scores".into(), &5.into()));
    assert_eq!(deleted["warnings"], Value::Array(Vec::new()));
    assert!(!holds_texts(&files));

    let status = on(&files, "status", &id).json("status.v1");
    assert_eq!(status["batches"][0], deleted["batch"]);
    let results = on(&files, "results", &id).json("run.v1");
    assert!(scores(&results).is_empty() && results["items"].as_array().unwrap().len() == 5);
    assert!(warnings(&results).contains("its texts and scores were erased on "), "{}", warnings(&results));
    for field in ["asked", "decided", "phase", "reason", "waves", "budget"] {
        assert_eq!(results["batch"][field], before["batch"][field], "{field}");
    }
    let report = on(&files, "report", &id).run();
    assert_eq!(report.code, 0, "{}", report.stderr);
    assert!(report.stdout.contains("were erased on") && !report.stdout.contains(WORDS));
    let table = on(&files, "results", &id).run();
    assert!(table.code == 0 && table.stdout.contains("texts and scores"), "{}", table.stdout);

    // The same run again meets the batch that ended: nothing is asked, and no text comes back.
    assert_eq!(run(&files).json("run.v1"), results);
    assert!(!holds_texts(&files));
    assert_eq!(on(&files, "delete", &id).arg("--yes").json("delete.v1"), deleted, "again does no harm");
}

#[test]
fn scores_are_kept_where_that_is_asked_for() {
    let (files, id) = ended();
    let before = on(&files, "results", &id).json("run.v1");
    let ended = on(&files, "delete", &id).args(["--keep-scores", "--yes"]).run();
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{}", ended.stderr);
    assert!(ended.stdout.contains(&id) && ended.stdout.contains("texts"), "{}", ended.stdout);
    assert!(!holds_texts(&files));
    let after = on(&files, "results", &id).json("run.v1");
    assert_eq!((&after["items"], &after["reliability"]), (&before["items"], &before["reliability"]));
    assert_eq!(scores(&after).len(), 5);
    assert!(warnings(&after).contains("its texts were erased on "), "{}", warnings(&after));
    let csv = on(&files, "delete", &id).args(["--yes", "--format", "csv"]).run();
    assert_eq!(csv.stdout, format!("batch,phase,essays,erased\n{id},COMPLETED,5,texts_and_scores\n"));
}

#[test]
fn nothing_is_erased_where_nobody_can_be_asked() {
    let (files, id) = ended();
    let line = on(&files, "delete", &id).refused();
    assert!(line.contains(&id) && line.ends_with("expected --yes"), "{line}");
    assert!(holds_texts(&files));
    let line = on(&files, "delete", "essays").arg("--yes").refused();
    assert!(line.starts_with("there is no batch `essays`"), "{line}");
    let ended = cj().args(["delete", "--yes"]).store(files.path("cj.db")).run();
    assert_eq!(ended.code, 2, "no batch is named: {}", ended.stderr);
    assert!(holds_texts(&files));
}

#[tokio::test]
async fn a_batch_that_goes_on_is_cancelled_first() {
    let files = Files::new(&[("m.csv", &manifest(60))]);
    let mut running = run(&files).start();
    let mut peek = Peek::into(files.path("cj.db"));
    let batch = peek.until(&mut running, |batch| batch.state.counters.decided > 0).await;
    #[cfg(unix)]
    running.kill();
    let id = batch.id().to_string();
    drop(peek);
    let line = on(&files, "delete", &id).arg("--yes").refused();
    assert!(line.contains("has not ended: ") && line.ends_with(&format!("`cj cancel {id}`")), "{line}");
    assert!(holds_texts(&files));
    assert_eq!(on(&files, "cancel", &id).run().code, 0);
    let deleted = on(&files, "delete", &id).arg("--yes").json("delete.v1");
    assert_eq!(deleted["batch"]["phase"], "CANCELLED");
    let results = on(&files, "results", &id).args(["--format", "json"]).run();
    assert_eq!(results.code, 1, "{}", results.stderr);
    assert!(warnings(&results.document("run.v1")).contains("were erased on"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_in_use_is_not_called_clean() {
    use cj_core::store::Store as _;
    let (files, id) = ended();
    let store = cj_storage_sqlite::SqliteStore::open(files.path("cj.db")).await.unwrap();
    let view = store.read().await.unwrap();
    let in_use = format!("sqlite:{}?busy_timeout=0.1", files.path("cj.db").display());
    let deleted = cj().arg("delete").arg(&id).arg("--yes").store(in_use).json("delete.v1");
    assert!(warnings(&deleted).contains("repeat the command"), "{}", warnings(&deleted));
    drop(view);
    store.close().await;
    let deleted = on(&files, "delete", &id).arg("--yes").json("delete.v1");
    assert_eq!(warnings(&deleted), "");
    assert!(!holds_texts(&files));
}
