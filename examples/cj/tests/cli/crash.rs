//! A run that is killed or interrupted at any moment loses nothing, counts nothing twice, and ends as if nothing had been.
#![cfg(unix)]
use std::path::Path;

use cj_core::change::{ComparisonState, DecisionRole, MessageKind, OutboxMessage};
use cj_core::id::WorkerId;
use cj_core::store::{BatchQuery, BehindParked, Claim, ComparisonQuery, ComparisonRepository, Store};
use cj_storage_sqlite::SqliteStore;
use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng, SeedableRng},
};

use crate::support::{Call, Files, Peek, cj, manifest};

const SEED: u64 = 20;

fn run(files: &Files, options: &[&str], store: &str) -> Call {
    cj().arg("run").arg(files.path("m.csv")).args(options).args(["--format", "json"]).store(files.path(store))
}

/// Kills a run so many times, each time at another moment of its work, and goes on.
async fn kill_and_go_on(files: &Files, options: &[&str], kills: u32) {
    let mut dice = ChaCha8Rng::seed_from_u64(SEED);
    let mut peek = Peek::into(files.path("killed.db"));
    let mut reached = 0;
    for _ in 0..kills {
        // So many inputs later, and then so many looks at the store later.
        let (inputs, looks) = (1 + dice.next_u64() % 60, dice.next_u64() % 20);
        let mut running = run(files, options, "killed.db").arg("--resume").start();
        peek.until(&mut running, |batch| batch.state.version >= reached + inputs).await;
        for _ in 0..looks {
            peek.batch().await;
        }
        running.kill();
        reached = peek.batch().await.map_or(0, |batch| batch.state.version);
    }
}

/// What a batch that ended has put out for the platform.
async fn events(store: &SqliteStore) -> Vec<OutboxMessage> {
    let mut unit = store.begin().await.unwrap();
    let batch = unit.find(&BatchQuery::Newest { limit: 1 }).await.unwrap().pop().unwrap();
    let claim = Claim {
        kind: MessageKind::Event,
        limit: 100,
        owner: WorkerId::new("test").unwrap(),
        now: batch.state.completed_at.unwrap(),
        lease: chrono::TimeDelta::minutes(1),
        behind_parked: BehindParked::Wait,
    };
    // Dropped without a commit: nothing is claimed.
    unit.claim(&claim).await.unwrap()
}

async fn assert_whole(path: &Path) {
    let store = SqliteStore::open(path).await.unwrap();
    let id = {
        let mut view = store.read().await.unwrap();
        let batches = view.find(&BatchQuery::Newest { limit: 10 }).await.unwrap();
        assert_eq!(batches.len(), 1);
        let counters = batches[0].state.counters;
        let id = batches[0].id();
        let rows = ComparisonRepository::load(&mut *view, &ComparisonQuery::All(id)).await.unwrap();
        let asked: Vec<_> = rows.iter().filter(|row| row.asked_at.is_some()).collect();
        let answers = view.decisions(id).await.unwrap();
        assert_eq!((asked.len(), rows.len()), (counters.asked as usize, counters.planned as usize));
        assert!(answers.iter().all(|answer| answer.role == DecisionRole::Counted), "nothing late, no contradiction");
        for row in asked {
            let own: Vec<_> = answers.iter().filter(|answer| answer.comparison_id == row.id).collect();
            let counted = own.iter().filter(|answer| answer.counted.is_some()).count();
            // What was asked last may be on its way when enough is known.
            let expected = match row.state {
                ComparisonState::Decided => (1, 1),
                ComparisonState::Failed => (1, 0),
                ComparisonState::Cancelled => (0, 0),
                state => panic!("comparison {} is {}", row.id, state.code()),
            };
            assert_eq!((own.len(), counted), expected, "answers to comparison {}", row.id);
        }
        id
    };
    cj_testkit::audit(&store, id).await;
    let events = events(&store).await;
    let is_terminal = |event: &&OutboxMessage| event.topic.starts_with("huleedu.cj_assessment.");
    assert_eq!(events.iter().filter(is_terminal).count(), 1, "one terminal event");
    store.close().await;
}

