//! Published comparative-judgement studies: what other programs say of them.

use super::reference::{close, folder, rows, sided, study};
use cj_core::scoring::{Frame, Model, Prior, Sampling};

const STUDIES: &str = "data/cj-sets";

#[test]
fn sirt_prints_what_the_r_program_prints() {
    let Some(studies) = folder(STUDIES) else { return };
    let model = Model::builder().prior(Prior::Sirt).build().unwrap();
    let mut compared = 0;
    for file in std::fs::read_dir(&studies).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        let Some(name) = name.strip_suffix(".sirt_btm.csv") else { continue };
        let fit = model.fit(&study(&studies.join(format!("{name}.judgements.csv")))).unwrap();
        let errors = fit.standard_errors_in(Frame::Known).unwrap();
        for row in rows(&studies.join(format!("{name}.sirt_btm.csv"))) {
            let item = fit.items().iter().position(|item| *item == row["individual"]).unwrap();
            let expected = |column: &str| row[column].parse::<f64>().unwrap();
            let misfit = fit.residuals().items()[item];
            close(&format!("{name} θ of {item}"), fit.scores()[item], expected("theta"), 1e-9);
            close(&format!("{name} SE of {item}"), errors[item], expected("se.theta"), 1e-9);
            close(&format!("{name} infit of {item}"), misfit.infit, expected("infit"), 1e-9);
            close(&format!("{name} outfit of {item}"), misfit.outfit, expected("outfit"), 1e-9);
            compared += 1;
        }
    }
    assert!(compared > 300, "only {compared} items were compared");
}

#[test]
fn one_set_of_essays_has_one_reliability_whatever_the_design() {
    let Some(studies) = folder(STUDIES) else { return };
    let model = Model::builder().build().unwrap();
    let mut spreads = Vec::new();
    // An adaptive design, a random one, and 20 of the essays all against all: 1 − RMSE²/SD² says .97, .74 and .75.
    let designs = [("Bramley2018_1a", 0.75, 0.01), ("Bramley2018_2", 0.72, 0.01), ("Bramley2018_1b", 0.77, 0.002)];
    for (name, expected, error) in designs {
        let sampling = Sampling::seeded(1).until_error(error);
        let posterior = model.posterior(&study(&studies.join(format!("{name}.judgements.csv"))), sampling).unwrap();
        let reliability = posterior.reliability().unwrap();
        println!(
            "{name}: {reliability:?}, latent SD {:?}, draws {}",
            posterior.latent_sd(),
            posterior.fit().iterations()
        );
        close(name, reliability.median, expected, 0.03);
        spreads.push(posterior.latent_sd().median);
    }
    let (low, high) = spreads.iter().fold((f64::MAX, 0.0_f64), |(low, high), sd| (low.min(*sd), high.max(*sd)));
    assert!(high - low <= 0.15, "latent SDs {spreads:?}");
}

#[test]
fn an_llm_prefers_the_second_place_and_people_do_not() {
    let Some(rave) = folder("data/rave") else { return };
    let model = Model::builder().order_effect().prior(Prior::Normal { sd: 2.0 }).build().unwrap();
    let llm = model.fit(&sided(&rave.join("rave_llm_gpt5.1.csv"))).unwrap().order_effect().unwrap();
    close("γ of the LLM", llm.estimate, -1.1, 0.05);
    close("its SE", llm.standard_error, 0.09, 0.01);
    let people = sided(&rave.join("rave_human.csv"));
    let posterior = model.posterior(&people, Sampling::seeded(1).until_error(0.02)).unwrap();
    let order = posterior.fit().order_effect().unwrap();
    close("γ of people", order.estimate, 0.06, 0.02);
    close("its SE", order.standard_error, 0.07, 0.01);
    close("reliability of people", posterior.reliability().unwrap().median, 0.5, 0.05);
}
