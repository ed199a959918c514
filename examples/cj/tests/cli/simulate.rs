//! `cj simulate`.
use std::fmt::Write;

use serde_json::Value;

use crate::support::{Files, cj, shared};

const SMALL: [&str; 8] = ["simulate", "--items", "10", "--repetitions", "20", "--seed", "3", "--target"];

fn figure(value: &Value) -> (f64, f64) {
    (value["mean"].as_f64().unwrap(), value["error"].as_f64().unwrap())
}

#[test]
fn a_design_is_played_until_its_target_and_priced() {
    let document = cj().args(SMALL).args(["0.7", "--price", "0.5", "--most", "30"]).json("simulate.v1");
    let points = document["points"].as_array().unwrap();
    let needed = &document["needed"];
    let (per_item, error) = figure(&needed["per_item"]);
    assert!(per_item > 3.0 && per_item < 20.0 && error > 0.0, "{needed}");
    let comparisons = needed["comparisons"].as_f64().unwrap();
    assert!((comparisons - per_item * 5.0).abs() < 1e-9);
    assert!((needed["cost"].as_f64().unwrap() - 0.5 * comparisons.ceil()).abs() < 1e-9);
    // The curve crosses the target where it says.
    let before = points.iter().rfind(|point| point["per_item"].as_f64().unwrap() < per_item).unwrap();
    let after = points.iter().find(|point| point["per_item"].as_f64().unwrap() >= per_item).unwrap();
    assert!(figure(&before["reliability"]).0 < 0.7 && figure(&after["reliability"]).0 >= 0.7);
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let print = |jobs: &str| {
        let ended =
            cj().args(SMALL).args(["0.7", "--most", "12", "--honest", "6", "--jobs", jobs, "--format", "json"]).run();
        assert_eq!(ended.code, 0, "{}", ended.stderr);
        ended.stdout
    };
    let one = print("1");
    assert_eq!(one, print("3"));
    let document: Value = serde_json::from_str(&one).unwrap();
    assert!(document["points"].as_array().unwrap().iter().any(|point| !point["honest"].is_null()));
}

#[test]
fn judges_who_do_not_look_tell_nothing() {
    let document = cj().args(SMALL).args(["0.9", "--lapse", "1", "--most", "10"]).json("simulate.v1");
    let last = document["points"].as_array().unwrap().last().unwrap().clone();
    // Of ten items the squared correlation of unrelated numbers is 1/9 on average.
    assert!(figure(&last["reliability"]).0 < 0.3, "{last}");
    assert!(document["needed"]["per_item"].is_null());
    assert!(document["warnings"][0].as_str().unwrap().starts_with("needed absent: "));
}

#[test]
fn new_items_are_placed_among_reference_items_with_few_comparisons() {
    let call = ["simulate", "--strategy", "anchored", "--anchors", "20", "--items", "20", "--sd", "2"];
    let document = cj().args(call).args(["--repetitions", "40", "--target", "0.7"]).json("simulate.v1");
    assert_eq!(document["settings"]["anchors"], 20);
    let (per_item, error) = figure(&document["needed"]["per_item"]);
    assert!(per_item - 2.0 * error <= 4.0, "{per_item} ± {error} for .70");
    // A comparison is about one new item.
    let comparisons = document["needed"]["comparisons"].as_f64().unwrap();
    assert!((comparisons - 20.0 * per_item).abs() < 1e-9);
}

#[test]
fn batches_end_by_the_rules_of_real_ones() {
    let batches = ["simulate", "--stop", "--items", "10", "--repetitions", "6", "--seed", "3", "--most", "20"];
    let document = cj().args(batches).args(["--sd", "2.5,0.5", "--jobs", "2"]).json("simulate.v1");
    let stops = document["stops"].as_array().unwrap();
    assert_eq!(stops.len(), 3);
    assert_eq!(stops[2]["runs"], 12);
    let reached = |stop: &Value| figure(&stop["target_reliability"]).0;
    assert!(reached(&stops[0]) > reached(&stops[1]), "{stops:?}");
    assert!(figure(&stops[0]["per_item"]).0 < figure(&stops[1]["per_item"]).0);
}

