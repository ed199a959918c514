#![no_main]
//! Judgements of any kind through every model: no panic, and no number that is none.
use cj_core::scoring::{
    Anchor, Connectivity, DavidsonOrder, Fit, Judgement, Judgements, JudgeModel, Model, Outcome, Panel, Prior,
    Sampling, TiePolicy,
};
use libfuzzer_sys::fuzz_target;

const ITEMS: [&str; 16] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p"];
const JUDGES: [&str; 4] = ["Ada", "Bo", "Cy", "Di"];
/// Ten bytes a row: items, outcome and judge, weight.
const ROW: usize = 10;
const MOST_ROWS: usize = 200;

fuzz_target!(|bytes: &[u8]| {
    let rows = bytes.chunks_exact(ROW).take(MOST_ROWS).map(|row| {
        let (left, right) = (ITEMS[usize::from(row[0] >> 4)], ITEMS[usize::from(row[0] & 15)]);
        let outcome = [Outcome::Left, Outcome::Right, Outcome::Tie][usize::from(row[1] % 3)];
        // A byte chooses between plain weights and any bits at all: NaN, infinite, negative, subnormal.
        let bits = row[2..].iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        let weight = if row[1] & 128 == 0 { 1.0 } else { f64::from_bits(bits) };
        let judgement = Judgement::new(left, right, outcome).weighted(weight);
        if row[1] & 64 == 0 { judgement.by(JUDGES[usize::from(row[1] >> 4 & 3)]) } else { judgement }
    });
    let judgements = match Judgements::new(rows) {
        Ok(judgements) => judgements,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    let _ = Connectivity::of(&judgements, TiePolicy::Drop);
    let _ = Panel::of(&judgements);
    let priors = [
        Prior::None,
        Prior::Normal { sd: 1.5 },
        Prior::Logistic { comparisons: 0.5 },
        Prior::Firth,
        Prior::Sirt,
        Prior::Hierarchical(Sampling::seeded(1).draws(100, 100)),
    ];
    let ties = [TiePolicy::Drop, TiePolicy::Davidson(DavidsonOrder::Unmoved), TiePolicy::RaoKupper];
    for prior in priors {
        for tie in ties {
            let plain = Model::builder().prior(prior).ties(tie);
            let anchored = judgements.items().first().map(|item| plain.clone().anchor(item, Anchor::Fixed(1.0)));
            for builder in [Some(plain.clone().order_effect()), anchored, Some(plain)].into_iter().flatten() {
                let Ok(model) = builder.build() else { continue };
                match model.fit(&judgements) {
                    // The program that `sirt` follows may leave scores where there is no information to speak of.
                    Ok(_) if prior == Prior::Sirt => {}
                    Ok(fit) => check(&fit),
                    Err(error) => assert!(!error.to_string().is_empty()),
                }
            }
        }
    }
    let judges = JudgeModel::new().order_effects().discriminations().lapses();
    if let Ok(found) = judges.posterior(&judgements, Sampling::seeded(1).draws(100, 100)) {
        check(found.fit());
    }
});

fn check(fit: &Fit) {
    assert!(fit.scores().iter().chain(fit.standard_errors()).all(|number| number.is_finite()));
    assert!(fit.log_likelihood().is_finite());
    assert_eq!(fit.ranks().len(), fit.items().len());
    for misfit in fit.residuals().items() {
        assert!(misfit.infit.is_finite() && misfit.outfit.is_finite());
    }
}
