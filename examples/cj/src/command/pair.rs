//! `cj pair`.
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use cj_core::{
    config::Strategy,
    pairing::{Estimate, Pair, Panel, Repeats, Request, Task, assign, double, plan},
    scoring::{Fit, Model, Prior},
};

use crate::{
    cli::Globals,
    console::Console,
    error::{Error, Problem},
    exit::Exit,
    input::{JudgementTable, read_items, read_names},
    output::{PairOutput, PairSettings, ProposedPair},
    scoring::judgements,
};

/// Options of `cj pair`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLE)]
pub struct Args {
    /// The items: a table with a column id (else its first column is taken)
    #[arg(value_name = "ITEMS.csv")]
    items: PathBuf,
    /// The judgements that were already made
    #[arg(long, value_name = "DONE.csv")]
    judgements: Option<PathBuf>,
    /// How the comparisons are chosen: adaptive, swiss, balanced, random, round-robin, anchored, or one of the baselines
    /// eig, acj, optimal-graph
    #[arg(long, value_name = "NAME", default_value_t, value_parser = strategy)]
    strategy: Strategy,
    /// How many comparisons to propose; without it, as many as give every item one, and every pair for round-robin
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    count: Option<u32>,
    /// The judges who share the work: a table with a column judge (else its first column is taken)
    #[arg(long, value_name = "FILE")]
    judges: Option<PathBuf>,
    /// At most so many of the proposed comparisons for each judge
    #[arg(long, value_name = "N", requires = "judges", value_parser = clap::value_parser!(u32).range(1..))]
    capacity: Option<u32>,
    /// This share of the proposed comparisons is asked twice, swapped and of another judge: the doubles come on top and tell
    /// how far judges agree
    #[arg(long, value_name = "SHARE", requires = "judges", value_parser = share)]
    double: Option<f64>,
}

/// Proposes the next comparisons and prints them.
///
/// # Errors
/// [`Error::Input`] and [`Error::Unreadable`] for files that cannot be used.
pub fn run(args: &Args, globals: &Globals, console: &Console) -> Result<Exit, Error> {
    console.print(&document(args, globals.seed)?)?;
    Ok(Exit::Complete)
}

fn document(args: &Args, seed: u64) -> Result<PairOutput, Error> {
    let listed = read_items(&args.items)?;
    if listed.len() < 2 {
        return Err(Problem::new(&args.items, "at least two items", "one").into());
    }
    let anchors: Vec<bool> = listed.iter().map(|item| item.is_anchor).collect();
    if args.strategy == Strategy::Anchored && !anchors.contains(&true) {
        return Err(Problem::new(&args.items, "anchors: a column `grade`, or `anchor` with yes and no", "none").into());
    }
    let items: Vec<String> = listed.into_iter().map(|item| item.id).collect();
    let judges = args.judges.as_deref().map(|path| read_names(path, &["judge", "judge_id", "id"])).transpose()?;
    let mut warnings = Vec::new();
    let done = match &args.judgements {
        Some(path) => Done::read(path, &items, &mut warnings)?,
        None => Done::default(),
    };
    let fit = done.fit(&items)?;
    let estimate = fit.as_ref().map(|fit| Known::of(fit, &items)).transpose()?;
    let round = items.len() / 2;
    let count = args.count.map_or_else(|| whole_design(args.strategy, &items, &done.asked), |count| count as usize);

    let mut request = Request::new(items.len());
    request.asked = &done.asked;
    request.estimate =
        estimate.as_ref().map(Known::estimate).transpose().map_err(|error| Error::failed(error.to_string()))?;
    request.points = estimate.as_ref().map_or(&[], |known| &known.points);
    request.anchors = &anchors;
    request.limit = count;
    request.rounds = count.div_ceil(round) as u32;
    request.seed = seed;
    request.wave = done.asked.len() as u32;
    let several = judges.as_ref().map_or(done.table.judges.len() > 1, |judges| judges.len() > 1);
    request.repeats = if several { Repeats::Panel } else { Repeats::Swapped };
    let failed = |error: cj_core::pairing::PairingError| Error::failed(error.to_string());
    let mut pairs = plan(args.strategy, &request).map_err(failed)?;
    if pairs.len() < count {
        warnings.push(format!("{} comparisons were asked for, and {} can be asked now", count, pairs.len()));
    }
    if let Some(share) = args.double {
        let doubles = double(&request, &pairs, share).map_err(failed)?;
        pairs.extend(doubles);
    }

    let assigned = match &judges {
        Some(judges) => {
            let capacity = vec![args.capacity.map_or(pairs.len(), |most| most as usize); judges.len()];
            let seen = done.seen(judges);
            let mut panel = Panel::new(&capacity);
            (panel.seen, panel.seed) = (&seen, seed);
            let assigned = assign(&pairs, &panel).map_err(failed)?;
            let nobody = assigned.iter().filter(|judge| judge.is_none()).count();
            if nobody > 0 {
                warnings.push(format!(
                    "{nobody} comparisons have no judge: every judge has seen these items together, or has enough to do"
                ));
            }
            assigned.into_iter().map(|judge| Some(judges[judge? as usize].clone())).collect()
        }
        None => vec![None; pairs.len()],
    };
    let name = |item: u32| items[item as usize].clone();
    let pairs = pairs.iter().zip(assigned);
    Ok(PairOutput {
        pairs: pairs
            .map(|(pair, judge)| ProposedPair { left: name(pair.left), right: name(pair.right), judge })
            .collect(),
        settings: PairSettings {
            items: shown(&args.items),
            judgements: args.judgements.as_deref().map(shown),
            judges: args.judges.as_deref().map(shown),
            strategy: args.strategy.to_string(),
            count: count as u64,
            seed,
        },
        warnings,
    })
}

