//! `cj run`: the main job, with judges in this process.
use std::{collections::BTreeMap, fs, path::Path};

use serde_json::Value;

use crate::support::{Call, Ended, Files, cj, essays, manifest, scores, shared, warnings};

fn run_essays() -> Call {
    cj().arg("run").arg(essays()).args(["--judge", "simulated", "--seed", "1"])
}

fn done(call: Call) -> Ended {
    let ended = call.args(["--format", "json"]).run();
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    ended
}

fn qualities(path: &Path) -> BTreeMap<String, f64> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header = reader.headers().unwrap().clone();
    let column = |names: &[&str]| header.iter().position(|title| names.contains(&title)).unwrap();
    let (id, quality) = (column(&["id", "ID"]), column(&["quality", "theta_true"]));
    let rows = reader.records().map(Result::unwrap);
    rows.map(|row| (row[id].to_owned(), row[quality].parse().unwrap())).collect()
}

/// Kendall's tau between the scores of a document and the qualities behind it, which have no ties.
fn tau(document: &Value, qualities: &BTreeMap<String, f64>) -> f64 {
    let scores = scores(document);
    let (mut sum, mut pairs) = (0.0, 0.0);
    for (i, (one, a)) in scores.iter().enumerate() {
        for (other, b) in &scores[..i] {
            let agrees = (a - b) * (qualities[one] - qualities[other]);
            sum += if agrees > 0.0 { 1.0 } else { -1.0 };
            pairs += 1.0;
        }
    }
    sum / pairs
}

#[test]
fn the_first_command_of_the_readme_is_true_and_repeatable() {
    let files = Files::new(&[]);
    let first = done(run_essays().store(files.path("one.db")));
    let document = first.document("run.v1");
    assert_eq!(document["batch"]["phase"], "COMPLETED");
    assert_eq!(document["batch"]["asked"], document["batch"]["decided"]);
    assert_eq!(scores(&document).len(), 24);
    let tau = tau(&document, &qualities(&essays().join("manifest.csv")));
    assert!(tau >= 0.85, "tau {tau}");
    assert!(document["simulated"] == true && warnings(&document).contains("SIMULATED"));

    assert_eq!(done(run_essays().store(files.path("other.db"))).stdout, first.stdout, "a fresh store");
    assert_eq!(done(run_essays().store(files.path("one.db"))).stdout, first.stdout, "the same store");
    let stored = cj().args(["results", "--format", "json"]).store(files.path("one.db")).run();
    assert_eq!((stored.code, stored.stdout == first.stdout), (0, true), "the stored result");
    // Nothing is left in files beside the store.
    assert_eq!(files.names(), ["one.db", "other.db"]);

    // As it stands in the README, without a seed.
    let plain = done(cj().arg("run").arg(essays()).store(files.path("plain.db"))).document("run.v1");
    let readme = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md")).unwrap();
    let readme = readme.split_whitespace().collect::<Vec<_>>().join(" ");
    let told = format!("({} questions of the {} that it may ask)", plain["batch"]["asked"], plain["batch"]["budget"]);
    assert!(readme.contains(&told), "the README does not say {told}");
}

#[test]
fn another_seed_is_another_batch() {
    let files = Files::new(&[("m.csv", &manifest(6))]);
    let id = |seed: &str| {
        let call = cj().arg("run").arg(files.path("m.csv")).args(["--seed", seed]).store(files.path("cj.db"));
        call.json("run.v1")["batch"]["id"].clone()
    };
    assert_eq!(id("1"), id("1"));
    assert_ne!(id("1"), id("2"));
    let status = cj().arg("status").store(files.path("cj.db")).json("status.v1");
    assert_eq!(status["batches"].as_array().unwrap().len(), 2);
}

#[test]
fn a_sample_of_two_hundred_essays_completes() {
    let Some(set) = shared("data/essays/synthetic_writing_samples1000.csv") else { return };
    let files = Files::new(&[]);
    let call = cj().arg("run").arg(&set).args(["--sample", "200", "--budget", "2000", "--judge", "simulated"]);
    let call = call.args(["--target-reliability", "0.99"]);
    let document = call.store(files.path("cj.db")).json("run.v1");
    assert_eq!(document["batch"]["phase"], "COMPLETED");
    assert_eq!((&document["batch"]["budget"], &document["settings"]["sample"]), (&2000.into(), &200.into()));
    assert!(document["batch"]["asked"].as_u64().unwrap() <= 2000);
    assert_eq!(scores(&document).len(), 200);
    let tau = tau(&document, &qualities(&set));
    assert!(tau >= 0.8, "tau {tau}");
}

