//! What must hold for every set of judgements.
use cj_core::scoring::{
    Connectivity, DavidsonOrder, Fit, Judgement, Judgements, Model, Outcome, PairCount, Prior, ScoringError, TiePolicy,
};
use proptest::prelude::*;

const NAMES: [&str; 7] = ["ash", "birch", "cedar", "date", "elm", "fir", "gum"];

#[derive(Debug, Clone, Copy)]
struct Row {
    left: usize,
    right: usize,
    outcome: Outcome,
    weight: f64,
}

fn row() -> impl Strategy<Value = Row> {
    let outcome = prop_oneof![4 => Just(Outcome::Left), 4 => Just(Outcome::Right), 1 => Just(Outcome::Tie)];
    let weight = prop_oneof![3 => Just(1.0), 1 => 0.0..5.0_f64];
    (0..NAMES.len(), 1..NAMES.len(), outcome, weight).prop_map(|(left, ahead, outcome, weight)| Row {
        left,
        right: (left + ahead) % NAMES.len(),
        outcome,
        weight,
    })
}

fn collect(rows: &[Row]) -> Judgements {
    let judgement = |row: &Row| Judgement::new(NAMES[row.left], NAMES[row.right], row.outcome).weighted(row.weight);
    Judgements::new(rows.iter().map(judgement)).unwrap()
}

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|value| value.to_bits()).collect()
}

fn models() -> Vec<Model> {
    let priors = [Prior::None, Prior::Normal { sd: 1.3 }, Prior::Logistic { comparisons: 0.5 }, Prior::Firth];
    let ties = [TiePolicy::Drop, TiePolicy::Davidson(DavidsonOrder::Halfway), TiePolicy::RaoKupper];
    let mut models = Vec::new();
    for prior in priors {
        for tie in ties {
            let builder = Model::builder().prior(prior).ties(tie);
            models.extend([builder.clone(), builder.order_effect()].into_iter().filter_map(|model| model.build().ok()));
        }
    }
    models
}

fn map() -> Model {
    Model::builder().prior(Prior::Normal { sd: 1.0 }).build().unwrap()
}

fn score_of(fit: &Fit, name: &str) -> Option<f64> {
    fit.items().iter().position(|item| item == name).map(|at| fit.scores()[at])
}

