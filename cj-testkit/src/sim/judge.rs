//! The judge of a simulated world.

use chrono::TimeDelta;
use cj_core::change::{OutboxMessage, Outcome, Verdict, Winner};
use cj_core::event::ErrorCode;
use cj_core::id::{ComparisonId, EventId};
use cj_core::service::Answer;

use super::dice::Dice;
use super::shared::Shared;

/// What a judge says when it is asked.
pub(super) enum Reply {
    /// It takes the question.
    Accepted,
    /// It does not.
    Refused(ErrorCode, Option<u32>),
}

/// Errors of providers, most of which pass.
const CODES: [ErrorCode; 5] = [
    ErrorCode::RATE_LIMIT,
    ErrorCode::TIMEOUT,
    ErrorCode::SERVICE_UNAVAILABLE,
    ErrorCode::LLM_PARSING_ERROR,
    ErrorCode::VALIDATION_ERROR,
];

impl Shared {
    /// Puts a question to the judge: it says whether it takes it, and its answers are on their way.
    pub(super) fn ask(&self, question: &OutboxMessage) -> Reply {
        let id = ComparisonId::new(question.id.as_uuid());
        let now = self.now();
        let mut inner = self.inner();
        let inner = &mut *inner;
        let (dice, scenario) = (&mut inner.dice, &self.scenario);
        let trouble = |rate: f64| if inner.calm { 0.0 } else { rate };
        if dice.happens(trouble(scenario.judge_refuses)) {
            let pause = (dice.unit() < 0.3).then(|| dice.below(120) as u32);
            return Reply::Refused(CODES[dice.below(CODES.len())].clone(), pause);
        }
        if dice.happens(trouble(scenario.judge_is_silent)) {
            return Reply::Accepted;
        }
        let minutes = (now - super::START).num_minutes();
        let outage = scenario.judge_outage && !inner.calm && (5..6).contains(&minutes);
        let outcome = if outage {
            failure(ErrorCode::SERVICE_UNAVAILABLE, Some(30))
        } else if dice.happens(trouble(scenario.judge_fails)) {
            let pause = (dice.unit() < 0.3).then(|| dice.below(120) as u32);
            failure(CODES[dice.below(CODES.len())].clone(), pause)
        } else {
            Outcome::Decided(winner(question, dice))
        };
        let delay =
            if dice.happens(trouble(scenario.judge_is_late)) { dice.between(200, 2_000) } else { dice.between(1, 60) };
        let mut send = |outcome, after: TimeDelta, message| {
            let verdict = Verdict { outcome, ..Verdict::decided(id, Winner::A) };
            let answer = Answer { message_id: EventId::new(message), ..Answer::of(verdict) };
            // Answers that come together are taken in together.
            let slot = (now + after).timestamp() / 4 * 4 + 4;
            inner.answers.push((chrono::DateTime::from_timestamp(slot, 0).unwrap_or(now), answer));
        };
        let repeats = dice.happens(trouble(scenario.judge_repeats));
        send(outcome.clone(), delay, dice.id());
        if repeats {
            let again = if dice.unit() < 0.5 { outcome } else { Outcome::Decided(winner(question, dice)) };
            send(again, delay + dice.between(0, 600), dice.id());
        }
        if dice.happens(trouble(scenario.orphans)) {
            let stray = Verdict::decided(ComparisonId::new(dice.id()), Winner::B);
            inner.answers.push((now + delay, Answer { message_id: EventId::new(dice.id()), ..Answer::of(stray) }));
        }
        Reply::Accepted
    }
}

fn failure(code: ErrorCode, retry_after_s: Option<u32>) -> Outcome {
    Outcome::Failed { code, message: None, retry_after_s }
}

/// The essay with the higher number is better, by half a logit a place.
fn winner(question: &OutboxMessage, dice: &mut Dice) -> Winner {
    let body: serde_json::Value = serde_json::from_slice(&question.payload).unwrap_or_default();
    let place = |name: &str| -> f64 {
        let id = body["metadata"][name].as_str().unwrap_or_default();
        id.rsplit('-').next().and_then(|number| number.parse().ok()).unwrap_or_default()
    };
    let gap = 0.5 * (place("essay_a_id") - place("essay_b_id"));
    if dice.unit() < 1.0 / (1.0 + (-gap).exp()) { Winner::A } else { Winner::B }
}