/// How many comparisons are proposed where nobody says: a round, and what is left of a round robin.
fn whole_design(strategy: Strategy, items: &[String], asked: &[Pair]) -> usize {
    if strategy != Strategy::RoundRobin {
        return items.len() / 2;
    }
    (items.len() * (items.len() - 1) / 2).saturating_sub(asked.len()).max(1)
}

/// The judgements that were already made.
#[derive(Debug, Default)]
struct Done {
    table: JudgementTable,
    /// The questions, by the items' places in the file of items.
    asked: Vec<Pair>,
}

impl Done {
    fn read(path: &Path, items: &[String], warnings: &mut Vec<String>) -> Result<Self, Error> {
        let table = JudgementTable::open(path)?;
        let numbers: BTreeMap<_, _> = items.iter().zip(0_u32..).collect();
        let mut places = Vec::with_capacity(table.items.len());
        for item in &table.items {
            let Some(place) = numbers.get(item) else {
                return Err(Problem::new(
                    path,
                    "items of the file of items",
                    format!("`{item}`, which is none of them"),
                )
                .into());
            };
            places.push(*place);
        }
        if !table.has_sides && !table.is_empty() {
            warnings.push(
                "the judgements do not say which item was left: positions are balanced as if it was the winner"
                    .to_owned(),
            );
        }
        let mut asked = Vec::new();
        for record in &table.records {
            let pair = Pair::new(places[record.left as usize], places[record.right as usize]);
            asked.extend(std::iter::repeat_n(pair, record.count as usize));
        }
        Ok(Self { table, asked })
    }

    /// The scores so far; none before the first judgement.
    fn fit(&self, items: &[String]) -> Result<Option<Fit>, Error> {
        if self.table.is_empty() {
            return Ok(None);
        }
        let judgements = judgements(&self.table)?.with_items(items);
        Ok(Some(Model::builder().prior(Prior::Normal { sd: PRIOR_SD }).build()?.fit(&judgements)?))
    }

    /// What the judges of a panel have judged before.
    fn seen(&self, judges: &[String]) -> Vec<Task> {
        let numbers: BTreeMap<_, _> = judges.iter().zip(0_u32..).collect();
        let mut asked = self.asked.iter();
        let mut seen = Vec::new();
        for record in &self.table.records {
            let judge = record.judge.and_then(|judge| numbers.get(&self.table.judges[judge as usize]));
            let pairs = asked.by_ref().take(record.count as usize);
            seen.extend(pairs.filter_map(|pair| Some(Task::new(*judge?, *pair))));
        }
        seen
    }
}

/// The fit that a strategy starts from is shrunk a little, so that it exists after the first judgement.
const PRIOR_SD: f64 = 2.0;

/// What is known of the items, in the order of the file of items.
#[derive(Debug)]
struct Known {
    mean: Vec<f64>,
    /// What each item has won, a tie counting half.
    points: Vec<f64>,
    /// The covariance matrix row by row, or only the variances where it would be too large.
    spread: Vec<f64>,
}

impl Known {
    fn of(fit: &Fit, items: &[String]) -> Result<Self, Error> {
        let places: Vec<usize> = items
            .iter()
            .map(|item| fit.items().binary_search(item).map_err(|_| Error::failed(format!("no score for item {item}"))))
            .collect::<Result<_, _>>()?;
        let mean = places.iter().map(|place| fit.scores()[*place]).collect();
        let points = places.iter().map(|place| fit.tallies()[*place].points()).collect();
        let spread = match fit.covariance() {
            Ok(covariance) if items.len() <= MOST_DENSE => {
                places.iter().flat_map(|i| places.iter().map(|j| covariance.get(*i, *j))).collect()
            }
            _ => places.iter().map(|place| fit.standard_errors()[*place].powi(2)).collect(),
        };
        Ok(Self { mean, points, spread })
    }

    fn estimate(&self) -> Result<Estimate<'_>, cj_core::pairing::PairingError> {
        if self.spread.len() == self.mean.len() {
            Estimate::with_variances(&self.mean, &self.spread)
        } else {
            Estimate::new(&self.mean, &self.spread)
        }
    }
}

/// Above this number of items no strategy uses the whole matrix.
const MOST_DENSE: usize = 2_000;

fn strategy(name: &str) -> Result<Strategy, String> {
    match name.parse() {
        Ok(Strategy::Given) => Err("given pairs need nobody to choose them".to_owned()),
        Ok(strategy) => Ok(strategy),
        Err(error) => Err(cj_core::config::UnknownStrategy::to_string(&error)),
    }
}

fn share(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(share) if (0.0..=1.0).contains(&share) => Ok(share),
        _ => Err("expected a share from 0 to 1".to_owned()),
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

const EXAMPLE: &str = "Examples:
  cj pair items.csv --count 30 --format csv > next.csv
  cj pair items.csv --judgements done.csv --judges judges.csv --seed 7
  cj pair items.csv --judges judges.csv --count 60 --capacity 20 --double 0.1";
