use serde::{Deserialize, Serialize};

use super::{Document, Section, short};

/// What designs need and report, as simulated: what `cj simulate --format json` prints (`simulate.v1`).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SimulateOutput {
    /// What the design gives after each wave; empty with `--table` and `--stop`.
    pub points: Vec<SimulatedPoint>,
    /// What the target needs; null with `--table` and `--stop`.
    pub needed: Option<NeededComparisons>,
    /// The table of designs; empty without `--table`.
    pub table: Vec<DesignCell>,
    /// How batches end by the rules of real ones; empty without `--stop`.
    pub stops: Vec<StopSummary>,
    /// What the figures depend on.
    pub settings: SimulateSettings,
    /// What a reader must know, one sentence each.
    pub warnings: Vec<String>,
}

/// A mean over repetitions with its Monte-Carlo standard error.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Estimated {
    /// The mean.
    pub mean: f64,
    /// Its Monte-Carlo standard error; null for a single repetition.
    pub error: Option<f64>,
}

/// What a design gives after a number of comparisons.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SimulatedPoint {
    /// Comparisons per item: twice the number of comparisons over the number of items.
    pub per_item: f64,
    /// True reliability: squared correlation of scores and truth.
    pub reliability: Estimated,
    /// Kendall's tau of scores and truth.
    pub tau: Estimated,
    /// Scale separation reliability, where it was looked at.
    pub ssr: Option<Estimated>,
    /// Reported honest reliability, where it was looked at.
    pub honest: Option<Estimated>,
    /// Its reported 10 % bound.
    pub honest_low: Option<Estimated>,
    /// Reported less true reliability of the scores that the report is about.
    pub honest_bias: Option<Estimated>,
    /// The share of repetitions in which the truth was at least the 10 % bound.
    pub honest_holds: Option<Estimated>,
}

/// What a target needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NeededComparisons {
    /// The true reliability to be reached on average.
    pub target: f64,
    /// Comparisons per item; null where the target was not reached.
    pub per_item: Option<Estimated>,
    /// Comparisons of a whole batch.
    pub comparisons: Option<f64>,
    /// What they cost; null without a price.
    pub cost: Option<f64>,
}

/// One figure of the table of designs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DesignCell {
    /// Number of items.
    pub items: u64,
    /// Standard deviation of the true scores.
    pub sd: f64,
    /// The pairing strategy.
    pub strategy: String,
    /// The true reliability to be reached on average.
    pub target: f64,
    /// Batches simulated.
    pub repetitions: u64,
    /// Comparisons per item that it took.
    pub per_item: Option<Estimated>,
    /// These over those of `random`, on the same truths.
    pub against_random: Option<Estimated>,
    /// What it took elsewhere: other programs for the baselines, the demand for `adaptive`.
    pub reference: f64,
}

/// How batches end by the rules of real ones.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StopSummary {
    /// Standard deviation of the true scores; null for all of the list together.
    pub sd: Option<f64>,
    /// Batches simulated.
    pub runs: u64,
    /// The share that ended as `target_reliability`.
    pub target_reliability: Option<Estimated>,
    /// The share that ended as `no_signal`.
    pub no_signal: Option<Estimated>,
    /// The share that ended as `budget_exhausted`.
    pub budget_exhausted: Option<Estimated>,
    /// The share that ended as `pairs_exhausted`.
    pub pairs_exhausted: Option<Estimated>,
    /// Comparisons per item at the end.
    pub per_item: Option<Estimated>,
    /// The share whose true reliability at the end is at least the target.
    pub at_target: Option<Estimated>,
    /// The share whose true reliability at the end is at most .05 below the target.
    pub near_target: Option<Estimated>,
    /// The share at the target among those that ended as `target_reliability`.
    pub at_target_of_reached: Option<Estimated>,
    /// The number of comparisons per item, the same for every batch, with which the same share is at the target.
    pub fixed_per_item: Option<f64>,
}

/// What simulated figures depend on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SimulateSettings {
    /// Number of items.
    pub items: u64,
    /// Number of reference items beside them, whose scores are known.
    pub anchors: u64,
    /// Standard deviation of the true scores, in logits; null for a recording.
    pub sd: Option<f64>,
    /// Standard deviation of the prior of the scores.
    pub prior_sd: f64,
    /// The pairing strategy.
    pub strategy: String,
    /// Batches simulated.
    pub repetitions: u64,
    /// Rounds in a wave.
    pub rounds: u32,
    /// The most comparisons per item.
    pub most: f64,
    /// The share of questions answered without looking.
    pub lapse: f64,
    /// What the item shown first is favoured by, in logits.
    pub order_effect: f64,
    /// The recording that answers, as it was named.
    pub replay: Option<String>,
    /// The reliability that is wanted.
    pub target: f64,
    /// The seed of everything drawn at random.
    pub seed: u64,
}

impl Document for SimulateOutput {
    fn sections(&self) -> Vec<Section> {
        let mut sections = Vec::new();
        if !self.table.is_empty() {
            sections.push(Section { title: "Comparisons per item".to_owned(), ..self.cells(shown) });
        }
        if !self.stops.is_empty() {
            sections.push(Section { title: "How batches end".to_owned(), ..self.ends(shown, short) });
        }
        if !self.points.is_empty() {
            // A row for every whole number of comparisons per item.
            let whole = |point: &&SimulatedPoint| {
                (point.per_item - point.per_item.round()).abs() < 0.02 || self.points.len() <= LONG
            };
            let points = self.points.iter().filter(whole).collect::<Vec<_>>();
            sections.push(curve(&points, shown));
        }
        if let Some(needed) = &self.needed {
            sections.push(Section {
                title: "What the target needs".to_owned(),
                header: vec!["reliability", "per item", "comparisons", "cost"],
                rows: vec![vec![
                    short(Some(needed.target)),
                    shown(needed.per_item),
                    needed.comparisons.map_or_else(|| "–".to_owned(), |n| format!("{:.0}", n.ceil())),
                    short(needed.cost),
                ]],
            });
        }
        sections
    }

