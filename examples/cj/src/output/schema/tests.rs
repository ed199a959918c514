use super::{SCHEMAS, generated};
use crate::output::{
    BatchSummary, Cost, Diagnostics, GradeProbability, GradeProjection, ItemScore, JudgeFit, OrderEffect, Reliability,
    RunOutput, RunSettings, ScoreOutput, ScoreSettings, ScoringSettings, TieParameter,
};

#[test]
fn published_schemas_say_what_the_types_say() {
    for schema in SCHEMAS {
        assert!(
            schema.text == generated(schema.name).unwrap(),
            "schemas/cli/{}.json differs; write it anew with scripts/fix",
            schema.name
        );
    }
}

fn scoring() -> ScoringSettings {
    ScoringSettings {
        prior: "sd=2".to_owned(),
        ties: "drop".to_owned(),
        davidson_order: None,
        order_effect: true,
        se: "absolute".to_owned(),
        by_judge: false,
        anchors: None,
    }
}

fn item() -> ItemScore {
    ItemScore {
        id: "A".to_owned(),
        score: Some(0.5),
        se: Some(0.25),
        rank: Some(1),
        rank_low: Some(1),
        rank_high: Some(2),
        comparisons: 12,
        wins: 7,
        losses: 4,
        ties: 1,
        infit: Some(1.0),
        outfit: None,
    }
}

fn judge() -> JudgeFit {
    JudgeFit {
        id: "J".to_owned(),
        judgements: 12,
        share_left: Some(0.5),
        order_effect: None,
        infit: Some(0.9),
        outfit: Some(1.2),
        agreement: Some(0.8),
        median_ms: None,
        flags: vec!["fast: median under 3 s".to_owned()],
    }
}

#[expect(clippy::unwrap_used, reason = "a published schema that is none fails the test")]
fn validate(name: &str, document: &serde_json::Value) -> Vec<String> {
    let schema = SCHEMAS.iter().find(|schema| schema.name == name).unwrap();
    let schema: serde_json::Value = serde_json::from_str(schema.text).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    validator.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[test]
fn a_full_score_document_validates_and_comes_back() {
    let document = ScoreOutput {
        items: vec![item()],
        judges: vec![judge()],
        reliability: Reliability { ssr: Some(0.8), ssr_basis: Some("mle".to_owned()), ..Reliability::default() },
        order_effect: Some(OrderEffect { estimate: 0.1, se: Some(0.05), p_first: 0.52 }),
        tie_parameter: Some(TieParameter { estimate: 0.4, se: None }),
        diagnostics: Diagnostics::default(),
        settings: ScoreSettings { judgements: "j.csv".to_owned(), rows: 12, seed: 0, scoring: scoring() },
        warnings: vec!["split_half: no judges are named".to_owned()],
    };
    let json = serde_json::to_value(&document).unwrap();
    assert_eq!(validate("score.v1", &json), Vec::<String>::new());
    assert_eq!(serde_json::from_value::<ScoreOutput>(json).unwrap(), document);
}

#[test]
fn a_full_run_document_validates_and_comes_back() {
    let document = RunOutput {
        simulated: true,
        batch: BatchSummary {
            id: "0".to_owned(),
            phase: "COMPLETED".to_owned(),
            reason: Some("target_reliability".to_owned()),
            asked: 12,
            decided: 12,
            failed: 0,
            budget: 120,
            waves: 1,
            erased: None,
        },
        items: vec![item()],
        judges: vec![judge()],
        reliability: Reliability::default(),
        grades: vec![GradeProjection {
            id: "A".to_owned(),
            grade: "B".to_owned(),
            fine_grade: Some("B+".to_owned()),
            probability: 0.7,
            within_one_step: 1.0,
            label: "HIGH".to_owned(),
            threshold_distance: Some(0.4),
            normalized_score: Some(0.8),
            probabilities: vec![GradeProbability { grade: "B".to_owned(), probability: 1.0 }],
        }],
        order_effect: None,
        tie_parameter: None,
        diagnostics: Diagnostics::default(),
        cost: Some(Cost { questions: 12, input_tokens: None, output_tokens: None, usd: Some(0.1) }),
        settings: RunSettings {
            essays: "essays".to_owned(),
            judge: "simulated".to_owned(),
            strategy: "adaptive".to_owned(),
            scale: None,
            anchors: None,
            target_reliability: Some(0.8),
            sample: None,
            prompt_sha256: None,
            rubric_sha256: None,
            seed: 7,
            scoring: scoring(),
        },
        warnings: Vec::new(),
    };
    let json = serde_json::to_value(&document).unwrap();
    assert_eq!(validate("run.v1", &json), Vec::<String>::new());
    assert_eq!(serde_json::from_value::<RunOutput>(json).unwrap(), document);
}

#[test]
fn a_document_without_a_field_does_not_validate() {
    let problems = validate("score.v1", &serde_json::json!({"items": [{"id": "A", "score": 1.0}]}));
    assert!(problems.iter().any(|problem| problem.contains("\"se\" is a required property")), "{problems:?}");
    assert!(problems.iter().any(|problem| problem.contains("\"reliability\" is a required property")), "{problems:?}");
}
