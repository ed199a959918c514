//! A judge that knows the true qualities and errs by design.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use cj_core::change::{ComparisonRecord, Evidence, Outcome, Verdict, Winner};
use cj_core::event::ErrorCode;
use cj_core::id::JudgeId;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use sha2::{Digest, Sha256};

use super::{LocalJudge, Question, Reply};

/// How a simulated judge errs.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "every trait is an option of the command line")]
pub struct Character {
    /// Scale of the judge's noise: 1 is that of a Bradley–Terry judge, 0 is none.
    pub noise: f64,
    /// What it favours the essay shown first by, in logits.
    pub position_bias: f64,
    /// The share of questions that it answers without looking.
    pub lapse: f64,
    /// The share of questions that it fails to answer, each time they are asked.
    pub failure_rate: f64,
    /// The longest time it takes, in seconds; every answer takes a random part of it.
    pub delay_s: f64,
}

impl Default for Character {
    fn default() -> Self {
        Self { noise: 1.0, position_bias: 0.0, lapse: 0.0, failure_rate: 0.0, delay_s: 0.0 }
    }
}

/// A judge that answers by the designed quality of the essays: `P(first) = (1 − lapse)·σ((q₁ − q₂ + bias)/noise) + lapse/2`.
#[derive(Clone, Debug)]
pub struct Simulated {
    qualities: BTreeMap<String, f64>,
    character: Character,
    seed: u64,
}

impl Simulated {
    /// A judge who believes in these qualities, in logits by essay id.
    pub const fn new(qualities: BTreeMap<String, f64>, character: Character, seed: u64) -> Self {
        Self { qualities, character, seed }
    }

    /// Dice of one question: they do not depend on the order of questions.
    fn dice(&self, question: &Question) -> ChaCha8Rng {
        let mut hash = Sha256::new();
        hash.update(b"simulated judge");
        hash.update(self.seed.to_be_bytes());
        hash.update(question.comparison_id.as_uuid().as_bytes());
        ChaCha8Rng::from_seed(hash.finalize().into())
    }

    fn quality(&self, essay: &str) -> f64 {
        self.qualities.get(essay).copied().unwrap_or_default()
    }

    fn prefers_first(&self, question: &Question, dice: &mut ChaCha8Rng) -> bool {
        let Character { noise, position_bias, lapse, .. } = self.character;
        if uniform(dice) < lapse {
            return uniform(dice) < 0.5;
        }
        let lead = self.quality(&question.essay_a) - self.quality(&question.essay_b) + position_bias;
        let draw = uniform(dice);
        if noise > 0.0 { draw < 1.0 / (1.0 + (-lead / noise).exp()) } else { lead > 0.0 || (lead == 0.0 && draw < 0.5) }
    }
}

impl LocalJudge for Simulated {
    fn recall(&mut self, _: &[ComparisonRecord]) {}

    fn answer(&mut self, question: &Question) -> Reply {
        let mut dice = self.dice(question);
        let seconds = uniform(&mut dice) * self.character.delay_s;
        let fails = uniform(&mut dice) < self.character.failure_rate;
        let outcome = if fails {
            Outcome::Failed {
                code: ErrorCode::SERVICE_UNAVAILABLE,
                message: Some("the simulated judge failed".to_owned()),
                retry_after_s: None,
            }
        } else if self.prefers_first(question, &mut dice) {
            Outcome::Decided(Winner::A)
        } else {
            Outcome::Decided(Winner::B)
        };
        let evidence = Evidence {
            judge_id: JudgeId::new("simulated").ok(),
            provider: Some("mock".to_owned()),
            model: Some("simulated".to_owned()),
            ..Evidence::default()
        };
        let verdict = Verdict { comparison_id: question.comparison_id, outcome, evidence };
        Reply { verdict, delay: TimeDelta::microseconds((seconds * 1e6) as i64) }
    }
}

/// A number from 0 up to, not including, 1.
fn uniform(dice: &mut ChaCha8Rng) -> f64 {
    (dice.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use cj_core::id::{BatchId, EventId};

    use super::*;

    fn share_of_first(character: Character) -> f64 {
        let qualities = [("A".to_owned(), 0.5), ("B".to_owned(), -0.5)].into();
        let mut judge = Simulated::new(qualities, character, 3);
        let batch = BatchId::of_request(EventId::of_bytes(b"r"));
        let wins = (0..4000).filter(|ordinal| {
            let question = Question::new(batch.comparison_id(1, *ordinal, 1), "A".to_owned(), "B".to_owned());
            judge.answer(&question).verdict.outcome == Outcome::Decided(Winner::A)
        });
        wins.count() as f64 / 4000.0
    }

    #[test]
    fn the_better_essay_wins_as_often_as_the_model_says() {
        let close = |found: f64, expected: f64| assert!((found - expected).abs() < 0.03, "{found} for {expected}");
        close(share_of_first(Character::default()), 0.731);
        close(share_of_first(Character { position_bias: -1.0, ..Character::default() }), 0.5);
        close(share_of_first(Character { lapse: 1.0, ..Character::default() }), 0.5);
        close(share_of_first(Character { noise: 0.0, ..Character::default() }), 1.0);
        close(share_of_first(Character { failure_rate: 0.5, ..Character::default() }), 0.366);
    }
}
