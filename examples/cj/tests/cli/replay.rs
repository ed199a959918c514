//! `cj run --judge replay:FILE`: a recording answers.
use std::collections::{BTreeMap, BTreeSet};

use cj_core::change::{ComparisonRecord, ComparisonState};
use cj_core::store::{BatchQuery, ComparisonQuery, ComparisonRepository, Store};
use cj_storage_sqlite::SqliteStore;

use crate::support::{Call, Files, cj, scores, shared, warnings};

fn replay(recording: impl AsRef<std::path::Path>) -> Call {
    cj().args(["run", "--judge", &format!("replay:{}", recording.as_ref().display())])
}

async fn comparisons(files: &Files) -> Vec<ComparisonRecord> {
    let store = SqliteStore::open(files.path("cj.db")).await.unwrap();
    let mut view = store.read().await.unwrap();
    let batch = view.find(&BatchQuery::Newest { limit: 1 }).await.unwrap().pop().unwrap();
    ComparisonRepository::load(&mut *view, &ComparisonQuery::All(batch.id())).await.unwrap()
}

fn unordered(one: &str, other: &str) -> (String, String) {
    (one.min(other).to_owned(), one.max(other).to_owned())
}

fn correlation(pairs: &[(f64, f64)]) -> f64 {
    let n = pairs.len() as f64;
    let (x, y) = (pairs.iter().map(|p| p.0).sum::<f64>() / n, pairs.iter().map(|p| p.1).sum::<f64>() / n);
    let moment = |f: &dyn Fn(&(f64, f64)) -> f64| pairs.iter().map(f).sum::<f64>();
    let (xx, yy) = (moment(&|p| (p.0 - x).powi(2)), moment(&|p| (p.1 - y).powi(2)));
    moment(&|p| (p.0 - x) * (p.1 - y)) / (xx * yy).sqrt()
}

#[tokio::test]
async fn a_recording_with_gaps_gives_the_scale_of_all_its_answers() {
    let Some(recording) = shared("data/rave/rave_llm_gpt5.1.csv") else { return };
    let files = Files::new(&[]);
    let document = replay(&recording).store(files.path("cj.db")).json("run.v1");
    let batch = &document["batch"];
    assert_eq!(batch["phase"], "COMPLETED");
    assert_eq!(document["simulated"], false);

    let whole = cj().arg("score").arg(&recording).json("score.v1");
    assert_eq!(whole["settings"]["rows"], 6119);
    let whole: BTreeMap<_, _> = scores(&whole).into_iter().collect();
    let pairs: Vec<_> = scores(&document).into_iter().map(|(id, score)| (score, whole[&id])).collect();
    assert_eq!(pairs.len(), 114);
    let r = correlation(&pairs);
    assert!(r >= 0.95, "correlation {r}");

    // Pairs without an answer are sidestepped: each is asked once, and never again.
    let mut reader = csv::Reader::from_path(&recording).unwrap();
    let recorded: BTreeSet<_> = reader.records().map(Result::unwrap).map(|row| unordered(&row[1], &row[2])).collect();
    assert_eq!(recorded.len(), 114 * 113 / 2 - 322);
    let asked = comparisons(&files).await;
    let (gaps, answered): (Vec<_>, Vec<_>) = asked.iter().partition(|c| c.state == ComparisonState::Failed);
    let distinct: BTreeSet<_> = gaps.iter().map(|c| unordered(c.essay_a.as_str(), c.essay_b.as_str())).collect();
    assert!(!gaps.is_empty() && distinct.len() == gaps.len(), "{} of {} gaps", distinct.len(), gaps.len());
    assert!(distinct.is_disjoint(&recorded));
    assert!(answered.iter().all(|c| recorded.contains(&unordered(c.essay_a.as_str(), c.essay_b.as_str()))));
    assert_eq!((&batch["decided"], &batch["failed"]), (&answered.len().into(), &gaps.len().into()));
    assert!(warnings(&document).contains(&format!("{} attempts failed with NOT_RECORDED\n", gaps.len())));
}

