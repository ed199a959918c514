use cj_core::scoring::{
    Connectivity, Fit, Frame, JudgeModel, JudgePosterior, Judgement, Judgements, Method, Model, Outcome as Ended,
    Posterior, Prior, Sampling, ScoringError,
};

use super::{PriorArg, ScoringArgs, TiesArg, judges::judge_fits, reliability::reliability};
use crate::{
    error::Error,
    input::{JudgementTable, Outcome},
    output::{
        Diagnostics, ItemScore, JudgeFit, OrderEffect, Reliability, ScoringSettings, TieParameter, absence, finite,
    },
};

/// The figures of a fit, as the outputs hold them.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Scored {
    /// The items, best first.
    pub items: Vec<ItemScore>,
    /// The judges, by name.
    pub judges: Vec<JudgeFit>,
    /// How far the scale can be trusted.
    pub reliability: Reliability,
    /// The advantage of the left side, where it was estimated.
    pub order_effect: Option<OrderEffect>,
    /// The tie parameter, where ties were modelled.
    pub tie_parameter: Option<TieParameter>,
    /// How the fit went.
    pub diagnostics: Diagnostics,
    /// The model and how it was estimated.
    pub settings: ScoringSettings,
    /// What a reader of the figures must know.
    pub warnings: Vec<String>,
}

/// Fits the model of `args` to judgements; the seed is that of everything drawn at random.
///
/// # Errors
/// [`Error::Usage`] where the options do not go together, [`Error::Scoring`] where no such estimate exists for these
/// judgements; what the file of anchors has wrong.
pub fn score(table: &JudgementTable, args: &ScoringArgs, seed: u64) -> Result<Scored, Error> {
    if !table.has_sides && args.order_effect {
        return Err(Error::usage("--order-effect needs to know which item was left: these judgements do not say it"));
    }
    if args.ties == TiesArg::Drop && table.records.iter().all(|record| record.outcome == Outcome::Tie) {
        return Err(Error::usage("every judgement is a tie, and --ties drop leaves none of them"));
    }
    let judgements = judgements(table)?;
    let by_judge = if args.by_judge { Some(by_judge(table, &judgements, args, seed)?) } else { None };
    let posterior = match &by_judge {
        Some(found) => Ok(found.posterior().clone()),
        None => posterior(&judgements, args, seed),
    };
    let spread =
        || posterior.as_ref().map(|posterior| posterior.latent_sd().median).map_err(|error| error.clone().into());
    let prior = args.prior(spread)?;
    let model = args.model(prior, seed)?;
    let fitted;
    let fit = if let (PriorArg::Eb, Ok(posterior)) = (prior, &posterior) {
        posterior.fit()
    } else {
        fitted = model.fit(&judgements)?;
        &fitted
    };
    let frame = args.frame(fit.frame(), prior)?;
    let mut warnings = Vec::new();
    if args.prior.is_none() && prior != PriorArg::Eb {
        let why = if args.anchors.is_some() { "anchors" } else { "a model of ties" };
        warnings.push(format!("prior: eb is not for {why}, so it is {prior}"));
    }
    let items = item_scores(table, fit, frame, &mut warnings);
    let reliability = reliability(&model, &judgements, posterior.as_ref(), frame, seed, &mut warnings);
    let diagnostics = diagnostics(&model, &judgements, fit, &mut warnings);
    let judges = judge_fits(table, &judgements, fit, by_judge.as_ref(), &mut warnings);
    remark_on(table, &judgements, args, &mut warnings);
    Ok(Scored {
        items,
        judges,
        reliability,
        order_effect: fit.order_effect().map(|effect| OrderEffect {
            estimate: effect.estimate,
            se: finite(effect.standard_error),
            p_first: 1.0 / (1.0 + (-effect.estimate).exp()),
        }),
        tie_parameter: fit
            .tie_parameter()
            .map(|effect| TieParameter { estimate: effect.estimate, se: finite(effect.standard_error) }),
        diagnostics,
        settings: args.settings(prior, frame),
        warnings,
    })
}

/// The hierarchical analysis with an order effect of each judge.
fn by_judge(
    table: &JudgementTable,
    judgements: &Judgements,
    args: &ScoringArgs,
    seed: u64,
) -> Result<JudgePosterior, Error> {
    args.check_by_judge()?;
    if !table.has_sides {
        return Err(Error::usage("--by-judge needs to know which item was left: these judgements do not say it"));
    }
    if table.records.iter().any(|record| record.judge.is_none()) {
        return Err(Error::usage("--by-judge needs a judge for every judgement: some of these name none"));
    }
    Ok(JudgeModel::new().order_effects().posterior(judgements, Sampling::seeded(seed))?)
}

