//! `cj pair`.
use std::{collections::BTreeSet, fmt::Write};

use crate::support::{Call, Files, cj};

const ITEMS: &str = "note,ID\nx,a\nx,b\nx,c\nx,d\nx,e\nx,f\n";

fn pair(files: &Files) -> Call {
    cj().arg("pair").arg(files.path("items.csv"))
}

#[test]
fn every_item_is_asked_for_once_by_default() {
    let files = Files::new(&[("items.csv", ITEMS)]);
    for strategy in ["adaptive", "balanced", "swiss", "acj", "eig", "optimal_graph"] {
        let document = pair(&files).args(["--strategy", strategy]).json("pair.v1");
        let pairs = document["pairs"].as_array().unwrap();
        let shown: BTreeSet<_> =
            pairs.iter().flat_map(|pair| [pair["left"].as_str().unwrap(), pair["right"].as_str().unwrap()]).collect();
        assert_eq!((pairs.len(), shown.len()), (3, 6), "{strategy}");
        assert_eq!(document["settings"]["strategy"], strategy);
    }
}

#[test]
fn a_round_robin_asks_every_pair() {
    let files = Files::new(&[("items.csv", ITEMS)]);
    let ended = pair(&files).args(["--strategy", "round-robin", "--format", "csv"]).run();
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let unordered: BTreeSet<_> = ended
        .stdout
        .lines()
        .skip(1)
        .map(|line| {
            let mut pair: Vec<_> = line.split(',').collect();
            pair.sort_unstable();
            pair.join(" ")
        })
        .collect();
    assert_eq!((ended.stdout.lines().next(), unordered.len()), (Some("left,right"), 15));
}

#[test]
fn its_output_with_a_winner_is_the_next_input() {
    let files = Files::new(&[("items.csv", ITEMS), ("judges.csv", "judge\nAda\nBo\n")]);
    let mut done = String::new();
    let mut asked = Vec::new();
    for round in 0..5 {
        let mut call = pair(&files)
            .args(["--count", "4", "--seed", "7", "--format", "csv"])
            .arg("--judges")
            .arg(files.path("judges.csv"));
        if round > 0 {
            std::fs::write(files.path("done.csv"), &done).unwrap();
            call = call.arg("--judgements").arg(files.path("done.csv"));
        }
        let ended = call.run();
        assert_eq!((ended.code, ended.stdout.lines().count()), (0, 5), "{}", ended.stderr);
        let mut lines = ended.stdout.lines();
        let header = lines.next().unwrap();
        assert_eq!(header, "left,right,judge");
        if done.is_empty() {
            writeln!(done, "{header},winner").unwrap();
        }
        for line in lines {
            let fields: Vec<_> = line.split(',').collect();
            let (first, second) = (fields[0].min(fields[1]), fields[0].max(fields[1]));
            asked.push(format!("{first} {second} {}", fields[2]));
            writeln!(done, "{line},{first}").unwrap();
        }
    }
    let different: BTreeSet<_> = asked.iter().collect();
    assert_eq!(different.len(), asked.len(), "a judge sees two items together once: {asked:?}");
    let by_ada = asked.iter().filter(|question| question.ends_with("Ada")).count();
    assert!((8..=12).contains(&by_ada), "{by_ada} of 20");
}

