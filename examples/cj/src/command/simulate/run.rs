use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use cj_core::config::{Settings, Strategy};
use cj_core::pairing::Repeats;

use super::Args;
use super::document::{cell, designed, settings, stop};
use crate::cli::Globals;
use crate::console::Console;
use crate::error::Error;
use crate::exit::Exit;
use crate::input::JudgementTable;
use crate::output::SimulateOutput;
use crate::progress::Progress;
use crate::report::render_simulation;
use crate::simulation::{Design, Judges, Looks, Recording, Simulated, Stops, Subject, TABLE_DESIGNS, table};

/// Simulates a design, the table of designs, or how batches end, and prints what came out.
///
/// # Errors
/// [`Error::Usage`] for options that do not go together; [`Error::Input`] and [`Error::Unreadable`] for a recording that
/// cannot be used.
pub fn run(args: &Args, globals: &Globals, console: &Console) -> Result<Exit, Error> {
    if args.sd.len() > 1 && !args.stop {
        return Err(Error::usage("several values of --sd go with --stop only"));
    }
    if (args.strategy == Strategy::Anchored) != args.anchors.is_some() {
        return Err(Error::usage("--anchors and --strategy anchored go together"));
    }
    let jobs = args.jobs.map_or_else(every_core, |jobs| jobs as usize);
    let document = if args.table {
        whole_table(args, globals, console, jobs)?
    } else if args.stop {
        ends(args, globals, console, jobs)?
    } else {
        curve(args, globals, console, jobs)?
    };
    if let Some(path) = &args.report {
        let page = render_simulation(&document).map_err(|error| Error::failed(error.to_string()))?;
        std::fs::write(path, page).map_err(|error| Error::unwritable(path, error))?;
        console.remark(&format!("report: {}", path.display()));
    }
    console.print(&document)?;
    Ok(Exit::Complete)
}

fn curve(args: &Args, globals: &Globals, console: &Console, jobs: usize) -> Result<SimulateOutput, Error> {
    let design = design(args, globals.seed, args.sd[0])?;
    let progress = Progress::new(console, design.most.ceil() as u64, "comparisons per item");
    let simulated = Simulated::play(&design, args.target, jobs, |per_item| progress.set(per_item as u64))?;
    drop(progress);
    Ok(designed(args, &design, &simulated))
}

fn whole_table(args: &Args, globals: &Globals, console: &Console, jobs: usize) -> Result<SimulateOutput, Error> {
    let progress = Progress::new(console, TABLE_DESIGNS as u64, "designs");
    let repetitions = |items: usize| match args.repetitions {
        Some(repetitions) => repetitions as usize,
        None if items > 50 => 120,
        None => 800,
    };
    let cells = table(repetitions, globals.seed, jobs, |design, _| progress.set(design as u64))?;
    drop(progress);
    let design = design(args, globals.seed, args.sd[0])?;
    let table = cells.iter().map(cell).collect();
    Ok(SimulateOutput { table, settings: settings(args, &design), ..SimulateOutput::default() })
}

fn ends(args: &Args, globals: &Globals, console: &Console, jobs: usize) -> Result<SimulateOutput, Error> {
    let rules = Settings::builder()
        .target_reliability(Some(args.target))
        .build()
        .map_err(|error| Error::usage(error.to_string()))?;
    let designs = args.sd.iter().map(|sd| design(args, globals.seed, *sd)).collect::<Result<Vec<_>, _>>()?;
    let batches: usize = designs.iter().map(|design| design.repetitions).sum();
    let progress = Progress::new(console, batches as u64, "batches");
    let count = AtomicU64::new(0);
    let mut played = Vec::new();
    for design in &designs {
        let done = |_| progress.set(count.fetch_add(1, Ordering::Relaxed) + 1);
        played.push(Stops::play(design, &rules, jobs, done)?);
    }
    drop(progress);
    let mut stops: Vec<_> =
        args.sd.iter().zip(&played).map(|(sd, stops)| stop(Some(*sd), stops, args.target)).collect();
    if played.len() > 1 {
        stops.push(stop(None, &Stops::together(&played), args.target));
    }
    Ok(SimulateOutput { stops, settings: settings(args, &designs[0]), ..SimulateOutput::default() })
}

fn design(args: &Args, seed: u64, sd: f64) -> Result<Design, Error> {
    let prior_sd = match args.prior_sd {
        Some(prior_sd) => prior_sd,
        None if args.replay.is_some() || args.stop => Settings::default().prior_sd(),
        None => sd,
    };
    let judges = Judges { lapse: args.lapse, order_effect: args.order_effect };
    // A recording repeats itself: a pair asked again would be a copy, and a copy is no evidence.
    let (subject, repeats) = match &args.replay {
        Some(path) => {
            let recording = Recording::new(&JudgementTable::open(path)?, prior_sd)?;
            (Subject::Recorded(Arc::new(recording)), Repeats::Never)
        }
        None => (drawn(args, sd, judges), Repeats::Panel),
    };
    Ok(Design {
        strategy: args.strategy,
        subject,
        repetitions: args.repetitions.unwrap_or(REPETITIONS) as usize,
        seed,
        rounds: args.rounds,
        repeats,
        prior_sd,
        most: args.most.unwrap_or(if args.stop { MOST_TO_STOP } else { MOST }),
        looks: Looks { ssr_every: args.anchors.is_none().then_some(SSR_EVERY), honest_every: args.honest },
    })
}

fn drawn(args: &Args, sd: f64, judges: Judges) -> Subject {
    let items = args.items as usize;
    match args.anchors {
        Some(anchors) => Subject::Placed { items, anchors: anchors as usize, sd, judges },
        None => Subject::Drawn { items, sd, judges },
    }
}

fn every_core() -> usize {
    std::thread::available_parallelism().map_or(1, NonZero::get)
}

const REPETITIONS: u32 = 100;
const MOST: f64 = 60.0;
const MOST_TO_STOP: f64 = 30.0;
const SSR_EVERY: f64 = 2.0;