/// The hierarchical analysis: the default scores, and the honest reliability whatever the scores are.
fn posterior(judgements: &Judgements, args: &ScoringArgs, seed: u64) -> Result<Posterior, ScoringError> {
    let items = judgements.items().len();
    let is_asked_for = args.anchors.is_none() && args.prior.is_none_or(|prior| prior == PriorArg::Eb);
    if !is_asked_for && items > MOST_DRAWN {
        let what = "the posterior beside another estimate";
        return Err(ScoringError::TooLarge { what, items, limit: MOST_DRAWN });
    }
    let builder = Model::builder();
    let builder = if args.order_effect { builder.order_effect() } else { builder };
    let sampling = Sampling::seeded(seed);
    let sampling = if is_asked_for { sampling } else { sampling.until_error(BESIDE) };
    builder.build()?.posterior(judgements, sampling)
}

/// The Monte-Carlo error of a reliability that stands beside other scores.
const BESIDE: f64 = 0.01;
/// Above this number of items drawing takes minutes: too long for a figure beside the one that was asked for.
const MOST_DRAWN: usize = 1_200;

/// The judgements as the estimators take them.
///
/// # Errors
/// [`Error::Scoring`] for what the estimators refuse; a table that was read from a file holds nothing of the kind.
pub fn judgements(table: &JudgementTable) -> Result<Judgements, Error> {
    let judgements = table.records.iter().map(|record| {
        let ended = match record.outcome {
            Outcome::Left => Ended::Left,
            Outcome::Right => Ended::Right,
            Outcome::Tie => Ended::Tie,
        };
        let weight = record.weight * f64::from(record.count);
        let (left, right) = (&table.items[record.left as usize], &table.items[record.right as usize]);
        let mut judgement = Judgement::new(left, right, ended).weighted(weight);
        if let Some(judge) = record.judge {
            judgement = judgement.by(&table.judges[judge as usize]);
        }
        record.time_ms.map_or(judgement, |time| judgement.taking(time))
    });
    Ok(Judgements::new(judgements)?.with_items(&table.items))
}

fn item_scores(table: &JudgementTable, fit: &Fit, frame: Frame, warnings: &mut Vec<String>) -> Vec<ItemScore> {
    let mut counts = vec![[0_u64; 3]; fit.items().len()];
    let places: Vec<_> = table.items.iter().map(|name| fit.items().binary_search(name).ok()).collect();
    for record in &table.records {
        let (left, right) = match record.outcome {
            Outcome::Left => (WON, LOST),
            Outcome::Right => (LOST, WON),
            Outcome::Tie => (TIED, TIED),
        };
        for (item, ended) in [(record.left, left), (record.right, right)] {
            if let Some(place) = places[item as usize] {
                counts[place][ended] += u64::from(record.count);
            }
        }
    }
    let ranks = if fit.items().len() <= MOST_RANKED {
        fit.ranks()
    } else {
        warnings.push(format!("rank_low, rank_high: not computed for more than {MOST_RANKED} items"));
        Vec::new()
    };
    let errors = fit.standard_errors_in(frame).unwrap_or_else(|error| {
        warnings.push(format!("items[].se: {error}"));
        Vec::new()
    });
    let order = best_first(fit);
    let mut items = Vec::with_capacity(order.len());
    let mut place = 0;
    for (at, &i) in order.iter().enumerate() {
        let previous = at.checked_sub(1).map(|before| fit.scores()[order[before]]);
        if previous.is_none_or(|previous| previous - fit.scores()[i] > SAME) {
            place = at + 1;
        }
        let misfit = &fit.residuals().items()[i];
        let fitted = misfit.judgements > 0.0;
        let [wins, losses, ties] = counts[i];
        items.push(ItemScore {
            id: fit.items()[i].clone(),
            score: finite(fit.scores()[i]),
            se: errors.get(i).copied().and_then(finite),
            rank: Some(ranks.get(i).map_or(place, |rank| rank.place) as u64),
            rank_low: ranks.get(i).map(|rank| rank.best as u64),
            rank_high: ranks.get(i).map(|rank| rank.worst as u64),
            comparisons: wins + losses + ties,
            wins,
            losses,
            ties,
            infit: if fitted { finite(misfit.infit) } else { None },
            outfit: if fitted { finite(misfit.outfit) } else { None },
        });
    }
    items
}

const WON: usize = 0;
const LOST: usize = 1;
const TIED: usize = 2;

/// The intervals of rank take time with the square of the number of items: about a second at this many.
const MOST_RANKED: usize = 1_000;
/// Scores closer than the accuracy of an estimate are equal.
const SAME: f64 = 1e-9;