#[test]
fn a_judge_that_fails_is_asked_again_and_counted() {
    let files = Files::new(&[]);
    let call = run_essays().args(["--failure-rate", "0.2", "--budget", "240"]).store(files.path("cj.db"));
    let document = call.json("run.v1");
    let batch = &document["batch"];
    let (asked, decided, lost) = (&batch["asked"], &batch["decided"], attempts_lost(&document, "SERVICE_UNAVAILABLE"));
    assert_eq!(batch["phase"], "COMPLETED");
    assert!(lost > 20, "{lost} of {asked} failed");
    assert_eq!(asked.as_u64().unwrap(), decided.as_u64().unwrap() + lost);
    assert!(asked.as_u64() <= batch["budget"].as_u64());
    assert!(batch["failed"].as_u64().unwrap() < lost / 4, "hardly any question fails three times: {batch}");
    assert!(warnings(&document).contains("asked again after a failure"));

    let ended = run_essays().args(["--failure-rate", "1", "--format", "json"]).store(files.path("cj.db")).run();
    assert_eq!(ended.code, 1, "{}", ended.stderr);
    let document = ended.document("run.v1");
    assert_eq!((&document["batch"]["phase"], &document["batch"]["decided"]), (&"FAILED".into(), &0.into()));
    assert_eq!(document["batch"]["reason"], "low_success_rate");
}

/// How many attempts failed with a code, by the warnings.
fn attempts_lost(document: &Value, code: &str) -> u64 {
    let text = warnings(document);
    let line = text.lines().find(|line| line.contains(&format!("failed with {code}")));
    line.map_or(0, |line| line.split(' ').next().unwrap().parse().unwrap())
}

#[test]
fn a_slow_judge_takes_no_time() {
    let files = Files::new(&[]);
    let at_once = run_essays().args(["--budget", "120"]).store(files.path("cj.db")).json("run.v1");
    // Ten minutes each are within the deadline of a comparison, and change only when answers come.
    let slow = run_essays().args(["--budget", "120", "--delay", "600"]).store(files.path("cj.db")).json("run.v1");
    assert_eq!(slow["batch"]["decided"], at_once["batch"]["decided"]);
    assert_eq!(attempts_lost(&slow, "TIMEOUT"), 0);
    // Some of an hour are not.
    let late = run_essays().args(["--budget", "120", "--delay", "3600"]).store(files.path("cj.db")).json("run.v1");
    assert!(attempts_lost(&late, "TIMEOUT") > 0);
    // Retries that a late answer made needless were withdrawn, and keep their share of the budget.
    let asked = late["batch"]["asked"].as_u64().unwrap();
    assert!((100..=120).contains(&asked), "whoever answers too late was asked: {asked}");
}

#[test]
fn the_simulated_judge_has_the_traits_it_is_given() {
    let files = Files::new(&[]);
    let share = |options: &[&str]| {
        let call = run_essays().args(["--budget", "200"]).args(options).store(files.path("cj.db"));
        let document = call.json("run.v1");
        let tau = tau(&document, &qualities(&essays().join("manifest.csv")));
        (document["judges"][0]["share_left"].as_f64().unwrap(), tau)
    };
    let (left, _) = share(&["--position-bias", "3"]);
    assert!(left > 0.65, "{left} to the left");
    let (left, _) = share(&["--position-bias", "-3"]);
    assert!(left < 0.35, "{left} to the left");
    let (_, exact) = share(&["--noise", "0"]);
    let (_, blind) = share(&["--lapse", "1"]);
    assert!(exact > 0.9 && blind.abs() < 0.4, "tau {exact} of a judge who never errs, {blind} of one who never looks");
}

