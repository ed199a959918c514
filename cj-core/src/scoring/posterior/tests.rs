use super::*;
use crate::scoring::PairCount;

/// Posterior of two items, a having won `wins` of `games`, by summation over a grid of the difference and of σ.
fn grid(wins: f64, games: f64) -> (f64, f64, f64) {
    let (mut mass, mut mean, mut square, mut sigma_mean) = (0.0, 0.0, 0.0, 0.0);
    for s in 0..400 {
        let sigma = (f64::from(s) + 0.5) * 0.03;
        let spread = sigma * std::f64::consts::SQRT_2;
        for d in -400..=400 {
            let gap = f64::from(d) / 400.0 * 8.0 * spread;
            // The step in d is proportional to the spread, which cancels the density's 1/spread.
            let log = -0.5 * (sigma / 2.5).powi(2) - 0.5 * (gap / spread).powi(2)
                + wins * -(-gap).exp().ln_1p()
                + (games - wins) * -gap.exp().ln_1p();
            let weight = log.exp();
            mass += weight;
            mean += weight * gap;
            square += weight * gap * gap;
            sigma_mean += weight * sigma;
        }
    }
    (mean / mass, (square / mass - (mean / mass).powi(2)).sqrt(), sigma_mean / mass)
}

#[test]
fn draws_agree_with_a_posterior_that_can_be_summed() {
    for (wins, games) in [(5.0, 6.0), (3.0, 3.0), (10.0, 20.0)] {
        let judgements = Judgements::from_counts(&["a", "b"], &[PairCount::new(0, 1, wins, games - wins)]).unwrap();
        let sampling = Sampling::seeded(3).draws(20_000, 20_000);
        let posterior = Model::builder().build().unwrap().posterior(&judgements, sampling).unwrap();
        let (mean, sd, sigma) = grid(wins, games);
        let fit = posterior.fit();
        let gap = fit.scores()[0] - fit.scores()[1];
        assert!((gap - mean).abs() < 0.06, "{wins} of {games}: mean difference {gap}, expected {mean}");
        let error = fit.standard_error_of_difference(0, 1);
        assert!((error - sd).abs() < 0.08, "{wins} of {games}: SD {error}, expected {sd}");
        let middle = posterior.latent_sd();
        assert!(middle.low < sigma && sigma < middle.high);
        assert!(posterior.reliability().is_err(), "two items are always in perfect correlation");
    }
}

#[test]
fn a_seed_determines_every_draw() {
    let judgements = Judgements::from_counts(
        &["a", "b", "c"],
        &[PairCount::new(0, 1, 3.0, 1.0), PairCount::new(1, 2, 2.5, 0.5), PairCount::new(2, 0, 0.0, 2.0)],
    )
    .unwrap();
    let model = Model::builder().order_effect().build().unwrap();
    let run = |seed| {
        let posterior = model.posterior(&judgements, Sampling::seeded(seed).draws(200, 400)).unwrap();
        let bits: Vec<u64> = posterior.fit().scores().iter().map(|score| score.to_bits()).collect();
        (bits, posterior.reliability().unwrap())
    };
    assert_eq!(run(5), run(5));
    assert_ne!(run(5), run(6));
}

#[test]
fn nothing_to_follow_is_no_reliability() {
    let empty = Judgements::from_counts(&["a", "b", "c", "d"], &[]).unwrap();
    let posterior = Model::builder().build().unwrap().posterior(&empty, Sampling::seeded(1).draws(200, 200)).unwrap();
    assert_eq!(posterior.reliability(), Err(ScoringError::NoSpread { items: 4 }));
    let none = Judgements::from_counts::<&str>(&[], &[]).unwrap();
    let posterior = Model::builder().build().unwrap().posterior(&none, Sampling::seeded(1).draws(200, 200)).unwrap();
    assert!(posterior.fit().scores().is_empty() && posterior.fit().ranks().is_empty());
}

#[test]
fn many_items_are_approximated_and_the_fit_says_so() {
    let names: Vec<String> = (0..1_300).map(|i| format!("{i:04}")).collect();
    let counts: Vec<PairCount> = (0..1_300)
        .flat_map(|i| {
            [1, 7, 31].map(|ahead| PairCount::new(i, (i + ahead) % 1_300, f64::from(i < 650), f64::from(i >= 650)))
        })
        .collect();
    let judgements = Judgements::from_counts(&names, &counts).unwrap();
    let posterior = Model::builder().build().unwrap().posterior(&judgements, Sampling::seeded(1)).unwrap();
    let Method::Approximated { latent_sd } = posterior.fit().method() else {
        panic!("1,300 items are too many to sample");
    };
    assert!(latent_sd > 0.0 && posterior.reliability().unwrap().median > 0.0);
}