/// The items' places in the fit, best first; scores that are equal in the order of their names.
fn best_first(fit: &Fit) -> Vec<usize> {
    let mut order: Vec<usize> = (0..fit.items().len()).collect();
    order.sort_by(|a, b| fit.scores()[*b].total_cmp(&fit.scores()[*a]));
    order
}

fn diagnostics(model: &Model, judgements: &Judgements, fit: &Fit, warnings: &mut Vec<String>) -> Diagnostics {
    let connectivity = Connectivity::of(judgements, model.ties());
    let isolated = connectivity.isolated().to_vec();
    let mut components: Vec<_> = connectivity
        .components()
        .iter()
        .filter(|group| group.len() > 1 || isolated.binary_search(&group[0]).is_err())
        .cloned()
        .collect();
    components.sort_by_key(|group| std::cmp::Reverse(group.len()));
    if components.len() > 1 {
        let groups: Vec<String> = components.iter().map(|group| format!("[{}]", some(group))).collect();
        warnings.push(format!(
            "the judgements connect the items in {} separate groups (diagnostics.components): scores of different groups cannot be compared: {}",
            components.len(),
            some(&groups)
        ));
    }
    if let Method::Approximated { latent_sd } = fit.method() {
        warnings.push(format!(
            "items[].score, items[].se: too many items to draw from the posterior, so they are its maximum and curvature at sd={latent_sd:.3}"
        ));
    }
    if fit.max_gradient().is_none() {
        warnings.push(absence("max_gradient", "the scores are means of draws, not a maximum"));
    }
    if !isolated.is_empty() {
        warnings.push(format!(
            "{} without a judgement that counts: {}",
            counted(isolated.len(), "item"),
            some(&isolated)
        ));
    }
    if components.len() == 1
        && !connectivity.is_strongly_connected()
        && matches!(model.prior(), Prior::Normal { .. } | Prior::Hierarchical(_))
    {
        warnings.push(format!("{}: how far away they are rests on the prior", extremes(&connectivity)));
    }
    let bridges: Vec<String> = connectivity.bridges().iter().map(|(one, other)| format!("{one} – {other}")).collect();
    if !bridges.is_empty() {
        warnings.push(format!(
            "parts of the scale hang together by a single pair of items, and where they lie rests on its judgements alone: {}",
            some(&bridges)
        ));
    }
    Diagnostics {
        log_likelihood: finite(fit.log_likelihood()),
        iterations: fit.iterations() as u64,
        max_gradient: fit.max_gradient().and_then(finite),
        components,
        isolated,
    }
}

/// The items that never lost, or never won.
fn extremes(connectivity: &Connectivity) -> String {
    let mut parts = Vec::new();
    for (names, what) in [(connectivity.unbeaten(), "won"), (connectivity.winless(), "lost")] {
        if !names.is_empty() {
            parts.push(format!("{} {what} every judgement", some(names)));
        }
    }
    if parts.is_empty() {
        let strongest = connectivity.groups().first().map_or_else(String::new, |group| some(group));
        parts.push(format!("{strongest} never lost to the others"));
    }
    parts.join(", ")
}

/// What else a reader has to know.
fn remark_on(table: &JudgementTable, judgements: &Judgements, args: &ScoringArgs, warnings: &mut Vec<String>) {
    let ties: u64 = table
        .records
        .iter()
        .filter(|record| record.outcome == Outcome::Tie)
        .map(|record| u64::from(record.count))
        .sum();
    if ties > 0 && args.ties == TiesArg::Drop {
        warnings.push(format!("{} of {} judgements are ties and were left out (--ties drop)", ties, table.len()));
    }
    if table.has_sides && !args.order_effect && !args.by_judge && table.items.len() <= MOST_TESTED {
        let model = Model::builder().prior(Prior::Normal { sd: WIDE }).build();
        match model.and_then(|model| model.order_test(judgements)) {
            Ok(test) if test.p_value < SURPRISING => warnings.push(format!(
                "the left one of two equal items wins {:.0} % (p = {:.1e}): --order-effect takes that out of the scores",
                100.0 * test.chance_of_first,
                test.p_value
            )),
            _ => {}
        }
    }
}

/// The order test fits twice; a figure nobody asked for must not take longer than the others.
const MOST_TESTED: usize = 500;
/// A prior that hardly shrinks, so that both fits exist.
const WIDE: f64 = 3.0;
const SURPRISING: f64 = 0.01;

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// The first few names, and how many more there are.
fn some(names: &[String]) -> String {
    let shown = names.iter().take(5).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > 5 { format!("{shown} and {} more", names.len() - 5) } else { shown }
}