    fn csv(&self) -> Section {
        if !self.table.is_empty() {
            with_errors(self.cells(full), 5..7)
        } else if !self.stops.is_empty() {
            with_errors(self.ends(full, plain), 2..9)
        } else {
            with_errors(curve(&self.points.iter().collect::<Vec<_>>(), full), 1..8)
        }
    }

    fn warnings(&self) -> &[String] {
        &self.warnings
    }
}

impl SimulateOutput {
    fn cells(&self, write: fn(Option<Estimated>) -> String) -> Section {
        let row = |cell: &DesignCell| {
            let mut row = vec![cell.items.to_string(), cell.sd.to_string(), cell.strategy.clone()];
            row.extend([cell.target.to_string(), cell.repetitions.to_string()]);
            row.extend([write(cell.per_item), write(cell.against_random), cell.reference.to_string()]);
            row
        };
        let header = vec!["items", "sd", "strategy", "target", "repetitions", "per item", "over random", "reference"];
        Section { title: String::new(), header, rows: self.table.iter().map(row).collect() }
    }

    fn ends(&self, write: fn(Option<Estimated>) -> String, number: fn(Option<f64>) -> String) -> Section {
        let row = |stop: &StopSummary| {
            let sd = stop.sd.map_or_else(|| "all".to_owned(), |sd| sd.to_string());
            let ends = [stop.target_reliability, stop.no_signal, stop.budget_exhausted, stop.pairs_exhausted];
            let rest = [stop.per_item, stop.at_target, stop.near_target, stop.at_target_of_reached];
            let mut row = vec![sd, stop.runs.to_string()];
            row.extend(ends.into_iter().chain(rest).map(write));
            row.push(number(stop.fixed_per_item));
            row
        };
        let mut header = vec!["sd", "runs", "target reached", "no signal", "budget spent", "no pair left"];
        header.extend(["per item", "at target", "near target", "at target of reached", "fixed per item"]);
        Section { title: String::new(), header, rows: self.stops.iter().map(row).collect() }
    }
}

fn curve(points: &[&SimulatedPoint], write: fn(Option<Estimated>) -> String) -> Section {
    let row = |point: &&SimulatedPoint| {
        let reports = [point.ssr, point.honest, point.honest_low, point.honest_bias, point.honest_holds];
        let figures = [Some(point.reliability), Some(point.tau)].into_iter().chain(reports);
        std::iter::once(format!("{:.2}", point.per_item)).chain(figures.map(write)).collect()
    };
    let mut header = vec!["per item", "true", "tau", "ssr", "honest", "honest low"];
    header.extend(["honest − true", "bound holds"]);
    Section { title: String::new(), header, rows: points.iter().map(row).collect() }
}

/// The figure with its error, for a person.
fn shown(figure: Option<Estimated>) -> String {
    match figure {
        None => "–".to_owned(),
        Some(Estimated { mean, error: None }) => format!("{mean:.3}"),
        Some(Estimated { mean, error: Some(error) }) => format!("{mean:.3} ± {error:.3}"),
    }
}

/// The figure and its error in full, for [`with_errors`].
fn full(figure: Option<Estimated>) -> String {
    format!("{}\u{1f}{}", plain(figure.map(|figure| figure.mean)), plain(figure.and_then(|figure| figure.error)))
}

/// The number in full, nothing where there is none.
fn plain(value: Option<f64>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// The section with a column for the error after each column of figures.
fn with_errors(section: Section, figures: std::ops::Range<usize>) -> Section {
    let is_figure = |column: usize| figures.contains(&column);
    let widen =
        |(column, name): (usize, &'static str)| std::iter::once(name).chain(is_figure(column).then(|| error_of(name)));
    let header = section.header.iter().copied().enumerate().flat_map(widen).collect();
    let split = |row: &Vec<String>| row.iter().flat_map(|cell| cell.split('\u{1f}').map(str::to_owned)).collect();
    Section { title: section.title, header, rows: section.rows.iter().map(split).collect() }
}

/// The name of the column that holds the error of another.
fn error_of(name: &str) -> &'static str {
    ERRORS.iter().find(|(figure, _)| *figure == name).map_or("error", |(_, error)| error)
}

const ERRORS: [(&str, &str); 15] = [
    ("per item", "error of per item"),
    ("over random", "error of over random"),
    ("target reached", "error of target reached"),
    ("no signal", "error of no signal"),
    ("budget spent", "error of budget spent"),
    ("at target", "error of at target"),
    ("near target", "error of near target"),
    ("at target of reached", "error of at target of reached"),
    ("true", "error of true"),
    ("tau", "error of tau"),
    ("ssr", "error of ssr"),
    ("honest", "error of honest"),
    ("honest low", "error of honest low"),
    ("honest − true", "error of honest − true"),
    ("bound holds", "error of bound holds"),
];

/// Above this number of waves a person sees whole numbers of comparisons per item only.
const LONG: usize = 40;
