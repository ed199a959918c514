//! `cj status`, `cj results`, `cj report`, `cj cancel` and `cj migrate`: what is stored of batches.
use std::fs;

use crate::support::{Call, Files, cj, manifest};

fn two_batches() -> Files {
    let files = Files::new(&[("m.csv", &manifest(5))]);
    for seed in ["1", "2"] {
        let ended = cj().arg("run").arg(files.path("m.csv")).args(["--seed", seed]).store(files.path("cj.db")).run();
        assert_eq!(ended.code, 0, "{}", ended.stderr);
    }
    files
}

fn on(files: &Files, command: &str) -> Call {
    cj().arg(command).store(files.path("cj.db"))
}

#[test]
fn every_batch_is_listed_and_found() {
    let files = two_batches();
    let status = on(&files, "status").json("status.v1");
    let ids: Vec<_> = status["batches"].as_array().unwrap().iter().map(|b| b["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 2);
    for id in &ids {
        let one = on(&files, "status").arg(id).json("status.v1");
        assert_eq!(one["batches"][0]["id"], *id);
        let result = on(&files, "results").arg(id).json("run.v1");
        assert_eq!(result["batch"], one["batches"][0]);
    }
    assert_eq!(on(&files, "results").json("run.v1")["batch"]["id"], ids[0], "without a name it is the newest");
    assert_eq!(on(&files, "results").json("run.v1")["settings"]["seed"], 2);

    let table = on(&files, "status").run().stdout;
    assert!(ids.iter().all(|id| table.contains(id)) && table.contains("COMPLETED"), "{table}");
    let csv = on(&files, "status").args(["--format", "csv"]).run().stdout;
    assert!(csv.starts_with("batch,phase,reason,waves,asked,decided,failed,budget,erased\n"), "{csv}");
    assert_eq!(csv.lines().count(), 3);
}

#[test]
fn a_batch_that_is_not_there_is_not_found() {
    let files = two_batches();
    let unknown = "0b2f4a0e-6f0e-5a0b-8a39-0d2a6d7f6c11";
    for name in ["essays", unknown] {
        for command in ["status", "results", "report", "cancel", "delete"] {
            let line = on(&files, command).arg(name).refused();
            assert!(
                line.starts_with(&format!("there is no batch `{name}` in this store; `cj status` lists")),
                "{line}"
            );
        }
    }
    let none = Files::new(&[]);
    for command in ["status", "results", "report"] {
        let line = on(&none, command).refused();
        assert!(line.ends_with("cj.db: there is no such file; `cj run` makes one"), "{line}");
    }
    assert!(none.names().is_empty(), "looking makes nothing");
    assert_eq!(on(&none, "migrate").run().code, 0);
    assert_eq!(on(&none, "results").refused(), "there is no batch in this store; `cj run` makes one");
    assert_eq!(on(&none, "status").json("status.v1")["batches"].as_array().unwrap().len(), 0);
}

#[test]
fn a_batch_that_ended_stays_as_it_is() {
    let files = two_batches();
    let before = on(&files, "results").json("run.v1");
    let id = before["batch"]["id"].as_str().unwrap();
    let line = on(&files, "cancel").arg(id).refused();
    assert!(line.contains(id) && line.contains("COMPLETED"), "{line}");
    assert_eq!(on(&files, "results").json("run.v1"), before);
}

#[test]
fn the_report_is_that_of_the_run() {
    let files = two_batches();
    let call = cj().arg("run").arg(files.path("m.csv")).args(["--seed", "2"]).store(files.path("cj.db"));
    assert_eq!(call.arg("--report").arg(files.path("run.html")).run().code, 0);
    let html = fs::read_to_string(files.path("run.html")).unwrap();
    let ended = on(&files, "report").run();
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
    assert_eq!(ended.stdout, html);
    let ended = on(&files, "report").arg("--output").arg(files.path("again.html")).run();
    assert_eq!((ended.code, ended.stdout.as_str()), (0, ""));
    assert_eq!(fs::read_to_string(files.path("again.html")).unwrap(), html);
    let ended = on(&files, "report").arg("--output").arg(files.path("gone/again.html")).run();
    assert_eq!((ended.code, ended.stderr.lines().count()), (1, 1), "{}", ended.stderr);
    assert_eq!(files.names(), ["again.html", "cj.db", "m.csv", "run.html"]);
}

#[test]
fn a_store_is_migrated_once() {
    let files = Files::new(&[("old.db", "")]);
    let migrate = |options: &[&str], name: &str| cj().arg("migrate").args(options).store(files.path(name)).run();
    assert_eq!(cj().args(["migrate", "--check"]).store(files.path("gone.db")).run().code, 2);
    let ended = migrate(&["--check"], "old.db");
    assert_eq!(ended.code, 1, "{}", ended.stderr);
    assert!(ended.stderr.contains("migrate first"), "{}", ended.stderr);
    assert_eq!(fs::metadata(files.path("old.db")).unwrap().len(), 0, "a check changes nothing");
    for (options, name) in [(&[][..], "old.db"), (&["--check"], "old.db"), (&[], "old.db"), (&[], "new.db")] {
        let ended = migrate(options, name);
        assert_eq!(ended.code, 0, "{}", ended.stderr);
        assert!(ended.stderr.ends_with(&format!("{name}: up to date\n")), "{}", ended.stderr);
    }
    assert_eq!(files.names(), ["new.db", "old.db"], "nothing is left beside a store");
}

#[test]
fn every_command_has_an_example() {
    for command in ["run", "status", "results", "report", "cancel", "delete", "migrate"] {
        let help = cj().args([command, "--help"]).run();
        assert_eq!(help.code, 0);
        assert!(help.stdout.contains("Example") && help.stdout.contains(&format!("  cj {command}")), "{}", help.stdout);
    }
}