#[test]
fn a_batch_that_runs_out_of_pairs_is_counted() {
    let call =
        ["simulate", "--stop", "--strategy", "optimal-graph", "--items", "4", "--repetitions", "6", "--sd", "0.5"];
    let document = cj().args(call).json("simulate.v1");
    let stop = &document["stops"][0];
    assert_eq!(stop["runs"], 6);
    let share = |reason: &str| figure(&stop[reason]).0;
    assert!(share("pairs_exhausted") > 0.0, "{stop}");
    let ends = ["target_reliability", "no_signal", "budget_exhausted", "pairs_exhausted"];
    assert!((ends.into_iter().map(share).sum::<f64>() - 1.0).abs() < 1e-9, "{stop}");
    // Four items have six pairs; the budget is larger.
    assert!(figure(&stop["per_item"]).0 <= 3.0, "{stop}");
}

/// Of a thousand batches a handful may still look as if there were something to see: see `docs/pairing.md`.
#[test]
fn judges_who_toss_coins_reach_no_target_and_are_found_out() {
    let batches = ["simulate", "--stop", "--lapse", "1", "--items", "12", "--repetitions", "12", "--seed", "3"];
    for strategy in ["adaptive", "balanced"] {
        let document = cj().args(batches).args(["--strategy", strategy]).json("simulate.v1");
        let stop = &document["stops"][0];
        assert_eq!(stop["runs"], 12);
        let share = |reason: &str| figure(&stop[reason]).0;
        assert!(share("target_reliability") == 0.0, "{stop}");
        assert!(share("no_signal") >= 0.4, "{stop}");
        assert!((share("no_signal") + share("budget_exhausted") - 1.0).abs() < 1e-9, "{stop}");
        // Nobody is called a guesser before twenty answers per item.
        assert!(figure(&stop["per_item"]).0 >= 20.0, "{stop}");
    }
}

#[test]
fn a_recording_answers_what_it_holds_and_a_page_is_written() {
    let items = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let mut recording = "left,right,winner\n".to_owned();
    for (i, left) in items.iter().enumerate() {
        for right in &items[i + 1..] {
            if (*left, *right) != ("a", "h") {
                writeln!(recording, "{left},{right},{left}").unwrap();
            }
        }
    }
    let files = Files::new(&[("recording.csv", &recording)]);
    let page = files.path("page.html");
    let call = cj().args(["simulate", "--repetitions", "5", "--replay"]).arg(files.path("recording.csv"));
    let document = call.args(["--target", "0.95", "--report"]).arg(&page).json("simulate.v1");
    // 27 pairs are recorded, none twice.
    let last = document["points"].as_array().unwrap().last().unwrap().clone();
    assert!(last["per_item"].as_f64().unwrap() <= 2.0 * 27.0 / 8.0 + 1e-9);
    assert!(figure(&last["reliability"]).0 > 0.95);
    let page = std::fs::read_to_string(page).unwrap();
    assert!(page.contains("<svg") && page.contains("What the target needs") && !page.contains("<script"));
}

#[test]
fn what_cannot_be_simulated_is_said() {
    assert!(cj().args(["simulate", "--strategy", "anchored"]).refused().contains("--anchors"));
    assert!(cj().args(["simulate", "--anchors", "5"]).refused().contains("--strategy anchored"));
    assert!(cj().args(["simulate", "--strategy", "given"]).refused().contains("list of pairs"));
    assert!(cj().args(["simulate", "--sd", "1,2"]).refused().contains("--stop"));
    assert!(cj().args(["simulate", "--sd", "-1"]).refused().contains("above 0"));
}

/// A real judge: 114 texts, one order, at temperature 0. A random regular design needs 11.4 and 21.5 comparisons per item.
#[test]
fn a_recorded_language_model_is_ranked_with_few_of_its_answers() {
    let Some(recording) = shared("data/rave/rave_llm_gpt5.1.csv") else { return };
    let call = cj().args(["simulate", "--repetitions", "8", "--seed", "1", "--most", "14", "--target", "0.95"]);
    let document = call.arg("--replay").arg(&recording).json("simulate.v1");
    let (per_item, error) = figure(&document["needed"]["per_item"]);
    assert!(per_item - 2.0 * error <= 10.0, "{per_item} ± {error} for .95");
    let points = document["points"].as_array().unwrap();
    let seven = points.iter().rfind(|point| point["per_item"].as_f64().unwrap() <= 7.0).unwrap();
    let (reliability, error) = figure(&seven["reliability"]);
    assert!(reliability + 2.0 * error >= 0.9, "{reliability} ± {error} after {}", seven["per_item"]);
}
