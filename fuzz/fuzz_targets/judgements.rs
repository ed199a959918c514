#![no_main]
//! Judgements of any kind through every estimator: no panic, and no number that is none.
use cj_core::scoring::{
    Anchor, Connectivity, DavidsonOrder, Fit, Intransitivity, JudgeModel, Judgement, Judgements, Model, Outcome, Panel,
    Prior, Sampling, SplitHalf, TiePolicy,
};
use libfuzzer_sys::fuzz_target;

const ITEMS: [&str; 16] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p"];
const JUDGES: [&str; 4] = ["Ada", "Bo", "Cy", "Di"];
/// Ten bytes a row: items, outcome and judge, weight.
const ROW: usize = 10;
const MOST_ROWS: usize = 200;
const TIES: [TiePolicy; 4] = [
    TiePolicy::Drop,
    TiePolicy::Davidson(DavidsonOrder::Unmoved),
    TiePolicy::Davidson(DavidsonOrder::Halfway),
    TiePolicy::RaoKupper,
];

// The first two bytes pick the estimator; each row follows.
fuzz_target!(|bytes: &[u8]| {
    let Some(([which, beside], rows)) = bytes.split_first_chunk::<2>() else { return };
    let judgements = match Judgements::new(rows.chunks_exact(ROW).take(MOST_ROWS).map(judgement)) {
        Ok(judgements) => judgements,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    let _ = Connectivity::of(&judgements, TiePolicy::Drop);
    let _ = Panel::of(&judgements);
    if which % 8 == 7 {
        judged(&judgements, *beside);
        return;
    }
    let model = model(&judgements, *which, *beside);
    match model.fit(&judgements) {
        Ok(fit) => check(&model, &judgements, &fit),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    if let Ok(found) = model.separation(&judgements) {
        finite("separation", [found.rmse, found.sd_observed, found.sd_true, found.g, found.strata, found.ssr]);
    }
    if let Ok(test) = model.order_test(&judgements) {
        finite("order test", [test.estimate, test.standard_error, test.chance_of_first, test.statistic, test.p_value]);
    }
});

fn judgement(row: &[u8]) -> Judgement<'static> {
    let (left, right) = (ITEMS[usize::from(row[0] >> 4)], ITEMS[usize::from(row[0] & 15)]);
    let outcome = [Outcome::Left, Outcome::Right, Outcome::Tie][usize::from(row[1] % 3)];
    // A bit chooses between plain weights and any bits at all: NaN, infinite, negative, subnormal.
    let bits = row[2..].iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
    let weight = if row[1] & 128 == 0 { 1.0 } else { f64::from_bits(bits) };
    let judgement = Judgement::new(left, right, outcome).weighted(weight);
    if row[1] & 64 == 0 { judgement.by(JUDGES[usize::from(row[1] >> 4 & 3)]) } else { judgement }
}

fn model(judgements: &Judgements, which: u8, beside: u8) -> Model {
    let prior = match which % 8 {
        0 => Prior::None,
        1 => Prior::Normal { sd: 1.5 },
        2 => Prior::Normal { sd: 1e-6 },
        3 => Prior::Logistic { comparisons: 0.5 },
        4 => Prior::Firth,
        5 => Prior::Sirt,
        _ => Prior::Hierarchical(sampling()),
    };
    let plain = Model::builder().prior(prior).ties(TIES[usize::from(beside & 3)]);
    let ordered = if beside & 4 == 0 { plain.clone() } else { plain.clone().order_effect() };
    let mut anchored = ordered.clone();
    for (bit, (item, anchor)) in judgements
        .items()
        .iter()
        .zip([Anchor::Fixed(1.0), Anchor::Normal { mean: 9.0, sd: 0.5 }, Anchor::Fixed(-4.0)])
        .enumerate()
    {
        if beside >> (3 + bit) & 1 == 1 {
            anchored = anchored.anchor(item, anchor);
        }
    }
    // Not every estimator takes everything beside it.
    [anchored, ordered, plain]
        .into_iter()
        .find_map(|builder| builder.build().ok())
        .unwrap_or_else(|| Model::builder().build().expect("the plainest model can be built"))
}

fn check(model: &Model, judgements: &Judgements, fit: &Fit) {
    assert_eq!(fit.ranks().len(), fit.items().len());
    // The program that `sirt` follows may leave scores where there is no information to speak of.
    if model.prior() == Prior::Sirt {
        assert!(!numbers_of(fit).iter().any(|number| number.is_nan()));
        return;
    }
    finite(&format!("{model:?}"), numbers_of(fit));
    let last = fit.items().len().saturating_sub(1);
    if last > 0 {
        let chances = [fit.probability(0, last), fit.probability_above(0, last)];
        assert!(chances.iter().all(|chance| (0.0..=1.0).contains(chance)), "{model:?}: {chances:?}");
        finite("difference", [fit.standard_error_of_difference(0, last), fit.exact_standard_error(last)]);
    }
    if let Ok(found) = Intransitivity::of(judgements, fit, 1) {
        finite("intransitivity", [found.expected, found.sd]);
    }
}

/// What is said of judges.
fn judged(judgements: &Judgements, beside: u8) {
    if let Ok(split) = SplitHalf::of(judgements, 1) {
        finite("split halves", [split.reliability]);
    }
    let mut model = JudgeModel::new();
    if beside & 1 == 1 {
        model = model.order_effects();
    }
    if beside & 2 == 2 {
        model = model.discriminations();
    }
    if beside & 4 == 4 {
        model = model.lapses();
    }
    let Ok(found) = model.posterior(judgements, sampling()) else { return };
    finite("model of judges", numbers_of(found.fit()));
    for judge in found.judges() {
        let effects = [judge.order_effect, judge.discrimination, judge.lapse_rate];
        finite("judge", effects.into_iter().flatten().flat_map(|effect| [effect.estimate, effect.standard_error]));
    }
    if let Ok(found) = found.reliability() {
        finite("reliability", [found.low, found.median, found.high]);
    }
}

fn numbers_of(fit: &Fit) -> Vec<f64> {
    let misfits = fit.residuals().items().iter().chain(fit.residuals().judges());
    let mut numbers: Vec<f64> = misfits.flat_map(|m| [m.infit, m.outfit, m.infit_z, m.outfit_z]).collect();
    numbers.extend(fit.scores().iter().chain(fit.standard_errors()));
    numbers.extend([fit.log_likelihood(), fit.log_prior(), fit.chance_of_first()]);
    let effects = fit.order_effect().into_iter().chain(fit.tie_parameter());
    numbers.extend(effects.flat_map(|effect| [effect.estimate, effect.standard_error]));
    numbers
}

fn finite(what: &str, numbers: impl IntoIterator<Item = f64>) {
    for number in numbers {
        assert!(number.is_finite(), "{what}: {number}");
    }
}

fn sampling() -> Sampling {
    Sampling::seeded(1).draws(100, 100)
}
