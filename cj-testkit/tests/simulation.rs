//! Simulated worlds: a fixed set of seeds, fresh ones in every run, and every run that ever broke a promise.

use std::hash::{BuildHasher, RandomState};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use cj_testkit::sim::{Run, Scenario, shrink, simulate};

/// Runs seeds on every core; a broken promise is made as simple as can be, and saved as a log.
fn soak(first: u64, count: u64) {
    let next = AtomicU64::new(first);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let broken = std::thread::scope(|scope| {
        let worker = || {
            loop {
                let seed = next.fetch_add(1, Ordering::Relaxed);
                if seed - first >= count {
                    return None;
                }
                let run = simulate(&Scenario::of_seed(seed));
                if run.violation.is_some() {
                    next.store(first + count, Ordering::Relaxed);
                    return Some(run);
                }
            }
        };
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        threads.into_iter().find_map(|thread| thread.join().expect("a simulation does not panic"))
    });
    let Some(run) = broken else { return };
    let (seed, run) = (run.scenario.seed, shrink(run));
    let log = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("seed-{seed}.json"));
    std::fs::write(&log, run.log()).expect("the log can be written");
    let violation = run.violation.expect("a shrunk run still breaks the promise");
    panic!("seed {seed}: {violation}\n{:?}\nreplay it with: cj replay {}", run.scenario, log.display());
}

#[test]
fn two_hundred_known_worlds_keep_every_promise() {
    soak(0, 200);
}

#[test]
fn two_hundred_new_worlds_keep_every_promise() {
    let first = RandomState::new().hash_one("seed") >> 1;
    println!("seeds {first} to {}", first + 199);
    soak(first, 200);
}

/// `CJ_SOAK=100000 cargo test …`, or `just soak 100000`.
#[test]
fn as_many_worlds_as_asked_for_keep_every_promise() {
    let number = |name: &str| std::env::var_os(name).and_then(|text| text.to_str()?.parse::<u64>().ok());
    let Some(count) = number("CJ_SOAK") else { return };
    let first = number("CJ_SOAK_FROM").unwrap_or(1_000);
    println!("seeds {first} to {}", first + count - 1);
    soak(first, count);
}

#[test]
fn what_once_went_wrong_does_not_again() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("regressions");
    let mut logs = 0;
    for entry in std::fs::read_dir(&folder).expect("the folder of regressions is there") {
        let path = entry.expect("it can be listed").path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let log = std::fs::read_to_string(&path).expect("a log can be read");
            let scenario = Run::scenario_of(&log).expect("it is a log");
            assert_eq!(simulate(&scenario).violation, None, "{}", path.display());
            logs += 1;
        }
    }
    println!("{logs} logs");
}

#[test]
fn the_same_world_runs_the_same_to_the_last_step() {
    for seed in 0..20 {
        let scenario = Scenario::of_seed(seed);
        assert_eq!(simulate(&scenario), simulate(&scenario));
    }
}

/// A simulation that nothing happens in keeps every promise.
#[test]
fn the_worlds_are_as_bad_as_they_are_meant_to_be() {
    let mut seen = std::collections::BTreeMap::<String, u32>::new();
    for seed in 0..400 {
        let run = simulate(&Scenario::of_seed(seed));
        for (what, times) in run.tally {
            *seen.entry(what).or_default() += times;
        }
        for ending in run.endings.into_values() {
            *seen.entry(ending).or_default() += 1;
        }
    }
    println!("{seen:#?}");
    for what in EXPECTED {
        assert!(seen.contains_key(*what), "{what} never happened: {seen:#?}");
    }
}

const EXPECTED: &[&str] = &[
    "CANCELLED",
    "COMPLETED budget_exhausted",
    "COMPLETED forced_recovery",
    "COMPLETED insufficient_essays",
    "COMPLETED pairs_exhausted",
    "COMPLETED target_reliability",
    "FAILED duplicate_essay_ids",
    "FAILED low_success_rate",
    "FAILED no_students",
    "FAILED no_usable_text",
    "FAILED stuck_timeout",
    "answer conflict",
    "answer counted",
    "answer late",
    "attempt 3 decided",
    "task again",
    "task died",
];
