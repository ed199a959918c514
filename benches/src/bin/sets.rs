//! The seven sets of the comparison with other programs: written for them, and timed here.
//!
//! `sets export FOLDER abcdefg` · `sets time FOLDER abcdefg REPEATS` · `sets once SET` · `sets large ITEMS COMPARISONS`
#![expect(clippy::print_stdout, reason = "what it prints is what it is for")]
use std::error::Error;
use std::fs;
use std::path::Path;
use std::time::Duration;

use cj_benches::Set;
use cj_core::scoring::{Fit, Model, Outcome, Prior};
use serde_json::json;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["export", folder, letters] => export(Path::new(folder), letters),
        ["time", folder, letters, repeats] => time(Path::new(folder), letters, repeats.parse()?),
        ["once", letter] => once(&Set::new(letter.parse()?)),
        ["large", items, comparisons] => large(items.parse()?, comparisons.parse()?),
        _ => {
            Err("expected `export FOLDER SETS`, `time FOLDER SETS REPEATS`, `once SET` or `large ITEMS COMPARISONS`"
                .into())
        }
    }
}

/// Writes each set as little-endian 32-bit numbers: left, right, 1 where the left item won.
fn export(folder: &Path, letters: &str) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(folder)?;
    for letter in letters.chars() {
        let set = Set::new(letter);
        let rows = set.outcomes.iter().flat_map(|(left, right, outcome)| {
            [*left, *right, u32::from(*outcome == Outcome::Left)].into_iter().flat_map(u32::to_le_bytes)
        });
        fs::write(folder.join(format!("{letter}.u32")), rows.collect::<Vec<u8>>())?;
        println!(
            "{}",
            json!({ "set": letter.to_string(), "items": set.names.len(), "comparisons": set.outcomes.len() })
        );
    }
    Ok(())
}

/// Prints the best time of each estimate, from item numbers in memory to scores; writes the scores of maximum likelihood.
fn time(folder: &Path, letters: &str, repeats: usize) -> Result<(), Box<dyn Error>> {
    for letter in letters.chars() {
        let set = Set::new(letter);
        for (what, prior) in [("mle", Prior::None), ("map", Prior::Normal { sd: 2.0 })] {
            let model = Model::builder().prior(prior).build()?;
            let (mut fits, mut errors) = (Duration::MAX, Duration::MAX);
            let mut last = None;
            for _ in 0..repeats {
                let (fit, taken) = timed(|| model.fit(&set.judgements()));
                fits = fits.min(taken);
                let fit = fit?;
                errors = errors.min(timed(|| fit.standard_errors().len()).1);
                last = Some(fit);
            }
            let fit = last.ok_or("at least one repeat is needed")?;
            if what == "mle" {
                let scores = fit.scores().iter().flat_map(|score| score.to_le_bytes());
                fs::write(folder.join(format!("{letter}.ours.f64")), scores.collect::<Vec<u8>>())?;
            }
            println!("{}", told(letter, what, &fit, fits, errors));
        }
    }
    Ok(())
}

fn told(letter: char, what: &str, fit: &Fit, fits: Duration, errors: Duration) -> serde_json::Value {
    json!({
        "set": letter.to_string(),
        "what": what,
        "seconds": fits.as_secs_f64(),
        "seconds_errors": errors.as_secs_f64(),
        "iterations": fit.iterations(),
        "gradient": fit.max_gradient(),
        "step": fit.accuracy(),
        "error_of_errors": fit.standard_error_accuracy(),
    })
}

/// One fit and nothing else: for counting instructions.
fn once(set: &Set) -> Result<(), Box<dyn Error>> {
    let fit = Model::builder().build()?.fit(&set.judgements())?;
    println!("{}", fit.log_likelihood());
    Ok(())
}

/// One fit with errors of many judgements, and the most memory that it took.
fn large(items: usize, comparisons: usize) -> Result<(), Box<dyn Error>> {
    let set = Set::drawn('h', items, comparisons, false);
    println!("judgements in memory: {}", memory()?);
    let model = Model::builder().prior(Prior::Normal { sd: 2.0 }).build()?;
    let (fit, fits) = timed(|| model.fit(&set.judgements()));
    let fit = fit?;
    let (_, errors) = timed(|| fit.standard_errors().len());
    println!("{}", told('h', "map", &fit, fits, errors));
    println!("most memory: {}", memory()?);
    Ok(())
}

/// The most memory that the process has held.
fn memory() -> Result<String, Box<dyn Error>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("unknown");
    Ok(line.trim().to_owned())
}

/// The shorter of time and processor time: the machine may have others to serve.
#[expect(clippy::disallowed_methods, reason = "a benchmark looks at the clock")]
fn timed<T>(what: impl FnOnce() -> T) -> (T, Duration) {
    let spent = || {
        let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
        Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32)
    };
    let (start, before) = (std::time::Instant::now(), spent());
    let result = what();
    (result, start.elapsed().min(spent().saturating_sub(before)))
}
