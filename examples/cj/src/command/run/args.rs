//! The options of `cj run`.

use std::path::PathBuf;

/// Options of `cj run`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = EXAMPLE)]
pub struct Args {
    /// A folder of essays (.txt .md .docx .odt .pdf, or with a manifest.csv), or a manifest (id, text or file, …).
    /// With `--judge replay:FILE.csv` it may be left out: the items are those of the recording
    #[arg(value_name = "ESSAYS")]
    pub essays: Option<PathBuf>,
    /// Who judges: `simulated`, or `replay:FILE.csv`. Without it: `simulated`, where the manifest says the true quality
    #[arg(long, value_name = "JUDGE")]
    pub judge: Option<String>,
    /// A manifest of anchor essays with their grades
    #[arg(long, value_name = "FILE")]
    pub anchors: Option<PathBuf>,
    /// The grade scale of the anchors
    #[arg(long, value_name = "NAME")]
    pub scale: Option<String>,
    /// Questions that may be asked in all, retries included [default: max(120, 15 per essay)]
    #[arg(long, value_name = "N")]
    pub budget: Option<u32>,
    /// Stop when the lower bound of the honest reliability reaches this
    #[arg(long, value_name = "R")]
    pub target_reliability: Option<f64>,
    /// Which pairs to ask: adaptive, balanced, random, round-robin, swiss, acj, eig or optimal-graph
    #[arg(long, value_name = "NAME", default_value = "adaptive")]
    pub strategy: String,
    /// The task that the essays answer [default: prompt.txt beside the essays]
    #[arg(long, value_name = "FILE")]
    pub prompt: Option<PathBuf>,
    /// What the judge is to weigh [default: rubric.txt beside the essays]
    #[arg(long, value_name = "FILE")]
    pub rubric: Option<PathBuf>,
    /// Take only so many of the essays, drawn by the seed
    #[arg(long, value_name = "N")]
    pub sample: Option<usize>,
    /// Write an HTML report
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    /// Write run.json, results.csv and report.html into a folder
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Go on with an unfinished batch; start it where there is none
    #[arg(long)]
    pub resume: bool,
    /// Simulated judge: scale of its noise; 1 is a Bradley–Terry judge, 0 never errs
    #[arg(long, value_name = "X", default_value_t = 1.0, help_heading = "Simulated judge")]
    pub noise: f64,
    /// Simulated judge: what it favours the essay shown first by, in logits
    #[arg(long, value_name = "G", default_value_t = 0.0, allow_hyphen_values = true, help_heading = "Simulated judge")]
    pub position_bias: f64,
    /// Simulated judge: the share of questions that it answers without looking
    #[arg(long, value_name = "E", default_value_t = 0.0, help_heading = "Simulated judge")]
    pub lapse: f64,
    /// Simulated judge: the share of questions that it fails to answer, each time it is asked
    #[arg(long, value_name = "F", default_value_t = 0.0, help_heading = "Simulated judge")]
    pub failure_rate: f64,
    /// Simulated judge: the longest time it takes, in (virtual) seconds
    #[arg(long, value_name = "S", default_value_t = 0.0, help_heading = "Simulated judge")]
    pub delay: f64,
}

const EXAMPLE: &str = "Examples:
  cj run examples/data/essays --judge simulated --seed 1 --report report.html
  cj run --judge replay:judgements.csv --store sqlite:replay.db";
