//! `cj score`.
use std::fs;

use serde_json::Value;

use crate::support::{Files, cj, shared};

const ROUND: &str = "judge,left,right,winner,time\n\
    Ada,a,b,left,1000\nAda,b,c,b,2000\nBo,c,a,right,4000\nBo,a,b,b,\nBo,c,b,tie,\nAda,c,a,c,3000\n";

fn score_of(document: &Value, id: &str) -> f64 {
    let mut items = document["items"].as_array().into_iter().flatten();
    items.find(|item| item["id"] == id).and_then(|item| item["score"].as_f64()).expect("the item has a score")
}

fn warns(document: &Value, of: &str) -> bool {
    let mut warnings = document["warnings"].as_array().into_iter().flatten();
    warnings.any(|warning| warning.as_str().is_some_and(|warning| warning.contains(of)))
}

#[test]
fn a_small_study_has_the_scores_that_can_be_checked_by_hand() {
    // a won 3 of 4 against b: log 3 apart, under maximum likelihood and around 0.
    let files = Files::new(&[("j.csv", "left,right,win_left,win_right\na,b,3,1\n")]);
    let document = cj().arg("score").arg(files.path("j.csv")).args(["--prior", "none"]).json("score.v1");
    assert!((score_of(&document, "a") - 3_f64.ln() / 2.0).abs() < 1e-9);
    assert!((score_of(&document, "b") + 3_f64.ln() / 2.0).abs() < 1e-9);
    let first = &document["items"][0];
    assert_eq!((first["id"].as_str(), first["rank"].as_u64(), first["wins"].as_u64()), (Some("a"), Some(1), Some(3)));
    assert_eq!(document["settings"]["rows"], 4);
    assert_eq!(document["settings"]["scoring"]["prior"], "none");
    assert_eq!(document["settings"]["scoring"]["se"], "centred");
    assert_eq!(document["judges"], Value::Array(Vec::new()));
}

#[test]
fn judges_and_ties_are_told() {
    let files = Files::new(&[("j.csv", ROUND)]);
    let document = cj().arg("score").arg(files.path("j.csv")).json("score.v1");
    let ada = &document["judges"][0];
    assert_eq!(
        (ada["id"].as_str(), ada["judgements"].as_u64(), ada["median_ms"].as_f64()),
        (Some("Ada"), Some(3), Some(2000.0))
    );
    assert_eq!(ada["share_left"], 1.0);
    assert_eq!(document["judges"][1]["share_left"], 0.0);
    assert!(warns(&document, "1 of 6 judgements are ties and were left out"));

    let ties = cj().arg("score").arg(files.path("j.csv")).args(["--ties", "davidson"]).json("score.v1");
    assert!(ties["settings"]["scoring"]["prior"].as_str().unwrap().starts_with("sd="));
    assert!(warns(&ties, "eb is not for a model of ties"));
    assert!(ties["tie_parameter"]["estimate"].is_f64());
    assert!(!warns(&ties, "left out"));
}

#[test]
fn null_figures_have_a_reason() {
    let files = Files::new(&[("j.csv", "candidate_chosen,candidate_not_chosen\na,b\nb,c\n")]);
    let document = cj().arg("score").arg(files.path("j.csv")).json("score.v1");
    for (name, value) in document["reliability"].as_object().unwrap() {
        assert!(!value.is_null() || warns(&document, name), "{name} is null without a reason");
    }
}

#[test]
fn the_order_effect_is_estimated_on_request() {
    let files = Files::new(&[("j.csv", "left,right,win_left,win_right\na,b,30,10\nb,a,30,10\n")]);
    let document =
        cj().arg("score").arg(files.path("j.csv")).args(["--order-effect", "--prior", "none"]).json("score.v1");
    let effect = &document["order_effect"];
    assert!((effect["estimate"].as_f64().unwrap() - 3_f64.ln()).abs() < 1e-9);
    assert!((effect["p_first"].as_f64().unwrap() - 0.75).abs() < 1e-9);
    assert!(cj().arg("score").arg(files.path("j.csv")).json("score.v1")["order_effect"].is_null());

    let chosen = Files::new(&[("j.csv", "candidate_chosen,candidate_not_chosen\na,b\n")]);
    let ended = cj().arg("score").arg(chosen.path("j.csv")).arg("--order-effect").run();
    assert_eq!(ended.code, 2);
    assert!(ended.stderr.contains("--order-effect needs to know which item was left"), "{}", ended.stderr);
}

