//! `cj replay`: simulated worlds from a log.
use cj_testkit::sim::{Scenario, simulate};

use crate::support::{Files, cj};

#[test]
fn a_scenario_is_run_again_and_every_promise_is_kept() {
    let run = simulate(&Scenario::of_seed(3));
    let files = Files::new(&[("seed.json", &run.log())]);
    let found = cj().arg("replay").arg(files.path("seed.json")).json("replay.v1");
    assert_eq!(found["seed"], 3);
    assert_eq!(found["violation"], serde_json::Value::Null);
    assert_eq!(found["steps"].as_array().unwrap().len(), run.steps.len());
}

#[test]
fn what_is_no_log_is_refused_with_the_reason() {
    let files = Files::new(&[("seed.json", "{\"seed\": 1}")]);
    let refusal = cj().arg("replay").arg(files.path("seed.json")).refused();
    assert!(refusal.contains("is no log of a simulation"), "{refusal}");
}
