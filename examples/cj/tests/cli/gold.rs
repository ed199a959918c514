//! `cj score` against reference answers that were computed elsewhere to 40 digits.
use std::fs;

use serde_json::Value;

use crate::support::{Files, cj, shared};

/// The options of `cj score` that name the model of a reference answer.
fn options(gold: &Value, files: &Files) -> Vec<String> {
    let number = |name: &str| gold[name].as_f64().unwrap_or_default();
    let mut options = match gold["model"].as_str() {
        Some("davidson") => vec!["--ties".to_owned(), "davidson".to_owned()],
        Some("raokupper") => vec!["--ties".to_owned(), "rao-kupper".to_owned()],
        _ => Vec::new(),
    };
    let prior = if number("lam") > 0.0 {
        format!("sd={}", number("lam").sqrt().recip())
    } else if number("logistic_v") > 0.0 {
        format!("logistic={}", number("logistic_v"))
    } else if gold["firth"] == true {
        "firth".to_owned()
    } else {
        "none".to_owned()
    };
    let fixed = gold["fixed"].as_object().filter(|fixed| !fixed.is_empty());
    let has_zero = fixed.is_some() || prior.starts_with("sd=") || prior.starts_with("logistic=");
    options.extend(["--prior".to_owned(), prior]);
    options.extend(["--se".to_owned(), if has_zero { "absolute" } else { "centred" }.to_owned()]);
    if gold["order"] == true {
        options.push("--order-effect".to_owned());
        if gold["model"] == "davidson" {
            options.extend(["--davidson-order".to_owned(), number("tie_c").to_string()]);
        }
    }
    if let Some(fixed) = fixed {
        let rows: Vec<_> = fixed.iter().map(|(id, score)| format!("{id},{score}\n")).collect();
        fs::write(files.path("anchors.csv"), format!("id,score\n{}", rows.concat())).expect("there is room for a file");
        options.extend(["--anchors".to_owned(), files.path("anchors.csv").display().to_string()]);
    }
    options
}

fn near(found: &Value, expected: &Value, within: f64, what: &str) {
    let (Some(found), Some(expected)) = (found.as_f64(), expected.as_f64()) else {
        panic!("{what}: found {found}, expected {expected}");
    };
    assert!((found - expected).abs() <= within, "{what}: found {found}, expected {expected}");
}

#[test]
fn every_reference_answer_comes_out() {
    let Some(reference) = shared("reference/scoring") else { return };
    let mut compared = 0;
    for entry in fs::read_dir(reference.join("gold")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let data = reference.join(format!("data/{}.csv", name.split("__").next().unwrap()));
        if !data.exists() {
            continue;
        }
        let gold: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let files = Files::new(&[]);
        let document = cj().arg("score").arg(&data).args(options(&gold, &files)).json("score.v1");
        let (ids, items) = (gold["items"].as_array().unwrap(), document["items"].as_array().unwrap());
        assert_eq!(ids.len(), items.len(), "{name}");
        for (i, id) in ids.iter().enumerate() {
            let item = items.iter().find(|item| item["id"] == *id).unwrap();
            near(&item["score"], &gold["theta"][i], 1e-9, &format!("{name}: score of {id}"));
            near(&item["se"], &gold["se"][i], 1e-9, &format!("{name}: se of {id}"));
        }
        near(&document["diagnostics"]["log_likelihood"], &gold["loglik"], 1e-8, &format!("{name}: log-likelihood"));
        if gold["order"] == true {
            near(&document["order_effect"]["estimate"], &gold["eta"], 1e-9, &format!("{name}: order effect"));
            near(&document["order_effect"]["se"], &gold["se_eta"], 1e-9, &format!("{name}: its se"));
        }
        for (parameter, se) in [("delta", "se_delta"), ("log_kappa", "se_log_kappa")] {
            if gold[parameter].is_f64() {
                near(&document["tie_parameter"]["estimate"], &gold[parameter], 1e-9, &format!("{name}: {parameter}"));
                near(&document["tie_parameter"]["se"], &gold[se], 1e-9, &format!("{name}: {se}"));
            }
        }
        compared += 1;
    }
    assert!(compared > 40, "{compared} of the reference answers have data");
}
