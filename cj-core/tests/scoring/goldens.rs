//! Estimates against answers computed with 40 digits.

use super::reference::{close, counts, folder, judge_games};
use cj_core::scoring::{
    Anchor, Connectivity, DavidsonOrder, Fit, Judgements, Model, ModelBuilder, Prior, ScoringError, TiePolicy,
};
use serde_json::Value;

const REFERENCE: &str = "reference/scoring";

fn model_of(tag: &str, gold: &Value) -> Option<ModelBuilder> {
    let builder = Model::builder();
    if let Some(precision) = tag.strip_prefix("bt_map") {
        let precision: f64 = precision.parse().unwrap();
        return Some(builder.prior(Prior::Normal { sd: precision.sqrt().recip() }));
    }
    if let Some(comparisons) = tag.strip_prefix("bt_logistic") {
        return Some(builder.prior(Prior::Logistic { comparisons: comparisons.parse().unwrap() }));
    }
    let davidson = |order| TiePolicy::Davidson(order);
    Some(match tag {
        "bt" => builder,
        "bt_firth" => builder.prior(Prior::Firth),
        "bt_order" => builder.order_effect(),
        "bt_anchor" => gold["fixed"]
            .as_object()
            .unwrap()
            .iter()
            .fold(builder, |builder, (item, score)| builder.anchor(item, Anchor::Fixed(score.as_f64().unwrap()))),
        "davidson" => builder.ties(davidson(DavidsonOrder::Unmoved)),
        "davidson_map1" => builder.ties(davidson(DavidsonOrder::Unmoved)).prior(Prior::Normal { sd: 1.0 }),
        "davidson_order_c0" => builder.ties(davidson(DavidsonOrder::Unmoved)).order_effect(),
        "davidson_order_c0.5" => builder.ties(davidson(DavidsonOrder::Halfway)).order_effect(),
        "raokupper" => builder.ties(TiePolicy::RaoKupper),
        "raokupper_order" => builder.ties(TiePolicy::RaoKupper).order_effect(),
        _ => return None,
    })
}

fn data_of(case: &str) -> Judgements {
    let data = folder(REFERENCE).unwrap().join("data");
    match case {
        "weights_judges_games" => judge_games(&data.join("weights_judges_games.csv")),
        "hard_two_components_part1" => counts(&data.join("hard_two_components.csv"), &["A", "B", "C"]),
        "hard_two_components_part2" => counts(&data.join("hard_two_components.csv"), &["D", "E"]),
        _ => counts(&data.join(format!("{case}.csv")), &[]),
    }
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

fn check(name: &str, fit: &Fit, gold: &Value) {
    for (i, expected) in numbers(&gold["theta"]).iter().enumerate() {
        close(&format!("{name} θ of {}", fit.items()[i]), fit.scores()[i], *expected, 1e-9);
    }
    for (i, expected) in numbers(&gold["se"]).iter().enumerate() {
        close(&format!("{name} SE of {}", fit.items()[i]), fit.standard_errors()[i], *expected, 1e-9);
    }
    close(&format!("{name} log-likelihood"), fit.log_likelihood(), gold["loglik"].as_f64().unwrap(), 1e-8);
    close(&format!("{name} penalty"), fit.log_prior(), gold["penalty"].as_f64().unwrap(), 1e-8);
    if let Some(rows) = gold["cov"].as_array() {
        let n = fit.items().len();
        for (i, row) in rows.iter().take(n).enumerate() {
            for (j, expected) in numbers(row).iter().take(n).enumerate() {
                close(&format!("{name} covariance {i},{j}"), fit.covariance().unwrap().get(i, j), *expected, 1e-9);
            }
        }
    }
    let ties = [("delta", "se_delta"), ("log_kappa", "se_log_kappa")];
    let effects = [(fit.order_effect(), [("eta", "se_eta"), ("", "")]), (fit.tie_parameter(), ties)];
    for (effect, keys) in effects {
        for (estimate, error) in keys {
            if let Some(expected) = gold[estimate].as_f64() {
                close(&format!("{name} {estimate}"), effect.unwrap().estimate, expected, 1e-9);
                close(&format!("{name} {error}"), effect.unwrap().standard_error, gold[error].as_f64().unwrap(), 1e-9);
            }
        }
    }
}

fn check_separation(name: &str, model: &Model, judgements: &Judgements, gold: &Value) {
    let found = model.separation(judgements).unwrap();
    for (key, value) in [
        ("var_theta", found.sd_observed.powi(2)),
        ("mse", found.rmse.powi(2)),
        ("ssr", found.ssr),
        ("separation_G", found.g),
        ("alt_var_over_var_plus_mse", found.ssr_alternative),
    ] {
        close(&format!("{name} {key}"), value, gold[key].as_f64().unwrap(), 1e-8);
    }
    close(&format!("{name} strata"), found.strata, (4.0 * found.g + 1.0) / 3.0, 1e-12);
}

#[test]
fn every_golden_is_met() {
    let Some(reference) = folder(REFERENCE) else { return };
    let mut met = 0;
    let mut skipped = Vec::new();
    let mut files: Vec<_> =
        std::fs::read_dir(reference.join("gold")).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    for path in files {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let (case, tag) = name.split_once("__").unwrap();
        let gold: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let Some(builder) = model_of(tag, &gold) else {
            skipped.push(name);
            continue;
        };
        let (model, judgements) = (builder.build().unwrap(), data_of(case));
        let fit = model.fit(&judgements).unwrap_or_else(|error| panic!("{name}: {error}"));
        check(&name, &fit, &gold);
        if matches!(model.prior(), Prior::None) && tag != "bt_anchor" && gold["ssr"].is_object() {
            check_separation(&name, &model, &judgements, &gold["ssr"]);
        }
        met += 1;
    }
    assert!(skipped.is_empty(), "models that are not built: {skipped:?}");
    assert!(met >= 50, "only {met} goldens were found");
}

#[test]
fn hard_cases_without_an_estimate_say_why() {
    if folder(REFERENCE).is_none() {
        return;
    }
    let fit = |case: &str, ties| Model::builder().ties(ties).build().unwrap().fit(&data_of(case));
    let Err(ScoringError::Separated { unbeaten, winless, groups }) = fit("hard_perfect", TiePolicy::Drop) else {
        panic!("A beats all and E loses to all: there is no maximum");
    };
    assert_eq!((unbeaten, winless, groups.len()), (vec!["A".to_owned()], vec!["E".to_owned()], 3));
    let Err(ScoringError::Disconnected { components }) = fit("hard_two_components", TiePolicy::Drop) else {
        panic!("the data have two components");
    };
    assert_eq!(components, [vec!["A", "B", "C"], vec!["D", "E"]]);
    assert!(matches!(fit("hard_single_comparison", TiePolicy::Drop), Err(ScoringError::Separated { .. })));
    assert!(matches!(fit("hard_all_ties", TiePolicy::Drop), Err(ScoringError::Disconnected { .. })));
    assert!(matches!(fit("hard_all_ties", TiePolicy::RaoKupper), Err(ScoringError::NoFiniteParameter { .. })));
    let connectivity = Connectivity::of(&data_of("hard_single_pair"), TiePolicy::Drop);
    assert_eq!(connectivity.bridges(), [("A".to_owned(), "B".to_owned())]);
}
