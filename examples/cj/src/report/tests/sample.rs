use std::collections::BTreeMap;

use crate::output::{
    BatchSummary, Cost, Diagnostics, GradeProbability, GradeProjection, ItemScore, JudgeFit, OrderEffect, Reliability,
    RunOutput, RunSettings, ScoreOutput, ScoreSettings, ScoringSettings,
};
use crate::report::{PairCount, Wave, WaveReliability};

/// A finished batch of so many items, best first, with two judges and three grades.
pub(super) fn run(items: usize) -> RunOutput {
    RunOutput {
        simulated: false,
        batch: BatchSummary {
            id: "0d5c".to_owned(),
            phase: "COMPLETED".to_owned(),
            reason: Some("target_reliability".to_owned()),
            asked: 310,
            decided: 300,
            failed: 2,
            budget: 360,
            waves: 3,
            erased: None,
        },
        items: scores(items),
        judges: vec![judge("ada", &[]), judge("bo", &["prefers the left side (|γ| > 2 SE)"])],
        reliability: reliability(),
        grades: (0..items).map(|k| grade(k, items)).collect(),
        order_effect: Some(OrderEffect { estimate: 0.31, se: Some(0.1), p_first: 0.577 }),
        tie_parameter: None,
        diagnostics: Diagnostics { iterations: 7, components: vec![vec![id(0)]], ..Diagnostics::default() },
        cost: Some(Cost { questions: 310, input_tokens: Some(412_000), output_tokens: Some(9_000), usd: Some(1.25) }),
        settings: RunSettings {
            essays: "data/year-nine".to_owned(),
            judge: "openai:some-model".to_owned(),
            strategy: "adaptive".to_owned(),
            scale: Some("three".to_owned()),
            anchors: None,
            target_reliability: Some(0.8),
            sample: None,
            prompt_sha256: None,
            rubric_sha256: None,
            seed: 20_260_101,
            scoring: scoring(),
        },
        warnings: vec!["3 ties were dropped".to_owned()],
    }
}

/// The result of `cj score` on the same items.
pub(super) fn score(items: usize) -> ScoreOutput {
    let run = run(items);
    ScoreOutput {
        items: run.items,
        judges: run.judges,
        reliability: run.reliability,
        order_effect: None,
        tie_parameter: None,
        diagnostics: run.diagnostics,
        settings: ScoreSettings {
            judgements: "done/judgements.csv".to_owned(),
            rows: 300,
            seed: 7,
            scoring: scoring(),
        },
        warnings: Vec::new(),
    }
}

pub(super) fn id(place: usize) -> String {
    format!("ITEM_{place:04}")
}

/// Three waves in which the scores grow to what they are.
pub(super) fn waves(output: &RunOutput) -> Vec<Wave> {
    (1..=3u32)
        .map(|wave| Wave {
            number: wave.into(),
            planned: 104,
            decided: 100,
            failed: u64::from(wave == 3) * 2,
            reliability: Some(WaveReliability {
                estimate: 0.5 + 0.12 * f64::from(wave),
                low: 0.4 + 0.14 * f64::from(wave),
                high: 0.6 + 0.1 * f64::from(wave),
            }),
            max_change: Some(1.0 / f64::from(wave)),
            scores: output
                .items
                .iter()
                .filter_map(|item| Some((item.id.clone(), item.score? * f64::from(wave) / 3.0)))
                .collect::<BTreeMap<_, _>>(),
        })
        .collect()
}

/// Every item meets the next four, every second time the other way round.
pub(super) fn pairs(items: usize) -> Vec<PairCount> {
    (0..items)
        .flat_map(|one| (1..=4).map(move |step| (one, one + step)))
        .filter(|(_, other)| *other < items)
        .map(|(one, other)| {
            let (left, right) = if (one + other) % 2 == 0 { (one, other) } else { (other, one) };
            PairCount {
                left: id(left),
                right: id(right),
                left_wins: u64::from(left < right),
                right_wins: u64::from(right < left),
                ties: 0,
            }
        })
        .collect()
}

fn scores(items: usize) -> Vec<ItemScore> {
    (0..items)
        .map(|place| {
            let share = (place as f64 + 0.5) / items as f64;
            ItemScore {
                id: id(place),
                score: Some((1.0 / share - 1.0).ln()),
                se: Some(0.3 + 0.2 * (share - 0.5).abs()),
                rank: Some(place as u64 + 1),
                rank_low: Some((place as u64).max(1)),
                rank_high: Some((place as u64 + 2).min(items as u64)),
                comparisons: 25,
                wins: (25.0 * (1.0 - share)).round() as u64,
                losses: 25 - (25.0 * (1.0 - share)).round() as u64,
                ties: 0,
                infit: Some(0.6 + 0.05 * (place % 20) as f64),
                outfit: Some(0.5 + 0.07 * (place % 20) as f64),
            }
        })
        .collect()
}

fn grade(place: usize, items: usize) -> GradeProjection {
    let share = place as f64 / items as f64;
    let spread = [share * share, 2.0 * share * (1.0 - share), (1.0 - share) * (1.0 - share)];
    let names = ["F", "C", "A"];
    let best = (0..3).max_by(|a, b| spread[*a].total_cmp(&spread[*b])).unwrap_or(0);
    GradeProjection {
        id: id(place),
        grade: names[best].to_owned(),
        fine_grade: None,
        probability: spread[best],
        within_one_step: if best == 1 { 1.0 } else { spread[best] + spread[1] },
        label: if spread[best] >= 0.7 { "HIGH" } else { "MID" }.to_owned(),
        threshold_distance: Some(0.4),
        normalized_score: Some(best as f64 / 2.0),
        probabilities: names
            .iter()
            .zip(spread)
            .map(|(name, probability)| GradeProbability { grade: (*name).to_owned(), probability })
            .collect(),
    }
}

fn judge(id: &str, flags: &[&str]) -> JudgeFit {
    JudgeFit {
        id: id.to_owned(),
        judgements: 150,
        share_left: Some(0.56),
        order_effect: Some(0.3),
        infit: Some(1.02),
        outfit: Some(0.97),
        agreement: Some(0.81),
        median_ms: Some(4200.0),
        flags: flags.iter().map(|flag| (*flag).to_owned()).collect(),
    }
}

fn reliability() -> Reliability {
    Reliability {
        honest: Some(0.86),
        honest_low: Some(0.82),
        honest_high: Some(0.9),
        ssr: Some(0.91),
        ssr_basis: Some("mle".to_owned()),
        strata: Some(3.8),
        latent_sd: Some(1.7),
        ..Reliability::default()
    }
}

fn scoring() -> ScoringSettings {
    ScoringSettings {
        prior: "eb".to_owned(),
        ties: "drop".to_owned(),
        davidson_order: None,
        order_effect: true,
        se: "centred".to_owned(),
        by_judge: false,
        anchors: None,
    }
}