proptest! {
    #[test]
    fn a_fit_is_a_maximum_or_a_named_reason(rows in prop::collection::vec(row(), 0..40)) {
        let judgements = collect(&rows);
        for model in models() {
            match model.fit(&judgements) {
                Ok(fit) => {
                    let likelihood = fit.log_likelihood();
                    let estimates = fit.scores().iter().chain(fit.standard_errors()).chain(std::slice::from_ref(&likelihood));
                    prop_assert!(estimates.copied().all(f64::is_finite), "{model:?}");
                    prop_assert!(fit.accuracy() <= 1e-8, "{model:?}: accuracy {}", fit.accuracy());
                    // Next to its bound (no ties) the tie parameter of Rao & Kupper is steep beyond any fixed gradient.
                    if model.ties() != TiePolicy::RaoKupper {
                        prop_assert!(fit.max_gradient().unwrap() <= 1e-7, "{model:?}: gradient {:?}", fit.max_gradient());
                    }
                    if model.prior() == Prior::None {
                        prop_assert!(fit.scores().iter().sum::<f64>().abs() < 1e-9);
                    }
                }
                Err(error) => {
                    prop_assert!(!matches!(error, ScoringError::NotConverged { .. }), "{model:?}: {error}");
                    prop_assert!(!error.to_string().is_empty());
                }
            }
        }
    }

    #[test]
    fn maximum_likelihood_exists_exactly_on_strongly_connected_graphs(rows in prop::collection::vec(row(), 0..40)) {
        let judgements = collect(&rows);
        let connectivity = Connectivity::of(&judgements, TiePolicy::Drop);
        let fit = Model::builder().build().unwrap().fit(&judgements);
        prop_assert_eq!(fit.is_ok(), connectivity.is_strongly_connected());
    }

    #[test]
    fn input_order_leaves_no_trace(rows in prop::collection::vec(row(), 1..40), seed in any::<prop::sample::Index>()) {
        let mut turned = rows.clone();
        turned.rotate_left(seed.index(rows.len()));
        turned.reverse();
        let (one, other) = (collect(&rows), collect(&turned));
        prop_assert_eq!(&one, &other);
        let (one, other) = (map().fit(&one).unwrap(), map().fit(&other).unwrap());
        prop_assert_eq!(bits(one.scores()), bits(other.scores()));
        prop_assert_eq!(bits(one.standard_errors()), bits(other.standard_errors()));
        prop_assert_eq!(one.ranks(), other.ranks());
    }

    /// Judgements are kept one by one, in a table of all pairs, or as counts, whichever is smaller: a fit must not tell.
    #[test]
    fn however_judgements_are_kept_the_fit_is_the_same(
        items in prop_oneof![2..12_usize, 60..80_usize],
        drawn in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0..9_u8), 1..1_500),
        order in any::<bool>(),
    ) {
        let names: Vec<String> = (0..items).map(|item| format!("{item:02}")).collect();
        let outcomes: Vec<(u32, u32, Outcome)> = drawn
            .iter()
            .map(|(left, ahead, outcome)| {
                let left = left.index(items);
                let right = (left + 1 + ahead.index(items - 1)) % items;
                let outcome = [Outcome::Left, Outcome::Right, Outcome::Tie][usize::from(*outcome / 4)];
                (left as u32, right as u32, outcome)
            })
            .collect();
        let kept = Judgements::from_outcomes(&names, &outcomes).unwrap();
        let counted = Judgements::from_counts(&names, kept.pairs()).unwrap();
        prop_assert_eq!(&kept, &counted);
        let builder = Model::builder().prior(Prior::Normal { sd: 1.5 });
        let model = if order { builder.order_effect() } else { builder }.build().unwrap();
        // With an order effect a few judgements may have no maximum.
        match (model.fit(&kept), model.fit(&counted)) {
            (Ok(one), Ok(other)) => {
                prop_assert_eq!(bits(one.scores()), bits(other.scores()));
                prop_assert_eq!(bits(one.standard_errors()), bits(other.standard_errors()));
            }
            (one, other) => prop_assert_eq!(one.unwrap_err().to_string(), other.unwrap_err().to_string()),
        }
    }

    #[test]
    fn shifted_starts_lead_to_the_same_scores(rows in prop::collection::vec(row(), 1..60), shift in -5.0..5.0_f64) {
        let judgements = collect(&rows);
        for model in [Model::builder().build().unwrap(), map()] {
            if let Ok(fit) = model.fit(&judgements) {
                let start: Vec<f64> = fit.scores().iter().map(|score| score + shift).collect();
                let again = model.fit_from(&judgements, &start).unwrap();
                for (a, b) in fit.scores().iter().zip(again.scores()) {
                    prop_assert!((a - b).abs() < 1e-9);
                }
            }
        }
    }

    #[test]
    fn a_win_never_lowers_the_winner(rows in prop::collection::vec(row(), 1..40), extra in row()) {
        let winner = NAMES[if extra.outcome == Outcome::Left { extra.left } else { extra.right }];
        prop_assume!(extra.outcome != Outcome::Tie);
        let mut more = rows.clone();
        more.push(extra);
        let (before, after) = (collect(&rows), collect(&more));
        for model in [Model::builder().build().unwrap(), map()] {
            if let (Ok(before), Ok(after)) = (model.fit(&before), model.fit(&after))
                && let (Some(old), Some(new)) = (score_of(&before, winner), score_of(&after, winner))
                && before.items() == after.items()
            {
                prop_assert!(new >= old - 1e-9, "{winner} fell from {old} to {new}");
            }
        }
    }
}

#[test]
fn nothing_and_almost_nothing_can_be_fitted() {
    let none = Judgements::new([]).unwrap();
    for model in [Model::builder().build().unwrap(), map()] {
        assert!(model.fit(&none).unwrap().ranks().is_empty());
        let one = model.fit(&none.clone().with_items(&["alone"])).unwrap();
        assert_eq!(one.scores().len(), 1);
        assert!(one.scores()[0].abs() < 1e-12);
        assert_eq!((one.ranks()[0].best, one.ranks()[0].worst), (1, 1));
        assert!(matches!(model.separation(&none), Err(ScoringError::NoSpread { items: 0 })));
    }
}