#[test]
fn anchors_fix_the_scale() {
    let files = Files::new(&[
        ("j.csv", ROUND),
        ("anchors.csv", "id,score,sd\na,10,\nb,9,0.5\n"),
        ("bad.csv", "id,score\nz,1\n"),
    ]);
    let call = || cj().arg("score").arg(files.path("j.csv")).arg("--anchors");
    let document = call().arg(files.path("anchors.csv")).json("score.v1");
    assert!((score_of(&document, "a") - 10.0).abs() < 1e-12);
    assert!((score_of(&document, "b") - 9.0).abs() < 1.0);
    let ended = call().arg(files.path("bad.csv")).run();
    assert_eq!(ended.code, 2);
    assert!(ended.stderr.contains("\"z\""), "{}", ended.stderr);
}

#[test]
fn the_default_is_the_hierarchical_model_and_the_seed_says_it_all() {
    let files = Files::new(&[("j.csv", ROUND)]);
    let print = |seed: &str| {
        let ended = cj().arg("score").arg(files.path("j.csv")).args(["--format", "json", "--seed", seed]).run();
        assert_eq!(ended.code, 0, "{}", ended.stderr);
        ended.stdout
    };
    assert_eq!(print("1"), print("1"));
    let (one, two): (Value, Value) =
        (serde_json::from_str(&print("1")).unwrap(), serde_json::from_str(&print("2")).unwrap());
    assert_eq!(one["settings"]["scoring"]["prior"], "eb");
    assert_ne!(score_of(&one, "a").to_bits(), score_of(&two, "a").to_bits());
    let honest = ["honest_low", "honest", "honest_high"].map(|name| one["reliability"][name].as_f64().unwrap());
    assert!(honest.is_sorted(), "{honest:?}");
    assert!(one["reliability"]["latent_sd"].as_f64().unwrap() > 0.0);
}

#[test]
fn tables_and_csv_hold_the_same_ranking() {
    let files = Files::new(&[("j.csv", ROUND)]);
    let call = || cj().arg("score").arg(files.path("j.csv"));
    let csv = call().args(["--format", "csv"]).run();
    assert_eq!(csv.code, 0);
    assert!(csv.stdout.starts_with("id,score,se,rank,rank_low,rank_high,comparisons,wins,losses,ties,infit,outfit\n"));
    assert_eq!(csv.stdout.lines().count(), 4);
    assert!(csv.stderr.contains("warning: 1 of 6 judgements are ties"), "{}", csv.stderr);
    let table = call().arg("--quiet").run();
    assert!(table.stdout.contains("Summary") && !table.stdout.contains('\u{1b}'), "{}", table.stdout);
    assert_eq!(table.stderr, "");
    let best = csv.stdout.lines().nth(1).unwrap().split(',').next().unwrap();
    assert_eq!(table.stdout.lines().nth(2).unwrap().split_whitespace().nth(1), Some(best));
}

#[test]
fn the_order_of_the_rows_changes_nothing() {
    let files = Files::new(&[("a.csv", ROUND)]);
    let mut lines: Vec<_> = ROUND.lines().collect();
    lines[1..].reverse();
    fs::write(files.path("b.csv"), lines.join("\n")).unwrap();
    let print = |name| cj().arg("score").arg(files.path(name)).args(["--format", "csv", "--quiet"]).run().stdout;
    assert_eq!(print("a.csv"), print("b.csv"));
}

