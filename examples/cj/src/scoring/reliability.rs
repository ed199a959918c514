use cj_core::scoring::{Frame, Judgements, Model, Posterior, ScoringError, Separation, SeparationBasis, SplitHalf};

use crate::output::{Reliability, absence, finite};

/// How far the scale can be trusted; what could not be estimated is told in `warnings`.
pub(super) fn reliability(
    model: &Model,
    judgements: &Judgements,
    posterior: Result<&Posterior, &ScoringError>,
    frame: Frame,
    seed: u64,
    warnings: &mut Vec<String>,
) -> Reliability {
    let mut reliability = Reliability::default();
    match posterior {
        Ok(posterior) => {
            reliability.latent_sd = finite(posterior.latent_sd().median);
            match posterior.reliability() {
                Ok(honest) => {
                    reliability.honest = finite(honest.median);
                    reliability.honest_low = finite(honest.low);
                    reliability.honest_high = finite(honest.high);
                }
                Err(error) => warnings.push(absence("honest, honest_low, honest_high", &error.to_string())),
            }
            let chance = posterior.probability_of_no_spread();
            if chance >= 0.5 {
                warnings.push(format!(
                    "the judgements hardly tell the items apart: with probability {chance:.2} the true scores have a standard deviation below 0.3"
                ));
            }
        }
        Err(error) => warnings.push(absence("honest, honest_low, honest_high, latent_sd", &error.to_string())),
    }
    let frame = if frame == Frame::Known { frame } else { Frame::Centred };
    match model.separation_in(judgements, frame).and_then(Separation::shown) {
        Ok(separation) => {
            reliability.ssr = finite(separation.ssr);
            reliability.ssr_alternative = finite(separation.ssr_alternative);
            reliability.separation = finite(separation.g);
            reliability.strata = finite(separation.strata);
            let basis = match separation.basis {
                SeparationBasis::Sirt => "sirt",
                _ => "mle",
            };
            reliability.ssr_basis = Some(basis.to_owned());
        }
        Err(error) => warnings.push(absence("ssr, ssr_alternative, ssr_basis, separation, strata", &error.to_string())),
    }
    if judgements.items().len() > MOST_SPLIT {
        warnings.push(absence("split_half", &format!("not computed for more than {MOST_SPLIT} items")));
        return reliability;
    }
    match SplitHalf::of(judgements, seed) {
        Ok(split) => reliability.split_half = finite(split.reliability),
        Err(error) => warnings.push(absence("split_half", &error.to_string())),
    }
    reliability
}

/// Split halves are 200 fits: some seconds at this many items.
const MOST_SPLIT: usize = 300;
