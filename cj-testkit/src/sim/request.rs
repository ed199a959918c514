//! The batches that are requested.

use cj_core::batch::{BatchRequest, RequestedEssay};
use cj_core::change::{EssayContent, EssayKind, GivenPair, RequestSnapshot};
use cj_core::config::{Settings, Strategy};
use cj_core::id::{EssayId, EventId};

use super::dice::Dice;

/// A request with settings of all kinds.
pub(super) fn request(number: u32, most_essays: u32, dice: &mut Dice) -> BatchRequest {
    let essays = 2 + dice.below(most_essays.max(2) as usize - 1) as u32;
    let mut settings = Settings::builder()
        .max_resampling_passes(dice.below(2) as u32)
        .max_attempts(1 + dice.below(3) as u32)
        .straggler_grace_s([0, 30, 60][dice.below(3)])
        .completion_threshold_pct([60, 80, 95, 100][dice.below(4)])
        .min_success_rate([0.0, 0.5, 0.8][dice.below(3)])
        .comparison_timeout_s([120, 300, 900][dice.below(3)])
        .batch_timeout_s([Some(200), Some(1_800), Some(4 * 3_600), None][dice.below(4)])
        .target_reliability([None, Some(0.5), Some(0.8)][dice.below(3)])
        .score_stability_threshold([None, None, Some(0.3)][dice.below(3)]);
    if dice.unit() < 0.6 {
        // Waves of the adaptive kind, although there are few essays.
        settings = settings.complete_design_limit(0);
        settings = settings.strategy([Strategy::Adaptive, Strategy::Swiss, Strategy::Random][dice.below(3)]);
    }
    if dice.unit() < 0.5 {
        settings = settings.budget(Some(essays + dice.below(40) as u32));
    } else {
        settings = settings.budget(Some(80));
    }
    let faulty = dice.unit();
    let essay = |ordinal: u32| RequestedEssay {
        essay_id: essay_id(if faulty < 0.03 { 0 } else { ordinal }),
        kind: if faulty > 0.97 {
            EssayKind::Anchor { label: "A1".to_owned(), grade: None }
        } else {
            EssayKind::Student
        },
        title: None,
        content: if (0.03..0.05).contains(&faulty) || (0.05..0.15).contains(&faulty) && ordinal.is_multiple_of(2) {
            EssayContent::default()
        } else {
            EssayContent::of_text(format!("Text {ordinal} av omgång {number}."))
        },
    };
    let given: Vec<GivenPair> = if faulty >= 0.03 && dice.unit() < 0.1 {
        let mut pair = || {
            let first = dice.below(essays as usize) as u32;
            let second = (first + 1 + dice.below(essays as usize - 1) as u32) % essays;
            GivenPair { essay_a: essay_id(first), essay_b: essay_id(second) }
        };
        (0..essays).map(|_| pair()).collect()
    } else {
        Vec::new()
    };
    let event_id = EventId::new(dice.id());
    BatchRequest {
        event_id,
        bos_batch_id: format!("bos-{number}"),
        correlation_id: dice.id(),
        settings: settings.build().expect("the settings are in range"),
        request: RequestSnapshot { given, ..RequestSnapshot::default() },
        seed: Some(u64::from(number)),
        course_code: "ENG5".to_owned(),
        language: "sv".to_owned(),
        assignment_id: None,
        user_id: "user".to_owned(),
        org_id: None,
        essays: (0..essays).map(essay).collect(),
    }
}

fn essay_id(ordinal: u32) -> EssayId {
    EssayId::new(format!("essay-{ordinal}")).expect("a short id is good")
}
