use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use super::*;
use crate::scoring::normal::{draw, uniform};
use crate::scoring::{JudgeModel, Judgement, Model, Outcome};

/// Judgements of a panel whose order effects, discriminations and lapse rates are given.
fn panel(traits: &[[f64; 3]], items: usize, each: usize, seed: u64) -> (Judgements, Vec<f64>) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let truth: Vec<f64> = (0..items).map(|_| 1.5 * draw(&mut rng)).collect();
    let names: Vec<String> = (0..items).map(|item| format!("i{item:02}")).collect();
    let judges: Vec<String> = (0..traits.len()).map(|judge| format!("j{judge:02}")).collect();
    let mut rows = Vec::new();
    for ([order, discrimination, lapse], judge) in traits.iter().zip(&judges) {
        for _ in 0..each {
            let left = (uniform(&mut rng) * items as f64) as usize;
            let right = (left + 1 + (uniform(&mut rng) * (items - 1) as f64) as usize) % items;
            let x = discrimination * (truth[left] - truth[right]) + order;
            let chance = (1.0 - lapse) * logistic(x) + 0.5 * lapse;
            let outcome = if uniform(&mut rng) < chance { Outcome::Left } else { Outcome::Right };
            rows.push(Judgement::new(&names[left], &names[right], outcome).by(judge));
        }
    }
    (Judgements::new(rows).unwrap(), truth)
}

fn within(what: &str, found: Effect, truth: f64, errors: f64) {
    let off = (found.estimate - truth).abs();
    assert!(off <= errors * found.standard_error, "{what}: {found:?}, true {truth}");
}

#[test]
fn order_effects_of_judges_are_found_again() {
    let orders = [-1.5, -0.5, 0.0, 0.0, 0.3, 0.8, 1.2, 2.0];
    let traits = orders.map(|order| [order, 1.0, 0.0]);
    let (judgements, _) = panel(&traits, 20, 150, 1);
    let found =
        JudgeModel::new().order_effects().posterior(&judgements, Sampling::seeded(2).draws(1_000, 1_000)).unwrap();
    for (judge, order) in found.judges().iter().zip(orders) {
        within(&judge.judge, judge.order_effect.unwrap(), order, 3.0);
        assert!(judge.order_effect.unwrap().standard_error < 0.35);
        assert_eq!((judge.discrimination, judge.lapse_rate), (None, None));
    }
    let sd = found.panel().order_sd.unwrap();
    assert!(sd.low < 1.1 && sd.high > 0.7, "{sd:?}");
    within("panel", found.panel().order_effect.unwrap(), 0.29, 3.0);
}

#[test]
fn equal_judges_are_shrunk_together_and_scores_are_those_of_the_plain_model() {
    let (judgements, _) = panel(&[[0.4, 1.0, 0.0]; 6], 15, 60, 3);
    let sampling = Sampling::seeded(4).draws(4_000, 4_000);
    let found = JudgeModel::new().order_effects().posterior(&judgements, sampling).unwrap();
    let plain = Model::builder().order_effect().build().unwrap().posterior(&judgements, sampling).unwrap();
    for (own, plain) in found.fit().scores().iter().zip(plain.fit().scores()) {
        assert!((own - plain).abs() < 0.12, "{own} {plain}");
    }
    let gap = found.reliability().unwrap().median - plain.reliability().unwrap().median;
    assert!(gap.abs() < 0.02, "reliabilities differ by {gap}");
    let estimates: Vec<f64> = found.judges().iter().map(|judge| judge.order_effect.unwrap().estimate).collect();
    let spread = mean_and_variance(&estimates).1.sqrt();
    assert!(spread < 0.25, "order effects of equal judges lie {spread} apart");
}

#[test]
fn a_judge_who_lapses_is_found() {
    let lapses = [0.02, 0.02, 0.02, 0.5, 0.02, 0.02];
    let (judgements, truth) = panel(&lapses.map(|lapse| [0.0, 1.0, lapse]), 20, 400, 5);
    let found = JudgeModel::new().lapses().posterior(&judgements, Sampling::seeded(6).draws(1_000, 1_000)).unwrap();
    for (judge, lapse) in found.judges().iter().zip(lapses) {
        let rate = judge.lapse_rate.unwrap();
        assert!((rate.estimate - lapse).abs() < 0.1 + 2.0 * rate.standard_error, "{judge:?}, true {lapse}");
    }
    assert!(found.judges()[3].lapse_rate.unwrap().estimate > 0.3);
    let closeness = crate::scoring::statistics::squared_correlation(found.fit().scores(), &truth).unwrap();
    assert!(closeness > 0.95, "{closeness}");
    assert!(found.fit().residuals().judges().iter().all(|misfit| (misfit.infit - 1.0).abs() < 0.2));
}

#[test]
fn sharp_and_blunt_judges_are_told_apart() {
    let (judgements, _) = panel(&[1.0, 1.0, 1.0, 1.0, 2.0, 0.4].map(|sharp| [0.0, sharp, 0.0]), 20, 400, 8);
    let sampling = Sampling::seeded(9).draws(1_000, 1_000);
    let found = JudgeModel::new().discriminations().posterior(&judgements, sampling).unwrap();
    let discrimination = |judge: usize| found.judges()[judge].discrimination.unwrap().estimate;
    assert!(discrimination(4) > 1.4 * discrimination(0), "{} {}", discrimination(4), discrimination(0));
    assert!(discrimination(5) < 0.6 * discrimination(0), "{} {}", discrimination(5), discrimination(0));
    assert!(found.panel().discrimination_sd.unwrap().median > 0.2);
    assert!(found.fit().log_likelihood() < 0.0 && found.panel().lapse_rate.is_none());
}

#[test]
fn a_seed_determines_every_draw_and_nobody_may_hide() {
    let (judgements, _) = panel(&[[0.0, 1.0, 0.1], [1.0, 1.0, 0.0]], 6, 12, 7);
    let model = JudgeModel::new().order_effects().discriminations().lapses();
    let run = |seed| {
        let found = model.posterior(&judgements, Sampling::seeded(seed).draws(100, 100)).unwrap();
        (found.judges().to_vec(), found.panel(), found.fit().scores().to_vec())
    };
    assert_eq!(run(1), run(1));
    assert_ne!(run(1), run(2));
    let nameless = Judgements::new([
        Judgement::new("a", "b", Outcome::Left).by("Ada"),
        Judgement::new("a", "b", Outcome::Left).weighted(2.0),
    ]);
    let error = model.posterior(&nameless.unwrap(), Sampling::seeded(1)).unwrap_err();
    assert_eq!(error, ScoringError::Unnamed { judgements: 2.0 });
    assert_eq!(error.to_string(), "2 judgements name no judge; expected a judge for every judgement");
}

#[test]
fn nothing_at_all_is_no_trouble() {
    let none = Judgements::new([]).unwrap();
    let model = JudgeModel::new().order_effects().discriminations().lapses();
    let found = model.posterior(&none, Sampling::seeded(1).draws(100, 100)).unwrap();
    assert!(found.judges().is_empty() && found.fit().scores().is_empty() && found.reliability().is_err());
}
