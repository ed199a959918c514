use std::path::PathBuf;

use cj_core::config::Strategy;

/// Options of `cj simulate`.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = EXAMPLE)]
pub struct Args {
    /// How many items there are
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u32).range(2..=2000))]
    pub(super) items: u32,
    /// The standard deviation of the true scores, in logits; with --stop several, separated by commas
    #[arg(long, value_name = "SD", default_value = "1.5", value_delimiter = ',', value_parser = positive)]
    #[arg(allow_negative_numbers = true)]
    pub(super) sd: Vec<f64>,
    /// How the comparisons are chosen: adaptive, swiss, balanced, random, round-robin, eig, acj, optimal-graph, anchored
    #[arg(long, value_name = "NAME", default_value_t, value_parser = strategy)]
    pub(super) strategy: Strategy,
    /// Reference items at known places, for `--strategy anchored`: the others are placed among them
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=2000))]
    #[arg(conflicts_with_all = ["replay", "table", "stop", "honest"])]
    pub(super) anchors: Option<u32>,
    /// How many batches are simulated; without it 100, and with --table 800 of 30 items and 120 of 100
    #[arg(long, value_name = "R", value_parser = clap::value_parser!(u32).range(2..))]
    pub(super) repetitions: Option<u32>,
    /// The share of questions that judges answer without looking; 1 tosses coins
    #[arg(long, value_name = "E", default_value_t = 0.0, value_parser = share)]
    pub(super) lapse: f64,
    /// What judges favour the item shown first by, in logits
    #[arg(long, value_name = "G", default_value_t = 0.0, allow_negative_numbers = true)]
    pub(super) order_effect: f64,
    /// A recorded tournament answers in place of judges, and the whole of it is the truth
    #[arg(long, value_name = "FILE.csv", conflicts_with_all = ["items", "lapse", "order_effect", "table", "stop"])]
    pub(super) replay: Option<PathBuf>,
    /// The reliability that is wanted
    #[arg(long, value_name = "R", default_value_t = 0.8, value_parser = share)]
    pub(super) target: f64,
    /// The most comparisons per item; without it 60, and 30 with --stop
    #[arg(long, value_name = "K", value_parser = positive)]
    pub(super) most: Option<f64>,
    /// Rounds in a wave: scores are fitted after each wave
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(super) rounds: u32,
    /// The standard deviation of the prior of the scores; without it --sd, and for a recording and with --stop what batches use
    #[arg(long, value_name = "SD", value_parser = positive)]
    pub(super) prior_sd: Option<f64>,
    /// Also look at the reported honest reliability every K comparisons per item: thousands of draws each
    #[arg(long, value_name = "K", value_parser = positive)]
    pub(super) honest: Option<f64>,
    /// What a comparison costs
    #[arg(long, value_name = "P", value_parser = positive)]
    pub(super) price: Option<f64>,
    /// Play the table of designs: four worlds, `random`, `swiss`, `optimal-graph` and `adaptive`
    #[arg(long, conflicts_with = "stop")]
    pub(super) table: bool,
    /// Play batches to their end by the rules of real ones
    #[arg(long)]
    pub(super) stop: bool,
    /// How many threads; without it as many as the machine has. The result is the same
    #[arg(long, value_name = "J", value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub(super) jobs: Option<u32>,
    /// Write a page with the curves
    #[arg(long, value_name = "OUT.html", conflicts_with_all = ["table", "stop"])]
    pub(super) report: Option<PathBuf>,
}

fn positive(text: &str) -> Result<f64, String> {
    match text.trim().parse::<f64>() {
        Ok(value) if value.is_finite() && value > 0.0 => Ok(value),
        _ => Err("expected a number above 0".to_owned()),
    }
}

fn share(text: &str) -> Result<f64, String> {
    match text.trim().parse::<f64>() {
        Ok(value) if (0.0..=1.0).contains(&value) => Ok(value),
        _ => Err("expected a number from 0 to 1".to_owned()),
    }
}

fn strategy(name: &str) -> Result<Strategy, String> {
    match name.parse() {
        Ok(Strategy::Given) => Err("it depends on a list of pairs that a simulation does not have".to_owned()),
        Ok(strategy) => Ok(strategy),
        Err(error) => Err(cj_core::config::UnknownStrategy::to_string(&error)),
    }
}

const EXAMPLE: &str = "Examples:
  cj simulate --items 30 --sd 1.5 --strategy adaptive --target 0.8 --price 0.01
  cj simulate --replay tournament.csv --target 0.9 --report curve.html
  cj simulate --stop --sd 1.25,1.5,2,2.5 --repetitions 400
  cj simulate --stop --lapse 1 --repetitions 1000
  cj simulate --strategy anchored --anchors 30 --sd 2 --target 0.9
  cj simulate --table";