#[test]
fn judges_get_no_more_than_they_can_and_doubles_go_to_others() {
    let files = Files::new(&[("items.csv", ITEMS), ("judges.csv", "judge\nAda\nBo\nCy\n")]);
    let judged = |options: &[&str]| {
        let call = pair(&files).arg("--judges").arg(files.path("judges.csv")).args(["--count", "9"]).args(options);
        let document = call.json("pair.v1");
        let pairs = document["pairs"].as_array().unwrap().clone();
        let text = |pair: &serde_json::Value, field: &str| pair[field].as_str().map(str::to_owned);
        pairs.iter().map(|pair| ["left", "right", "judge"].map(|field| text(pair, field))).collect::<Vec<_>>()
    };
    let limited = judged(&["--capacity", "2"]);
    assert_eq!(limited.iter().filter(|[.., judge]| judge.is_some()).count(), 6);
    for judge in ["Ada", "Bo", "Cy"] {
        assert_eq!(limited.iter().filter(|[.., of]| of.as_deref() == Some(judge)).count(), 2);
    }
    let doubled = judged(&["--double", "0.5"]);
    assert!(doubled.len() > 9, "{} with doubles", doubled.len());
    for [left, right, judge] in &doubled[9..] {
        let first = doubled[..9].iter().find(|[l, r, _]| l == right && r == left).expect("a double is a swapped pair");
        assert_ne!(&first[2], judge);
    }
    let alone = pair(&files).args(["--double", "0.5"]).run();
    assert_eq!(alone.code, 2);
}

#[test]
fn anchors_meet_those_whose_place_is_not_known() {
    let items = "id,grade\na,A\nb,B\nc,C\ns,\nt,\n";
    let files = Files::new(&[("items.csv", items), ("bare.csv", "id\na\nb\n")]);
    let document = pair(&files).args(["--strategy", "anchored", "--count", "2"]).json("pair.v1");
    let pairs = document["pairs"].as_array().unwrap();
    assert_eq!(pairs.len(), 2);
    for pair in pairs {
        let of_students = [&pair["left"], &pair["right"]].iter().filter(|id| **id == "s" || **id == "t").count();
        assert_eq!(of_students, 1, "{pair}");
    }
    let ended = cj().arg("pair").arg(files.path("bare.csv")).args(["--strategy", "anchored"]).run();
    assert_eq!(ended.code, 2);
    assert!(ended.stderr.contains("expected anchors"), "{}", ended.stderr);
}

#[test]
fn the_seed_says_it_all() {
    let files = Files::new(&[("items.csv", ITEMS)]);
    let print = |seed: &str| pair(&files).args(["--strategy", "random", "--count", "10", "--seed", seed]).run().stdout;
    assert_eq!(print("1"), print("1"));
    assert_ne!(print("1"), print("2"));
}

#[test]
fn fewer_pairs_than_asked_for_are_told() {
    let files = Files::new(&[("items.csv", "id\na\nb\n")]);
    let document = pair(&files).args(["--count", "9"]).json("pair.v1");
    let (pairs, warnings) = (document["pairs"].as_array().unwrap(), document["warnings"].as_array().unwrap());
    assert!(pairs.len() < 9);
    assert!(warnings[0].as_str().unwrap().starts_with("9 comparisons were asked for"), "{warnings:?}");
}

#[test]
fn bad_input_is_named_and_ends_with_2() {
    let files = Files::new(&[
        ("items.csv", ITEMS),
        ("one.csv", "id\na\n"),
        ("twice.csv", "id\na\nb\na\n"),
        ("done.csv", "left,right,winner\na,z,a\n"),
    ]);
    let done = files.path("done.csv");
    let done = done.to_str().unwrap();
    for (name, options, expected) in [
        ("one.csv", &[][..], "expected at least two items, found one"),
        ("twice.csv", &[], "line 4, column `id`: expected every name once, found `a` again, after line 2"),
        ("gone.csv", &[], "cannot read "),
        ("items.csv", &["--judgements", done], "done.csv: expected items of the file of items, found `z`"),
        ("items.csv", &["--strategy", "best"], "unknown pairing strategy"),
        ("items.csv", &["--count", "0"], "0 is not in"),
    ] {
        let ended = cj().arg("pair").arg(files.path(name)).args(options).run();
        assert_eq!((ended.code, ended.stdout.as_str()), (2, ""), "{name}: {}", ended.stderr);
        assert!(ended.stderr.contains(expected), "{name}: {}", ended.stderr);
    }
}
