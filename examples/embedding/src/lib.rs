#![doc = include_str!("../README.md")]

pub mod host;

use std::collections::BTreeSet;

use cj_core::batch::{BatchRequest, RequestedEssay};
use cj_core::change::{EssayContent, EssayKind, OutboxMessage, RequestSnapshot, Verdict, Winner};
use cj_core::config::Settings;
use cj_core::event::{ComparisonMetadata, ContractError, LlmComparisonRequestV1, decode};
use cj_core::id::{ComparisonId, EssayId, EventId, IdError};

/// Ids and texts of the essays that the examples judge.
pub const ESSAYS: [(&str, &str); 8] = [
    ("ALMA", include_str!("../../data/essays/alma.txt")),
    ("BILAL", include_str!("../../data/essays/bilal.txt")),
    ("CORNELIA", include_str!("../../data/essays/cornelia.txt")),
    ("EBBA", include_str!("../../data/essays/ebba.txt")),
    ("FELIX", include_str!("../../data/essays/felix.txt")),
    ("GRETA", include_str!("../../data/essays/greta.txt")),
    ("HASSAN", include_str!("../../data/essays/hassan.txt")),
    ("JONATAN", include_str!("../../data/essays/jonatan.txt")),
];

/// A request to rank the essays. The name stands for the message that a host was sent: the same name is the same request.
///
/// # Errors
/// Never: every id here is within its bounds.
pub fn request(name: &str) -> Result<BatchRequest, IdError> {
    let event_id = EventId::of_bytes(name.as_bytes());
    let essay = |(id, text): &(&str, &str)| {
        let (essay_id, content) = (EssayId::new(id)?, EssayContent::of_text(*text));
        Ok(RequestedEssay { essay_id, kind: EssayKind::Student, title: None, content })
    };
    Ok(BatchRequest {
        event_id,
        bos_batch_id: event_id.to_string(),
        correlation_id: event_id.as_uuid(),
        settings: Settings::default(),
        request: RequestSnapshot {
            student_prompt: Some(include_str!("../../data/essays/prompt.txt").to_owned()),
            judge_rubric: Some(include_str!("../../data/essays/rubric.txt").to_owned()),
            ..RequestSnapshot::default()
        },
        seed: Some(1),
        course_code: "ENG5".to_owned(),
        language: "en".to_owned(),
        assignment_id: None,
        user_id: "embedder".to_owned(),
        org_id: None,
        essays: ESSAYS.iter().map(essay).collect::<Result<_, IdError>>()?,
    })
}

/// How many different words an essay has: what the judge of the examples goes by.
pub fn vocabulary(essay: &str) -> usize {
    let text = ESSAYS.iter().find(|(id, _)| *id == essay).map_or("", |(_, text)| text);
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<BTreeSet<_>>().len()
}

/// Prefers the richer vocabulary; of equal ones that shown first.
pub fn richer(first: &str, second: &str) -> Winner {
    if vocabulary(first) >= vocabulary(second) { Winner::A } else { Winner::B }
}

/// Lets a judge answer a question as it waits in the outbox.
///
/// The stored payload is the whole question as a model would get it, `user_prompt` included, without a name in it. Which two
/// essays it is about stands beside the prompt, for whoever carries the question.
///
/// # Errors
/// The payload is no question.
pub fn put_to(judge: impl Fn(&str, &str) -> Winner, question: &OutboxMessage) -> Result<Verdict, ContractError> {
    let body: LlmComparisonRequestV1 = decode(&question.payload)?;
    let about = ComparisonMetadata::from_map(&body.metadata)?;
    let winner = judge(&about.essay_a_id, &about.essay_b_id);
    Ok(Verdict::decided(ComparisonId::new(question.id.as_uuid()), winner))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_judge_tells_every_two_essays_apart() {
        let counts: BTreeSet<usize> = ESSAYS.iter().map(|(id, _)| vocabulary(id)).collect();
        assert_eq!(counts.len(), ESSAYS.len());
        assert_ne!(richer("ALMA", "BILAL"), richer("BILAL", "ALMA"));
    }
}
