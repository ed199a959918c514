//! Two workers on PostgreSQL and a broker, and a judge in a process of its own who is not at its best.
#![expect(clippy::unwrap_used, reason = "what is not there fails the test")]

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use cj_testkit::kafka::KafkaBroker;
use cj_testkit::postgres::PgDatabase;
use serde_json::Value;
use sqlx::{Connection as _, PgConnection, query, query_as, query_scalar};

const BATCHES: usize = 20;
const ESSAYS: usize = 12;
/// Batches that are asked for after the others were repeated.
const MORE: usize = 10;

/// A process that is ended with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The programs and what they share.
struct Stage {
    broker: KafkaBroker,
    database: PgDatabase,
    folder: tempfile::TempDir,
}

impl Stage {
    fn command(&self, program: &str, args: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(args).env("CJ_KAFKA", self.broker.bootstrap()).stdin(Stdio::null());
        if program == CJ {
            command.args(["--store", self.database.url()]);
        }
        command
    }

    /// Runs a program to its end and returns what it printed.
    fn run(&self, program: &str, args: &[&str], input: Option<&Path>) -> String {
        let mut command = self.command(program, args);
        if let Some(input) = input {
            command.stdin(std::fs::File::open(input).unwrap());
        }
        let ended = command.output().unwrap();
        assert!(ended.status.success(), "{program} {args:?}: {}", String::from_utf8_lossy(&ended.stderr));
        String::from_utf8(ended.stdout).unwrap()
    }

    fn start(&self, program: &str, args: &[&str]) -> Running {
        Running(self.command(program, args).spawn().unwrap())
    }

    /// Reads events from the beginning until there are so many different ones.
    fn events(&self, reader: &str, count: usize) -> Vec<Value> {
        let printed = self.run(PLATFORM, &["tail", "--reader", reader, "--count", &count.to_string()], None);
        printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// Per topic, how many events each batch has.
fn counted(events: &[Value]) -> BTreeMap<&str, BTreeMap<String, usize>> {
    let mut counts: BTreeMap<&str, BTreeMap<String, usize>> = BTreeMap::new();
    for event in events {
        let data = &event["value"]["data"];
        let name = data["entity_id"].as_str().or_else(|| data["batch_id"].as_str()).unwrap();
        *counts.entry(event["topic"].as_str().unwrap()).or_default().entry(name.to_owned()).or_default() += 1;
    }
    counts
}

/// Every batch has one completed event, one with its results and one that says what it used.
fn check(events: &[Value], batches: usize) {
    let counts = counted(events);
    for topic in [THIN, RICH, USED] {
        let of = &counts[topic];
        assert_eq!(of.len(), batches, "{topic}: {of:?}");
        assert!(of.values().all(|count| *count == 1), "{topic}: {of:?}");
    }
    for event in events.iter().filter(|event| event["topic"] == RICH) {
        let results = event["value"]["data"]["essay_results"].as_array().unwrap();
        assert_eq!(results.len(), ESSAYS);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_batches_complete_once_whatever_the_judge_does_and_repetition_changes_nothing() {
    let broker = KafkaBroker::start().unwrap_or_else(|error| panic!("{error}"));
    let stage = Stage { broker, database: PgDatabase::fresh().await, folder: tempfile::tempdir().unwrap() };
    stage.run(CJ, &["migrate"], None);
    let files: Vec<PathBuf> = (0..ESSAYS)
        .map(|n| {
            let file = stage.folder.path().join(format!("essay-{n:02}.txt"));
            std::fs::write(&file, format!("Text nummer {n}, skriven på svenska: åäö.")).unwrap();
            file
        })
        .collect();
    let mut keep = vec!["content"];
    keep.extend(files.iter().map(|file| file.to_str().unwrap()));
    let texts = stage.folder.path().join("texts");
    std::fs::write(&texts, stage.run(CJ, &keep, None)).unwrap();

    let metrics = [free_address(), free_address()];
    let worker = |name, at: usize| {
        let at = metrics[at].as_str();
        stage.start(CJ, &["serve", "--make-topics", "--pace", "10", "--worker", name, "--metrics", at])
    };
    let _workers = [worker("one", 0), worker("two", 1)];
    let request = |batches: usize| {
        let batches = batches.to_string();
        let args = ["request", "--batch", "batch", "--budget", "80", "--batches", batches.as_str()];
        stage.run(PLATFORM, &args, Some(&texts));
    };
    request(BATCHES);
    let _judge = stage.start(PLATFORM, &["judge", "--late", "1500", "--twice", "20", "--fail", "10"]);
    check(&stage.events("first", 3 * BATCHES), BATCHES);

    let mut conn = PgConnection::connect(stage.database.url()).await.unwrap();
    let of_batches = "SELECT bos_batch_id, version, decided, failed, asked FROM cj_batches ORDER BY bos_batch_id";
    let before: Vec<(String, i64, i64, i64, i64)> = query_as(of_batches).fetch_all(&mut conn).await.unwrap();
    assert_eq!(before.len(), BATCHES);
    assert!(before.iter().all(|(_, _, decided, ..)| *decided >= 60), "{before:?}");
    assert!(before.iter().map(|(_, _, _, failed, _)| failed).sum::<i64>() > 0, "the judge never failed: {before:?}");

    // The same requests again, once as they are, once with an inbox that has forgotten them, and new ones after them.
    request(BATCHES);
    query("DELETE FROM event_inbox").execute(&mut conn).await.unwrap();
    request(BATCHES + MORE);
    check(&stage.events("second", 3 * (BATCHES + MORE)), BATCHES + MORE);
    let after: Vec<(String, i64, i64, i64, i64)> = query_as(of_batches).fetch_all(&mut conn).await.unwrap();
    assert_eq!(after.len(), BATCHES + MORE);
    assert!(before.iter().all(|batch| after.contains(batch)), "{before:?}\n{after:?}");
    let written: i64 =
        query_scalar("SELECT count(*) FROM event_outbox WHERE kind = 'event'").fetch_one(&mut conn).await.unwrap();
    assert_eq!(written as usize, 3 * (BATCHES + MORE));

    // What both workers counted is what the rows say.
    let figures: Vec<String> = metrics.iter().map(|address| scraped(address)).collect();
    let counted = |name: &str| figures.iter().flat_map(|text| values(text, name)).sum::<f64>() as usize;
    assert_eq!(counted("cj_batches_ended_total{phase=\"COMPLETED\""), BATCHES + MORE);
    let decided: i64 = after.iter().map(|(_, _, decided, ..)| decided).sum();
    assert_eq!(counted("cj_callbacks_processed_total{status=\"counted\"}"), decided as usize);
    assert!(counted("cj_failed_comparisons_total{") > 0 && counted("cj_phase_duration_seconds_count{") > 0);
}

/// An address at which nobody listens yet.
fn free_address() -> String {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

/// What a worker answers to whoever scrapes it.
fn scraped(address: &str) -> String {
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    stream.write_all(b"GET /metrics HTTP/1.0\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// The values of the lines that begin so.
fn values<'a>(text: &'a str, name: &'a str) -> impl Iterator<Item = f64> + 'a {
    let lines = text.lines().filter(move |line| line.starts_with(name));
    lines.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok())
}

const CJ: &str = env!("CARGO_BIN_EXE_cj");
const PLATFORM: &str = env!("CARGO_BIN_EXE_platform");
const THIN: &str = "huleedu.cj_assessment.completed.v1";
const RICH: &str = "huleedu.assessment.result.published.v1";
const USED: &str = "huleedu.resource.consumption.v1";