#[test]
fn bad_rows_are_named() {
    let good = Judgement::new("a", "b", Outcome::Left);
    let refused = |bad: Judgement<'_>| Judgements::new([good, bad]).unwrap_err().to_string();
    assert_eq!(
        refused(Judgement::new("c", "c", Outcome::Tie)),
        "judgement 2: \"c\" is compared with itself; expected two different items"
    );
    for weight in [-1.0, f64::NAN, f64::INFINITY] {
        let text = refused(good.weighted(weight));
        assert!(text.starts_with("judgement 2 (\"a\" against \"b\"): weight is "), "{text}");
    }
    assert!(refused(good.taking(-3.0)).contains("milliseconds is -3"));
}

#[test]
fn extreme_weights_do_not_break_the_solver() {
    for weight in [1e-12, 1e-3, 1.0, 1e6, 1e15] {
        let judgements = Judgements::new([
            Judgement::new("a", "b", Outcome::Left).weighted(weight),
            Judgement::new("a", "b", Outcome::Right),
            Judgement::new("b", "c", Outcome::Left),
            Judgement::new("c", "b", Outcome::Left).weighted(weight),
        ])
        .unwrap();
        let fit = Model::builder().build().unwrap().fit(&judgements).unwrap();
        assert!((fit.scores()[0] - fit.scores()[1] - weight.ln()).abs() < 1e-8, "weight {weight}");
    }
}

/// Where every pair won just as often as its scores say, the estimate is those scores. Two crowds that hardly know of each
/// other are where steps that are solved by iteration say least of how far the estimate still is.
#[test]
fn an_estimate_is_as_accurate_as_it_says() {
    for (crowd, bridge) in [(20, 1.0), (60, 1.0), (60, 1e-2), (60, 1e-4), (150, 1e-3)] {
        let spread = |item: usize| (item * 37 % 101) as f64 / 25.0 + if item < crowd { 0.0 } else { 1.5 };
        let mean = (0..2 * crowd).map(spread).sum::<f64>() / (2 * crowd) as f64;
        let truth: Vec<f64> = (0..2 * crowd).map(|item| spread(item) - mean).collect();
        let met = |left: usize, right: usize, weight: f64| {
            let share = 1.0 / (1.0 + (truth[right] - truth[left]).exp());
            PairCount::new(left, right, weight * share, weight * (1.0 - share))
        };
        let inside = |from: usize| {
            let pairs =
                (from..from + crowd).flat_map(move |left| (left + 1..from + crowd).map(move |right| (left, right)));
            pairs.map(|(left, right)| met(left, right, 3.0))
        };
        let counts: Vec<PairCount> = inside(0).chain(inside(crowd)).chain([met(0, crowd, bridge)]).collect();
        let names: Vec<String> = (0..2 * crowd).map(|item| format!("{item:03}")).collect();
        let judgements = Judgements::from_counts(&names, &counts).unwrap();
        let fit = Model::builder().build().unwrap().fit(&judgements).unwrap();
        let error =
            fit.scores().iter().zip(&truth).map(|(found, true_one)| (found - true_one).abs()).fold(0.0, f64::max);
        assert!(error <= 1e-9, "{crowd} items, bridge of {bridge}: off by {error}");
        assert!(error <= 1.1 * fit.accuracy(), "off by {error}, but {} is what it says", fit.accuracy());
        assert!(fit.max_gradient().unwrap() <= 1e-6);
    }
}

/// Weights may be as large as a double: the maximum of the likelihood does not change when all are multiplied.
#[test]
fn huge_weights_are_not_lost_in_single_precision() {
    let items = 80_usize;
    let names: Vec<String> = (0..items).map(|item| format!("{item:02}")).collect();
    let counts = |scale: f64| {
        // So many pairs that systems are solved by iteration.
        let pairs = (0..items).flat_map(|left| (1..=30).map(move |ahead| (left, (left + ahead) % items)));
        let counts = pairs.map(|(left, right)| {
            let wins = 1.0 + ((left * left + 3 * right) % 5) as f64;
            PairCount::new(left, right, scale * wins, scale * 2.0)
        });
        Judgements::from_counts(&names, &counts.collect::<Vec<_>>()).unwrap()
    };
    let fit = |scale: f64| Model::builder().build().unwrap().fit(&counts(scale)).unwrap();
    let plain = fit(1.0);
    for scale in [1e-100, 1e60, 1e200] {
        for (one, other) in plain.scores().iter().zip(fit(scale).scores()) {
            assert!((one - other).abs() < 1e-9, "weights times {scale:e}: {one} {other}");
        }
    }
}