async fn assert_kills_change_nothing(files: &Files, options: &[&str], kills: u32) {
    let whole = run(files, options, "whole.db").run();
    assert_eq!(whole.code, 0, "{}", whole.stderr);
    kill_and_go_on(files, options, kills).await;
    let ended = run(files, options, "killed.db").arg("--resume").run();
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert_eq!(ended.document("run.v1"), whole.document("run.v1"));
    assert_eq!(ended.stdout, whole.stdout);
    assert_whole(&files.path("killed.db")).await;
}

#[tokio::test]
async fn ten_kills_lose_nothing() {
    let files = Files::new(&[("m.csv", &manifest(150))]);
    // Nothing ends it early, so that there is work left for every kill.
    let options = ["--budget", "1200", "--seed", "3", "--target-reliability", "0.99"];
    assert_kills_change_nothing(&files, &options, 10).await;
}

#[tokio::test]
async fn kills_lose_no_retry_and_no_answer_on_its_way() {
    let files = Files::new(&[("m.csv", &manifest(40))]);
    let options = ["--budget", "500", "--seed", "4", "--failure-rate", "0.15", "--delay", "300"];
    assert_kills_change_nothing(&files, &options, 6).await;
}

#[tokio::test]
async fn an_interrupted_run_says_so_and_goes_on() {
    let files = Files::new(&[("m.csv", &manifest(80))]);
    let options = ["--budget", "900", "--seed", "5"];
    let mut peek = Peek::into(files.path("cj.db"));
    // Whoever asks to go on where nothing is to be gone on with starts.
    let mut running = run(&files, &options, "cj.db").arg("--resume").start();
    let seen = peek.until(&mut running, |batch| batch.state.counters.decided > 0).await.state.counters.decided;
    let ended = running.interrupt();
    assert_eq!(ended.code, 3, "{}", ended.stderr);
    assert!(ended.stderr.contains("go on with --resume"), "{}", ended.stderr);
    let document = ended.document("run.v1");
    let kept = peek.batch().await.unwrap().state;
    assert!(kept.counters.decided >= seen && !kept.phase.is_terminal());
    assert_eq!(document["batch"]["decided"], kept.counters.decided);
    assert!(document["batch"]["reason"].is_null());
    assert!(crate::support::warnings(&document).contains("the batch has not ended"));
    let stored = cj().args(["results", "--format", "json"]).store(files.path("cj.db")).run();
    assert_eq!((stored.code, &stored.stdout), (3, &ended.stdout));

    let line = run(&files, &options, "cj.db").refused();
    assert!(line.contains("is unfinished (") && line.contains("--resume"), "{line}");
    assert_eq!(peek.batch().await.unwrap().state, kept, "a refusal changes nothing");

    let went_on = run(&files, &options, "cj.db").arg("--resume").run();
    assert_eq!(went_on.code, 0, "{}", went_on.stderr);
    let at_one_go = run(&files, &options, "other.db").run();
    assert_eq!(went_on.stdout, at_one_go.stdout);
    assert_whole(&files.path("cj.db")).await;
}

#[tokio::test]
async fn an_interrupted_run_can_be_cancelled() {
    let files = Files::new(&[("m.csv", &manifest(80))]);
    let options = ["--budget", "900", "--seed", "6"];
    let mut peek = Peek::into(files.path("cj.db"));
    let mut running = run(&files, &options, "cj.db").start();
    let batch = peek.until(&mut running, |batch| batch.state.counters.decided > 0).await;
    running.kill();
    let id = batch.id().to_string();
    let cancel = || cj().args(["cancel", &id]).store(files.path("cj.db"));
    let ended = cancel().run();
    assert_eq!((ended.code, ended.stderr.as_str()), (0, format!("batch {id} is cancelled\n").as_str()));
    let status = cj().args(["status", &id]).store(files.path("cj.db")).json("status.v1");
    assert_eq!(status["batches"][0]["phase"], "CANCELLED");
    let kept = peek.batch().await.unwrap().state.counters.decided;
    assert_eq!(status["batches"][0]["decided"], kept);

    assert!(cancel().refused().contains(&id), "it cannot end twice");
    let again = run(&files, &options, "cj.db").run();
    assert_eq!(again.code, 1, "a cancelled batch is not gone on with: {}", again.stderr);
    assert_eq!(again.document("run.v1")["batch"]["decided"], kept);
}
