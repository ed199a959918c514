//! Reported against true reliability, coverage of the intervals, and what coin flips look like: tables with their
//! Monte-Carlo errors.
//!
//! `cargo bench -p cj-benches --bench honesty -- --repetitions 40 [--items 30,100] [--per-item 10,20]
//! [--sd 0.5,1] [--design Swiss] [--draws 1000]`
#![expect(clippy::print_stdout, reason = "the tables are what it is for")]
use std::fmt::Debug;
use std::str::FromStr;

use cj_benches::honesty::{Cell, DESIGNS, Repetition, Tally};

fn main() {
    let options: Vec<String> = std::env::args().collect();
    let is_test = cj_benches::is_test();
    let repetitions = number(&options, "--repetitions").unwrap_or(if is_test { 1 } else { 20 });
    let items = list(&options, "--items").unwrap_or_else(|| if is_test { vec![12] } else { vec![30, 100] });
    let draws = number(&options, "--draws").unwrap_or(1_000);
    let sds: Vec<f64> = after(&options, "--sd").map_or_else(|| vec![0.5, 1.0, 1.5, 2.5], numbers);
    let designs = DESIGNS.iter().filter(|(name, _)| after(&options, "--design").is_none_or(|only| only == *name));
    let per_item = list(&options, "--per-item").unwrap_or_else(|| vec![10, 20]);
    println!("{repetitions} repetitions of each cell; ± is the Monte-Carlo error\n");
    println!(
        "| design | n | sd | k | true | reported | reported − true | 10 % bound holds | SSR − true | coverage | coverage, unshrunk |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|");
    for &n in &items {
        for &sd in &sds {
            for &(design, strategy) in designs.clone() {
                let cell = Cell { strategy, items: n, sd, draws };
                for (k, tally) in per_item.iter().zip(repeat(cell, &per_item, repetitions)) {
                    println!("| {design} | {n} | {sd} | {k} | {}", row(&tally));
                }
            }
        }
    }
    println!("\nCoin flips:\n\n| design | n | k | reported | mean 10 % bound | bound below .05 | SSR |");
    println!("|---|---|---|---|---|---|---|");
    for &n in &items {
        for &(design, strategy) in designs.clone() {
            let cell = Cell { strategy, items: n, sd: 0.0, draws };
            for (k, tally) in per_item.iter().zip(repeat(cell, &per_item, repetitions)) {
                let (reported, _) = tally.mean(|run| run.reported);
                let (low, low_error) = tally.mean(|run| run.low);
                let (below, below_error) = tally.share(|run| run.low < 0.05);
                let (ssr, _) = tally.mean(|run| run.ssr);
                println!(
                    "| {design} | {n} | {k} | {reported:.3} | {low:.3} ± {low_error:.3} | {:.0} ± {:.0} % | {ssr:.3} |",
                    100.0 * below,
                    100.0 * below_error
                );
            }
        }
    }
}

fn repeat(cell: Cell, per_item: &[usize], repetitions: usize) -> Vec<Tally> {
    let mut tallies = vec![Tally::default(); per_item.len()];
    for seed in 0..repetitions as u64 {
        let runs: Vec<Repetition> = cell.run(per_item, seed).expect("a simulated study can be planned and scored");
        for (tally, run) in tallies.iter_mut().zip(runs) {
            tally.push(run);
        }
    }
    tallies
}

fn row(tally: &Tally) -> String {
    let (truth, _) = tally.mean(|run| run.truth);
    let (reported, _) = tally.mean(|run| run.reported);
    let (gap, gap_error) = tally.mean(|run| run.reported - run.truth);
    let (holds, holds_error) = tally.share(|run| run.low <= run.truth);
    let (flattery, _) = tally.mean(|run| run.ssr - run.truth);
    let (covered, covered_error) = tally.mean(|run| run.covered);
    let (unshrunk, _) = tally.mean(|run| run.covered_unshrunk);
    format!(
        "{truth:.3} | {reported:.3} | {gap:+.3} ± {gap_error:.3} | {:.0} ± {:.0} % | {flattery:+.3} | {covered:.3} ± {covered_error:.3} | {unshrunk:.3} |",
        100.0 * holds,
        100.0 * holds_error
    )
}

fn after<'a>(options: &'a [String], name: &str) -> Option<&'a str> {
    let at = options.iter().position(|option| option == name)?;
    options.get(at + 1).map(String::as_str)
}

fn number(options: &[String], name: &str) -> Option<usize> {
    after(options, name).map(|text| text.parse().expect("a whole number follows the option"))
}

fn list(options: &[String], name: &str) -> Option<Vec<usize>> {
    after(options, name).map(numbers)
}

fn numbers<T: FromStr<Err: Debug>>(text: &str) -> Vec<T> {
    text.split(',').map(|part| part.parse().expect("numbers with commas")).collect()
}