#[test]
fn bad_input_is_named_and_ends_with_2() {
    let header = "judge,left,right,winner\n";
    let files = Files::new(&[
        ("column.csv", "judge,left,winner\nj,a,a\n"),
        ("self.csv", &format!("{header}j,a,b,a\nj,b,a,a\nj,a,c,a\nj,c,b,b\nj,b,c,c\nj,b,b,b\n")),
        ("empty.csv", ""),
        ("header.csv", header),
        ("ties.csv", &format!("{header}j,a,b,tie\n")),
        ("perfect.csv", &format!("{header}j,a,b,a\n")),
    ]);
    for (name, options, expected) in [
        (
            "column.csv",
            &[][..],
            "column.csv, line 1: expected a column `right`, found the columns `judge`, `left`, `winner`",
        ),
        (
            "self.csv",
            &[],
            "self.csv, line 7, column `right`: expected another item than on the other side, found `b` on both sides",
        ),
        ("empty.csv", &[], "empty.csv: expected a header line and rows, found an empty file"),
        ("header.csv", &[], "header.csv: expected rows with judgements, found none"),
        ("gone.csv", &[], "gone.csv: "),
        (".", &[], "expected a file, found a folder"),
        ("ties.csv", &[], "every judgement is a tie"),
        ("perfect.csv", &["--prior", "none"], "no maximum-likelihood estimate"),
        ("perfect.csv", &["--se", "absolute", "--prior", "firth"], "--prior firth has none"),
        ("perfect.csv", &["--prior", "sd=0"], "sd=0"),
        ("perfect.csv", &["--davidson-order", "1", "--ties", "davidson"], "expected 0 or 0.5"),
    ] {
        let ended = cj().arg("score").arg(files.path(name)).args(options).run();
        assert_eq!((ended.code, ended.stdout.as_str()), (2, ""), "{name}: {}", ended.stderr);
        assert!(ended.stderr.starts_with("error: ") && ended.stderr.contains(expected), "{name}: {}", ended.stderr);
    }
}

#[test]
fn the_help_has_an_example() {
    let help = cj().args(["score", "--help"]).run();
    assert_eq!(help.code, 0);
    assert!(help.stdout.contains("cj score judgements.csv"), "{}", help.stdout);
}

