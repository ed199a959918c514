//! Requests, and answers to their questions.

use cj_core::batch::{BatchRequest, RequestedEssay};
use cj_core::change::{EssayContent, EssayKind, Evidence, Outcome, RequestSnapshot, Verdict, Winner};
use cj_core::config::Settings;
use cj_core::id::{ComparisonId, EssayId, EventId};
use cj_core::service::Answer;

use super::Failure;

/// A request for one batch: a complete design over its essays.
pub(crate) fn request(name: &str, essays: u32) -> Result<BatchRequest, Failure> {
    let event_id = EventId::of_bytes(name.as_bytes());
    let questions = essays * (essays - 1) / 2;
    let essay = |number: u32| {
        let text = format!("Essay number {number}. {}", "Most of what I know I learned outside school. ".repeat(20));
        let (essay_id, content) = (EssayId::new(format!("E{number:03}"))?, EssayContent::of_text(text));
        Ok(RequestedEssay { essay_id, kind: EssayKind::Student, title: None, content })
    };
    Ok(BatchRequest {
        event_id,
        bos_batch_id: event_id.to_string(),
        correlation_id: event_id.as_uuid(),
        settings: Settings::builder().budget(Some(questions)).complete_design_limit(questions).build()?,
        request: RequestSnapshot {
            student_prompt: Some("Where do we learn the most?".to_owned()),
            ..Default::default()
        },
        seed: Some(1),
        course_code: "ENG5".to_owned(),
        language: "en".to_owned(),
        assignment_id: None,
        user_id: "bench".to_owned(),
        org_id: None,
        essays: (0..essays).map(essay).collect::<Result<_, Failure>>()?,
    })
}

/// An answer as a provider gives it: a winner, a reason of 150 characters, tokens and cost.
pub(crate) fn answer(comparison_id: ComparisonId) -> Answer {
    let winner = if comparison_id.as_uuid().as_bytes()[15].is_multiple_of(2) { Winner::A } else { Winner::B };
    let evidence = Evidence {
        confidence: Some(4.0),
        justification: Some("The first essay argues its case. ".repeat(5).chars().take(150).collect()),
        provider: Some("mock".to_owned()),
        model: Some("bench".to_owned()),
        prompt_tokens: Some(900),
        completion_tokens: Some(60),
        cost: Some(0.001),
        latency_ms: Some(800),
        ..Evidence::default()
    };
    Answer::of(Verdict { comparison_id, outcome: Outcome::Decided(winner), evidence })
}
