//! No finite input makes an estimator panic, hang or give a number that is none.
use cj_core::scoring::{
    Anchor, Connectivity, DavidsonOrder, Fit, JudgeModel, Judgement, Judgements, Model, Outcome, PairCount, Panel,
    Prior, Sampling, ScoringError, SplitHalf, TiePolicy,
};
use proptest::prelude::*;

const ITEMS: [&str; 12] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];
const JUDGES: [&str; 4] = ["Ada", "Bo", "Cy", "Di"];

type Row = (usize, usize, Outcome, f64, Option<usize>);

fn row() -> impl Strategy<Value = Row> {
    let outcome = prop_oneof![Just(Outcome::Left), Just(Outcome::Right), Just(Outcome::Tie)];
    let weight = prop_oneof![
        6 => Just(1.0),
        1 => Just(0.0),
        1 => 1e-150..1e-140_f64,
        // Any finite number, the smallest and the largest included.
        1 => (0..f64::INFINITY.to_bits()).prop_map(f64::from_bits),
        1 => 1e-9..1e-3_f64,
        1 => 1e3..1e12_f64,
        1 => 1e290..1e300_f64,
    ];
    (0..ITEMS.len(), 1..ITEMS.len(), outcome, weight, prop::option::of(0..JUDGES.len()))
}

fn collect(rows: &[Row]) -> Result<Judgements, ScoringError> {
    Judgements::new(rows.iter().map(|(left, ahead, outcome, weight, judge)| {
        let judgement = Judgement::new(ITEMS[*left], ITEMS[(left + ahead) % ITEMS.len()], *outcome).weighted(*weight);
        judge.map_or(judgement, |judge| judgement.by(JUDGES[judge]))
    }))
}

fn models() -> Vec<Model> {
    let priors = [
        Prior::None,
        Prior::Normal { sd: 1.5 },
        Prior::Normal { sd: 1e-6 },
        Prior::Logistic { comparisons: 0.5 },
        Prior::Firth,
        Prior::Sirt,
        Prior::Hierarchical(Sampling::seeded(1).draws(100, 100)),
    ];
    let ties = [TiePolicy::Drop, TiePolicy::Davidson(DavidsonOrder::Unmoved), TiePolicy::RaoKupper];
    let mut models = Vec::new();
    for prior in priors {
        for tie in ties {
            let plain = Model::builder().prior(prior).ties(tie);
            let soft = plain.clone().anchor("a", Anchor::Fixed(1.0)).anchor("b", Anchor::Normal { mean: 9.0, sd: 0.5 });
            let ordered = plain.clone().order_effect();
            models.extend([plain, ordered, soft].into_iter().filter_map(|builder| builder.build().ok()));
        }
    }
    models
}

fn numbers_of(fit: &Fit) -> Vec<f64> {
    let misfits = fit.residuals().items().iter().chain(fit.residuals().judges());
    let mut numbers: Vec<f64> = misfits.flat_map(|m| [m.infit, m.outfit, m.infit_z, m.outfit_z]).collect();
    numbers.extend(fit.scores().iter().chain(fit.standard_errors()));
    numbers.extend([fit.log_likelihood(), fit.log_prior(), fit.chance_of_first()]);
    numbers.extend(fit.order_effect().into_iter().chain(fit.tie_parameter()).map(|effect| effect.estimate));
    numbers
}

/// Less evidence than this has no inverse: an error would be infinite.
#[test]
fn a_weight_that_is_next_to_nothing_does_not_count() {
    for weight in [f64::from_bits(1), 9.7e-309, f64::MIN_POSITIVE, 1e-151] {
        let row = [Judgement::new("a", "b", Outcome::Left).weighted(weight)];
        let judgements = Judgements::new(row).expect("it is a finite number, at least 0");
        assert_eq!((judgements.items().len(), judgements.pairs().len()), (2, 0));
        let counts = [PairCount::new(0, 1, weight, 0.0)];
        assert_eq!(Judgements::from_counts(&["a", "b"], &counts), Ok(judgements.clone()));
        for model in models() {
            let numbers = model.fit(&judgements).as_ref().map(numbers_of).unwrap_or_default();
            assert!(numbers.iter().all(|number| number.is_finite()), "{model:?}: {numbers:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_model_gives_numbers_or_a_reason(rows in prop::collection::vec(row(), 0..60)) {
        let judgements = match collect(&rows) {
            Ok(judgements) => judgements.with_items(&["a", "b"]),
            Err(error) => {
                prop_assert!(error.to_string().contains("sum of weights"), "{error}");
                return Ok(());
            }
        };
        let _ = Connectivity::of(&judgements, TiePolicy::Drop);
        let _ = Panel::of(&judgements);
        let _ = SplitHalf::of(&judgements, 1);
        for model in models() {
            match model.fit(&judgements) {
                Ok(fit) => {
                    let numbers = numbers_of(&fit);
                    // The program that `sirt` follows may leave scores where there is no information to speak of.
                    let is_number = |number: &f64| if model.prior() == Prior::Sirt { !number.is_nan() } else { number.is_finite() };
                    prop_assert!(numbers.iter().all(is_number), "{model:?}: {numbers:?}");
                    prop_assert_eq!(fit.ranks().len(), fit.items().len());
                }
                Err(error) => prop_assert!(!error.to_string().is_empty()),
            }
            let _ = model.separation(&judgements);
            let _ = model.order_test(&judgements);
        }
    }

    #[test]
    fn the_model_of_judges_gives_numbers_or_a_reason(rows in prop::collection::vec(row(), 0..40)) {
        let Ok(judgements) = collect(&rows) else { return Ok(()) };
        let sampling = Sampling::seeded(1).draws(100, 100);
        match JudgeModel::new().order_effects().discriminations().lapses().posterior(&judgements, sampling) {
            Ok(found) => {
                let numbers = numbers_of(found.fit());
                prop_assert!(numbers.iter().all(|number| number.is_finite()), "{numbers:?}");
                for judge in found.judges() {
                    let effects = [judge.order_effect, judge.discrimination, judge.lapse_rate];
                    prop_assert!(effects.into_iter().flatten().all(|effect| effect.estimate.is_finite()), "{judge:?}");
                }
            }
            Err(error) => prop_assert!(!error.to_string().is_empty()),
        }
    }
}