#[test]
fn published_studies_need_no_options() {
    let Some(data) = shared("data") else { return };
    let mut studies: Vec<_> = fs::read_dir(data.join("cj-sets"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().ends_with(".judgements.csv"))
        .collect();
    assert_eq!(studies.len(), 10);
    studies.push(data.join("vehicles/judgements_pairs.csv"));
    studies.push(data.join("rave/rave_human.csv"));
    studies.push(data.join("rave/rave_llm_gpt5.1.csv"));
    for study in studies {
        let document = cj().arg("score").arg(&study).json("score.v1");
        let rows = fs::read_to_string(&study).unwrap().lines().count() as u64 - 1;
        assert_eq!(document["settings"]["rows"], rows, "{}", study.display());
        assert!(document["reliability"]["honest"].as_f64().unwrap() > 0.2, "{}", study.display());
        assert!(document["reliability"]["ssr"].as_f64().unwrap() > 0.0, "{}", study.display());
        assert!(document["items"].as_array().unwrap().iter().all(|item| item["score"].is_f64()), "{}", study.display());
    }
}

#[test]
fn sirt_prints_what_the_package_prints() {
    let Some(sets) = shared("data/cj-sets") else { return };
    let golden = fs::read_to_string(sets.join("Coertjens2021.sirt_btm.csv")).unwrap();
    let call = cj().arg("score").arg(sets.join("Coertjens2021.judgements.csv"));
    let document = call.args(["--prior", "sirt", "--se", "sirt"]).json("score.v1");
    let mut golden_rows = csv::Reader::from_reader(golden.as_bytes());
    let header = golden_rows.headers().unwrap().clone();
    let column = |name: &str| header.iter().position(|title| title == name).unwrap();
    let mut compared = 0;
    for row in golden_rows.records() {
        let row = row.unwrap();
        let items = document["items"].as_array().unwrap();
        let item = items.iter().find(|item| item["id"] == row[column("individual")]).unwrap();
        for (field, title) in [("score", "theta"), ("se", "se.theta"), ("infit", "infit"), ("outfit", "outfit")] {
            let (found, expected) = (item[field].as_f64().unwrap(), row[column(title)].parse::<f64>().unwrap());
            assert!((found - expected).abs() < 1e-3, "{field} of {}: {found}, expected {expected}", item["id"]);
            compared += 1;
        }
    }
    assert_eq!(compared, 4 * document["items"].as_array().unwrap().len());
}

#[test]
fn a_colleague_reads_the_same_from_every_encoding() {
    let text = "judge;left;right;winner\nÅsa;ö;ä;ö\nÅsa;ä;ö;ä\nÅsa;ö;ä;ö\n";
    let files = Files::new(&[("utf8.csv", text)]);
    let latin: Vec<u8> = text.chars().map(|c| c as u8).collect();
    fs::write(files.path("latin.csv"), latin).unwrap();
    let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    fs::write(files.path("utf16.csv"), utf16).unwrap();
    let print = |name| cj().arg("score").arg(files.path(name)).args(["--format", "csv", "--quiet"]).run().stdout;
    assert!(print("utf8.csv").contains("\nö,"), "{}", print("utf8.csv"));
    assert_eq!(print("latin.csv"), print("utf8.csv"));
    assert_eq!(print("utf16.csv"), print("utf8.csv"));
}

#[test]
fn each_judge_has_an_order_effect_on_request() {
    let mut rows = vec!["judge,left,right,winner".to_owned()];
    for round in 0..8 {
        for (left, right) in [("a", "b"), ("b", "c"), ("c", "a"), ("b", "a"), ("c", "b"), ("a", "c")] {
            // Ada goes by the letter, Cy by the side.
            rows.push(format!("Ada,{left},{right},{}", left.min(right)));
            rows.push(format!("Cy,{left},{right},{}", if round == 0 { right } else { left }));
        }
    }
    let text = rows.join("\n");
    let files = Files::new(&[("j.csv", &text), ("half.csv", "judge,left,right,winner\nAda,a,b,a\n,b,a,a\n")]);
    let document = cj().arg("score").arg(files.path("j.csv")).arg("--by-judge").json("score.v1");
    let order = |judge: usize| document["judges"][judge]["order_effect"].as_f64().unwrap();
    assert!(order(1) > 1.0 && order(0) < 0.5 * order(1), "{} {}", order(0), order(1));
    assert!(document["judges"][1]["flags"].to_string().contains("prefers the left"), "{}", document["judges"][1]);
    assert_eq!(document["settings"]["scoring"]["by_judge"], true);
    assert!(document["order_effect"]["estimate"].is_f64() && !warns(&document, "judges[].order_effect"));
    let plain = cj().arg("score").arg(files.path("j.csv")).json("score.v1");
    assert!(plain["judges"][0]["order_effect"].is_null() && warns(&plain, "judges[].order_effect"));
    let table = cj().arg("score").arg(files.path("j.csv")).arg("--by-judge").run();
    assert!(table.stdout.contains(" order "), "{}", table.stdout);

    for (file, options, says) in [
        ("half.csv", vec!["--by-judge"], "a judge for every judgement"),
        ("j.csv", vec!["--by-judge", "--prior", "none"], "another --prior than eb"),
        ("j.csv", vec!["--by-judge", "--ties", "davidson"], "a model of ties"),
    ] {
        let ended = cj().arg("score").arg(files.path(file)).args(options).run();
        assert_eq!(ended.code, 2);
        assert!(ended.stderr.contains(says), "{}", ended.stderr);
    }
}

#[test]
fn a_plain_run_tells_what_matters_and_json_holds_the_rest() {
    let files = Files::new(&[("j.csv", "left,right,win_left,win_right\na,b,3,1\nb,c,2,0\n")]);
    let table = cj().arg("score").arg(files.path("j.csv")).run();
    assert!(!table.stderr.contains("max_gradient") && !table.stderr.contains("judges"), "{}", table.stderr);
    assert!(table.stderr.contains("c lost every judgement"), "{}", table.stderr);
    assert!(table.stderr.contains("a – b, b – c"), "{}", table.stderr);
    let document = cj().arg("score").arg(files.path("j.csv")).json("score.v1");
    assert!(
        warns(&document, "max_gradient absent: the scores are means of draws") && warns(&document, "judges absent: ")
    );
}

#[test]
fn the_report_is_one_file() {
    let files = Files::new(&[("j.csv", ROUND)]);
    let ended = cj().arg("score").arg(files.path("j.csv")).arg("--report").arg(files.path("out.html")).run();
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert!(ended.stderr.contains("report: "), "{}", ended.stderr);
    let html = fs::read_to_string(files.path("out.html")).unwrap();
    assert!(html.starts_with("<!DOCTYPE html>") && html.contains("Ada") && html.contains("</html>"));
}