#[test]
fn a_folder_takes_everything_that_is_printed() {
    let files = Files::new(&[("m.csv", &manifest(8))]);
    let call = || cj().arg("run").arg(files.path("m.csv")).store(files.path("cj.db"));
    let ended = done(call().arg("--out").arg(files.path("deep/out")));
    let read = |name: &str| fs::read_to_string(files.path("deep/out").join(name)).unwrap();
    assert_eq!(read("run.json"), ended.stdout);
    let csv = call().args(["--format", "csv", "--quiet"]).run();
    assert_eq!((read("results.csv"), csv.stderr.as_str()), (csv.stdout, ""));
    assert!(read("results.csv").starts_with("id,score,se,"));
    let html = read("report.html");
    assert!(html.starts_with("<!DOCTYPE html>") && html.contains("SIMULATED") && html.contains("E007"));
    let mut names: Vec<_> = fs::read_dir(files.path("deep/out")).unwrap().map(|e| e.unwrap().file_name()).collect();
    names.sort_unstable();
    assert_eq!(names, ["report.html", "results.csv", "run.json"], "nothing half-written is left");

    let ended = call().arg("--report").arg(files.path("r.html")).run();
    assert_eq!(fs::read_to_string(files.path("r.html")).unwrap(), html);
    assert!(ended.stderr.contains("report: "), "{}", ended.stderr);
}

#[cfg(unix)]
#[test]
fn a_device_is_written_to_and_stays_one() {
    use std::os::unix::fs::FileTypeExt as _;
    let files = Files::new(&[("m.csv", &manifest(4))]);
    // A link, so that no mistake can hurt the machine's own device.
    std::os::unix::fs::symlink("/dev/null", files.path("null")).unwrap();
    let ended = done(
        cj().arg("run").arg(files.path("m.csv")).arg("--report").arg(files.path("null")).store(files.path("cj.db")),
    );
    assert!(ended.stdout.contains("COMPLETED"));
    assert!(fs::metadata(files.path("null")).unwrap().file_type().is_char_device());
    assert_eq!(files.names(), ["cj.db", "m.csv", "null"]);
}

#[test]
fn a_report_that_cannot_be_written_does_not_take_the_result_with_it() {
    if !Path::new("/dev/full").exists() {
        return;
    }
    let files = Files::new(&[("m.csv", &manifest(4))]);
    let call = cj().arg("run").arg(files.path("m.csv")).args(["--report", "/dev/full", "--format", "json"]);
    let ended = call.store(files.path("cj.db")).run();
    assert_eq!(ended.code, 1);
    assert_eq!(ended.document("run.v1")["batch"]["phase"], "COMPLETED");
    assert!(ended.stderr.contains("error: cannot write /dev/full: "), "{}", ended.stderr);
}

#[test]
fn a_blank_essay_is_listed_and_not_compared() {
    let texts = |files: &Files, blank: &str| {
        let document = cj().arg("run").arg(files.path("m.csv")).store(files.path("cj.db")).json("run.v1");
        let items = document["items"].as_array().unwrap();
        assert_eq!(items.len(), 4, "no essay is dropped");
        let left_out = items.iter().find(|item| item["id"] == blank).unwrap();
        assert!(left_out["score"].is_null() && left_out["comparisons"] == 0, "{left_out}");
        assert!(warnings(&document).contains(&format!("1 essay had no text and could not be compared: {blank}\n")));
        assert_eq!(scores(&document).len(), 3);
    };
    let named = [("m.csv", "id,file,quality\na,a.txt,1\nb,b.txt,2\nc,c.txt,3\nd,d.txt,4\n")];
    let bodies = [("a.txt", "One"), ("b.txt", "Two"), ("c.txt", " \n\n"), ("d.txt", "Four")];
    texts(&Files::new(&[&named[..], &bodies[..]].concat()), "C");
    texts(&Files::new(&[("m.csv", "id,text,quality\na,One,1\nb,,\nc,Three,3\nd,Four,4\n")]), "B");
}

#[test]
fn quiet_is_quiet_and_a_table_says_what_was_simulated() {
    let files = Files::new(&[("m.csv", &manifest(5))]);
    let call = || cj().arg("run").arg(files.path("m.csv")).store(files.path("cj.db"));
    let ended = call().arg("--quiet").run();
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
    assert!(ended.stdout.starts_with("SIMULATED: ") && !ended.stdout.contains('\u{1b}'), "{}", ended.stdout);
    let loud = call().run();
    assert!(loud.stderr.contains("warning: SIMULATED"), "{}", loud.stderr);
    assert_eq!(loud.stdout, ended.stdout);
}