#[tokio::test]
async fn records_are_used_once_and_from_either_side() {
    // a beats b twice and loses once; b and c were only ever compared as (c, b).
    let table = "judge,left,right,winner\nJo,a,b,a\nJo,a,b,b\nAl,a,b,a\nJo,c,b,b\n";
    let files = Files::new(&[("j.csv", table)]);
    let document = replay(files.path("j.csv")).store(files.path("cj.db")).json("run.v1");
    assert_eq!(
        (&document["batch"]["phase"], &document["batch"]["reason"]),
        (&"COMPLETED".into(), &"pairs_exhausted".into())
    );
    let asked = comparisons(&files).await;
    let count = |one: &str, other: &str, state: ComparisonState| {
        let is_pair =
            |c: &&ComparisonRecord| unordered(c.essay_a.as_str(), c.essay_b.as_str()) == unordered(one, other);
        asked.iter().filter(is_pair).filter(|c| c.state == state).count()
    };
    assert_eq!(count("A", "B", ComparisonState::Decided), 3, "each record is used, and once");
    assert_eq!(count("B", "C", ComparisonState::Decided), 1);
    assert_eq!(count("A", "C", ComparisonState::Decided), 0, "nobody recorded it");
    assert_eq!(count("A", "C", ComparisonState::Failed), 1, "it is sidestepped then");
    let item = |id: &str| document["items"].as_array().unwrap().iter().find(|item| item["id"] == id).unwrap();
    assert_eq!((&item("C")["wins"], &item("C")["losses"]), (&0.into(), &1.into()), "the winner is the same");
    assert_eq!((&item("A")["wins"], &item("A")["losses"]), (&2.into(), &1.into()));
    let judges: Vec<_> = document["judges"].as_array().unwrap().iter().map(|judge| &judge["id"]).collect();
    assert_eq!(judges, ["Al", "Jo"]);
}

#[test]
fn a_recording_with_more_gaps_than_answers_is_used_up() {
    // 40 items, of whose 780 pairs only neighbours met.
    let rows = (0..39).map(|i| format!("i{i},i{},left\n", i + 1)).collect::<Vec<_>>().concat();
    let files = Files::new(&[("j.csv", &format!("left,right,winner\n{rows}"))]);
    let document = replay(files.path("j.csv")).args(["--budget", "780"]).store(files.path("cj.db")).json("run.v1");
    let batch = &document["batch"];
    assert_eq!((&batch["phase"], &batch["decided"], &batch["failed"]), (&"COMPLETED".into(), &39.into(), &741.into()));
    assert_eq!(document["diagnostics"]["components"].as_array().unwrap().len(), 1);
    let ranking: Vec<_> = scores(&document).into_iter().map(|(id, _)| id).collect();
    assert_eq!((ranking[0].as_str(), ranking[39].as_str()), ("I0", "I39"));
}

#[test]
fn texts_may_be_there_but_need_not() {
    let files = Files::new(&[
        ("j.csv", "left,right,winner\na,b,a\nb,c,b\na,c,a\n"),
        ("m.csv", "id,text\na,One\nb,Two\nc,Three\n"),
    ]);
    let with = replay(files.path("j.csv")).arg(files.path("m.csv")).store(files.path("with.db")).json("run.v1");
    let without = replay(files.path("j.csv")).store(files.path("without.db")).json("run.v1");
    let ranking = |document| scores(document).into_iter().map(|(id, _)| id).collect::<Vec<_>>();
    assert_eq!(ranking(&with), ["A", "B", "C"]);
    assert_eq!(ranking(&without), ranking(&with));
}

#[test]
fn a_recording_that_pairs_an_item_with_itself_is_refused() {
    let table = "judge,left,right,winner\nj,a,b,a\nj,b,a,a\nj,a,c,a\nj,c,b,b\nj,b,c,c\nj,b,b,b\n";
    let files = Files::new(&[("j.csv", table)]);
    let line = replay(files.path("j.csv")).store(files.path("cj.db")).refused();
    assert!(line.ends_with(
        "j.csv, line 7, column `right`: expected another item than on the other side, found `b` on both sides"
    ));
    assert_eq!(cj().arg("score").arg(files.path("j.csv")).refused(), line, "`cj score` says the same");
    assert_eq!(files.names(), ["j.csv"], "no store is made");
}
